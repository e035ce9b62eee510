"""The facts of a layer by itself are those of PyTorch and numpy: unfold, Jacobians, gradients."""

import warnings
from itertools import product
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cnncalc.analysis.layer_facts import BadPlace, LayerFacts, Place, Reads
from cnncalc.graph import BoundLayer
from cnncalc.layers import layer_type
from cnncalc.shape import Shape
from cnncalc.vocabulary.values import Sides
from tests._depth import DEEP, cases
from tests.layers._twin import twin

CONVS: list[tuple[dict[str, Any], Shape]] = [
    ({"filters": 2, "kernel": 3}, Shape(1, (5, 5))),
    ({"filters": 2, "kernel": 3, "padding": 1, "stride": 2}, Shape(3, (5, 6))),
    ({"filters": 4, "kernel": 3, "padding": 2, "dilation": 2, "groups": 2}, Shape(2, (6, 5))),
    ({"filters": 2, "kernel": (3, 2), "padding": "same", "stride": (2, 3)}, Shape(2, (7, 6))),
    ({"filters": 3, "kernel": 4, "padding": 3}, Shape(3, (7,))),
    ({"filters": 2, "kernel": 2, "padding": Sides(top=1, right=2)}, Shape(2, (4, 4))),
    ({"filters": 1, "kernel": 2, "padding": 1}, Shape(1, (3, 2, 3))),
    ({"filters": 2, "kernel": 3, "stride": 4}, Shape(2, (9, 10))),
]
TRANSPOSED: list[tuple[dict[str, Any], Shape]] = [
    ({"filters": 2, "kernel": 3, "stride": 2, "padding": 1}, Shape(2, (3, 4))),
    (
        {"filters": 2, "kernel": 3, "stride": 2, "dilation": 2, "output_padding": 1, "groups": 2},
        Shape(2, (3, 3)),
    ),
    ({"filters": 1, "kernel": 2, "stride": 3}, Shape(2, (4,))),
]


def facts(key: str, fields: dict[str, Any], *shape: Shape, **more: Any) -> LayerFacts:
    return LayerFacts(BoundLayer(layer_type(key)(**fields), shape), **more)


def jacobian(torch: ModuleType, of: LayerFacts) -> Any:
    """The matrix of a linear layer: a row an output value, a column an input value."""
    model = twin(torch, of.layer, of.fit.inputs).train(False)
    for module in model.modules:
        for parameter in module.parameters():
            # No weight is 0, and none cancels another.
            torch.nn.init.uniform_(parameter, 1, 2)
    given = torch.zeros(1, *of.volume.torch)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        matrix_of_torch = torch.autograd.functional.jacobian(model, given)
    return matrix_of_torch.reshape(of.output.size, of.volume.size)


@pytest.mark.parametrize(
    ("key", "fields", "shape"),
    [
        *(("conv", *case) for case in CONVS),
        *(("conv_transpose", *case) for case in TRANSPOSED),
        ("depthwise_conv", {"multiplier": 2, "kernel": 3, "padding": 1}, Shape(2, (4, 5))),
        ("avgpool", {"kernel": 3, "stride": 2, "padding": 1}, Shape(2, (6, 5))),
        ("avgpool", {"kernel": 3, "stride": 2, "rounding": "ceil"}, Shape(1, (6, 6))),
        ("fc", {"units": 3}, Shape(5)),
    ],
)
def test_zeros_of_the_fully_connected_matrix_are_those_of_the_jacobian(
    torch: ModuleType, key: str, fields: dict[str, Any], shape: Shape
) -> None:
    of = facts(key, fields, shape)
    matrix = of.connections
    assert matrix is not None
    matrix_of_torch = jacobian(torch, of)
    assert tuple(matrix_of_torch.shape) == (matrix.rows, matrix.columns)
    assert int((matrix_of_torch != 0).sum()) == matrix.used


def test_a_layer_that_is_not_linear_is_no_matrix() -> None:
    assert facts("maxpool", {"kernel": 2}, Shape(2, (4, 4))).connections is None


@pytest.mark.parametrize(("fields", "shape"), CONVS[:3])
def test_columns_of_im2col_are_those_of_unfold(
    torch: ModuleType, fields: dict[str, Any], shape: Shape
) -> None:
    columns, weights, result = facts("conv", fields, shape).matrices
    given = torch.rand(1, *shape.torch)
    settings = {
        name: fields.get(name, default) for name, default in (("stride", 1), ("padding", 0), ("dilation", 1))
    }
    unfolded = torch.nn.functional.unfold(given, fields["kernel"], **settings)[0]
    assert tuple(unfolded.shape) == (columns.rows * columns.times, columns.columns)
    assert unfolded.numel() == columns.values
    # The product of the matrices is the convolution.
    filters = torch.rand(weights.times, weights.rows, weights.columns)
    product = filters @ unfolded.reshape(columns.times, columns.rows, columns.columns)
    kernel = (fields["kernel"],) * shape.rank
    kernels = filters.reshape(fields["filters"], -1, *kernel)
    convolved = torch.nn.functional.conv2d(given, kernels, groups=weights.times, **settings)
    assert tuple(product.shape) == (result.times, result.rows, result.columns)
    assert torch.allclose(product.reshape(-1), convolved.reshape(-1), atol=1e-5)


def test_columns_of_pooling_are_those_of_unfold(torch: ModuleType) -> None:
    columns, result = facts("maxpool", {"kernel": 3, "stride": 2}, Shape(4, (11, 9))).matrices
    given = torch.rand(1, 4, 11, 9)
    unfolded = torch.nn.functional.unfold(given, 3, stride=2).reshape(4, 9, -1)
    assert tuple(unfolded.shape) == (columns.times, columns.rows, columns.columns)
    pooled = torch.nn.functional.max_pool2d(given, 3, 2)
    assert torch.equal(unfolded.max(dim=1, keepdim=True).values.reshape(-1), pooled.reshape(-1))
    assert result.values == pooled.numel()


def test_products_without_shared_weights_are_one_a_position(torch: ModuleType) -> None:
    of = facts("locally_connected", {"filters": 3, "kernel": 2, "bias": False}, Shape(2, (4, 3)))
    columns, weights, result = of.matrices
    assert (weights.times, weights.values) == (6, of.weights[0].size)
    given, own = torch.rand(1, 2, 4, 3), torch.rand(weights.times, weights.rows, weights.columns)
    unfolded = torch.nn.functional.unfold(given, 2)[0].T.reshape(columns.times, columns.rows, columns.columns)
    multiplied = own @ unfolded
    assert tuple(multiplied.shape) == (result.times, result.rows, result.columns)
    # As PyTorch would do it with an einsum over positions.
    assert torch.allclose(multiplied[..., 0], torch.einsum("pkr,pr->pk", own, unfolded[..., 0]))


def test_product_of_a_transposed_convolution_adds_up_to_its_output(torch: ModuleType) -> None:
    of = facts(
        "conv_transpose",
        {"filters": 3, "kernel": 3, "stride": 2, "padding": 1, "bias": False},
        Shape(2, (3, 3)),
    )
    volume, weights, parts = of.matrices
    given = torch.rand(1, 2, 3, 3)
    kernel = torch.rand(2, 3, 3, 3)
    columns = kernel.reshape(weights.columns, weights.rows).T @ given.reshape(volume.rows, volume.columns)
    assert tuple(columns.shape) == (parts.rows, parts.columns)
    folded = torch.nn.functional.fold(columns[None], (5, 5), 3, stride=2, padding=1)
    expected = torch.nn.functional.conv_transpose2d(given, kernel, stride=2, padding=1)
    assert torch.allclose(folded, expected, atol=1e-5)


def read_by_gradient(torch: ModuleType, of: LayerFacts, place: Place) -> np.ndarray:
    """Which values of the input, channels last, the output value at a place depends on."""
    model = twin(torch, of.layer, of.fit.inputs).train(False)
    for module in model.modules:
        for parameter in module.parameters():
            torch.nn.init.uniform_(parameter, 1, 2)
    given = torch.zeros(1, *of.volume.torch, requires_grad=True)
    index = (slice(None) if place.channel is None else place.channel, *place.position)
    model(given)[0][index].sum().backward()
    return np.moveaxis(given.grad[0].numpy() != 0, 0, -1)


def marked(of: LayerFacts, reads: Reads) -> np.ndarray:
    """The same from what is said of it."""
    read = np.zeros((*of.volume.spatial, of.volume.channels), bool)
    if reads.inside is not None:
        slices = [
            slice(positions.start, positions.stop, positions.step)
            for positions in (*reads.inside, reads.channels)
        ]
        read[tuple(slices)] = True
    return read


@pytest.mark.fuzz
@pytest.mark.parametrize(
    ("key", "fields", "shape"),
    [
        *(("conv", *case) for case in CONVS),
        *(("conv_transpose", *case) for case in TRANSPOSED),
        ("depthwise_conv", {"multiplier": 2, "kernel": 3, "padding": 1}, Shape(3, (4, 4))),
        ("avgpool", {"kernel": 3, "stride": 2, "rounding": "ceil"}, Shape(2, (6, 6))),
        ("avgpool", {"kernel": 2, "stride": 2, "padding": 1}, Shape(2, (5, 4))),
        ("fc", {"units": 4}, Shape(6)),
    ],
)
def test_slices_are_where_gradients_are_not_zero(
    torch: ModuleType, key: str, fields: dict[str, Any], shape: Shape
) -> None:
    whole = facts(key, fields, shape)
    positions = list(product(*map(range, whole.output.spatial)))
    # The first and the last are at the ends of every axis. `make test-all` looks at all.
    for position in positions if DEEP else dict.fromkeys((positions[0], *positions[3::4], positions[-1])):
        for channel in (None, *range(whole.output.channels)):
            if not position and channel is None:
                continue
            place = Place(position, channel)
            of = facts(key, fields, shape, places=[place])
            (reads,) = of.reads
            assert np.array_equal(marked(of, reads), read_by_gradient(torch, of, place)), place


@st.composite
def windows(draw: st.DrawFn) -> tuple[dict[str, Any], Shape]:
    rank = draw(st.integers(1, 2))
    groups = draw(st.sampled_from((1, 1, 2)))
    fields = {
        "filters": groups * draw(st.integers(1, 2)),
        "kernel": draw(st.integers(1, 4)),
        "stride": draw(st.integers(1, 3)),
        "padding": draw(st.integers(0, 3) | st.sampled_from(("same", "valid"))),
        "dilation": draw(st.integers(1, 3)),
        "groups": groups,
    }
    return fields, Shape(groups * draw(st.integers(1, 2)), draw(st.tuples(*[st.integers(1, 8)] * rank)))


@settings(max_examples=cases(15, 150))
@given(windows(), st.data())
def test_of_random_windows_zeros_and_slices_are_pytorchs(
    torch: ModuleType, case: tuple[dict[str, Any], Shape], data: st.DataObject
) -> None:
    fit = BoundLayer(layer_type("conv")(**case[0]), (case[1],))
    assume(fit.output is not None)
    assert fit.output is not None
    position = tuple(data.draw(st.integers(0, size - 1)) for size in fit.output.spatial)
    place = Place(position, data.draw(st.none() | st.integers(0, fit.output.channels - 1)))
    of = LayerFacts(fit, places=[place])
    assert of.connections is not None
    assert int((jacobian(torch, of) != 0).sum()) == of.connections.used
    assert np.array_equal(marked(of, of.reads[0]), read_by_gradient(torch, of, place))
    # What is said of the padded input is the same window in it.
    if (padded := of.reads[0].padded) is not None and of.reads[0].inside is not None:
        ends = [window.before for window in of.windows]
        for taps, inside, before in zip(padded, of.reads[0].inside, ends, strict=True):
            assert set(inside) <= {tap - before for tap in taps}
            assert len(taps) == case[0]["kernel"]


@pytest.mark.parametrize(("fields", "shape"), CONVS[:4])
def test_gradient_of_the_input_is_a_convolution_with_flipped_filters(
    torch: ModuleType, fields: dict[str, Any], shape: Shape
) -> None:
    from cnncalc.vocabulary.flipped import gradient_windows

    of = facts("conv", {**fields, "bias": False}, shape)
    model = twin(torch, of.layer, of.fit.inputs)
    given = torch.rand(1, *shape.torch, requires_grad=True)
    output = model(given)
    back = torch.rand_like(output)
    output.backward(back)
    rows, columns = of.windows
    spread = torch.zeros(
        1, of.output.channels, (rows.output - 1) * rows.stride + 1, (columns.output - 1) * columns.stride + 1
    )
    spread[..., :: rows.stride, :: columns.stride] = back
    (top, bottom), (left, right) = ((window.before, window.after) for window in gradient_windows(of.windows))
    padded = torch.nn.functional.pad(spread, (left, right, top, bottom))
    kernel = model.modules[-1].weight.detach().flip(2, 3)
    groups = fields.get("groups", 1)
    parts = (
        kernel.reshape(groups, -1, *kernel.shape[1:])
        .transpose(1, 2)
        .reshape(-1, kernel.shape[0] // groups, *kernel.shape[2:])
    )
    gradient = torch.nn.functional.conv2d(padded, parts, groups=groups, dilation=fields.get("dilation", 1))
    assert torch.allclose(gradient, given.grad, atol=1e-5)


class TestPlaces:
    def test_outside_of_the_output_are_refused(self) -> None:
        for place, words in (
            (Place((4, 0)), "the last position of the output, 4x4x2, is 3,3"),
            (Place((0,)), "has 2 axes of positions"),
            (Place((0, 0), 2), "has channels 0 to 1"),
        ):
            of = facts("conv", {"filters": 2, "kernel": 5, "stride": 2}, Shape(4, (11, 11)), places=[place])
            with pytest.raises(BadPlace, match=words):
                assert of.reads

    def test_whose_window_is_padding_alone_read_nothing(self) -> None:
        fields = {"filters": 1, "kernel": 1, "padding": 1}
        (reads,) = facts("conv", fields, Shape(1, (3, 3)), places=[Place((0, 1))]).reads
        assert reads.inside is None
        assert reads.padded == (range(1), range(1, 2))


def test_overlap_of_dilated_windows_is_of_their_extent() -> None:
    assert facts("conv", {"filters": 1, "kernel": 3, "dilation": 2}, Shape(1, (9, 9))).overlap == (4, 4)
    assert facts("conv", {"filters": 1, "kernel": 1, "stride": 3}, Shape(1, (9, 9))).overlap == (-2, -2)


def test_weights_that_are_shared_and_not_are_those_of_the_two_layers() -> None:
    fields = {"filters": 4, "kernel": 3, "padding": 1}
    shared, local = (facts(key, fields, Shape(3, (8, 8))) for key in ("conv", "locally_connected"))
    assert shared.is_shared
    assert not local.is_shared
    assert shared.other_weights == local.weights
    assert local.other_weights == shared.weights

"""upsample and resize by a factor: sizes rounded down, and positions by the factor or by the sizes, as in PyTorch."""

from types import ModuleType
from typing import Any

import pytest

from cnncalc.layers import Layer, layer_type, problems
from cnncalc.shape import Shape
from tests.layers._twin import twin

MODES = {1: ("nearest", "linear"), 2: ("nearest", "bilinear", "bicubic"), 3: ("nearest", "trilinear")}


def layer(name: str, **fields: Any) -> Layer:
    return layer_type(name)(**fields)


@pytest.mark.parametrize(
    ("size", "scale", "wanted"), [(7, 1.5, 10), (13, 0.5, 6), (10, 0.3, 3), (9, 1.1, 9), (3, 4, 12)]
)
def test_sizes_are_rounded_down(torch: ModuleType, size: int, scale: float, wanted: int) -> None:
    (given,) = layer("resize", scale=scale).output((Shape(2, (size,)),)).spatial
    assert given == wanted
    assert torch.nn.functional.interpolate(torch.zeros(1, 2, size), scale_factor=scale).shape[2] == wanted


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("recompute", [False, True])
@pytest.mark.parametrize("scale", [1.5, 0.6])
def test_values_are_those_of_interpolate(torch: ModuleType, rank: int, recompute: bool, scale: float) -> None:
    shape = Shape(2, (7, 9, 6)[:rank])
    x = torch.rand(2, *shape.torch, generator=torch.Generator().manual_seed(0))
    for mode in MODES[rank]:
        for corners in (False, True) if mode != "nearest" else (False,):
            fields = {"scale": scale, "mode": mode, "align_corners": corners, "recompute": recompute}
            given = twin(torch, layer("resize", **fields), (shape,))(x)
            wanted = torch.nn.functional.interpolate(
                x,
                scale_factor=scale,
                mode=mode,
                align_corners=corners if mode != "nearest" else None,
                recompute_scale_factor=recompute,
            )
            assert torch.equal(given, wanted)


def test_both_ways_to_compute_positions_differ_where_sizes_are_rounded(torch: ModuleType) -> None:
    x, shapes = torch.rand(1, 1, 7, 7), (Shape(1, (7, 7)),)
    by_scale, by_sizes = (
        layer("upsample", scale=1.5, mode="bilinear", recompute=recompute) for recompute in (False, True)
    )
    assert not torch.allclose(twin(torch, by_scale, shapes)(x), twin(torch, by_sizes, shapes)(x))
    assert by_scale.reach(shapes) != by_sizes.reach(shapes)


def test_a_whole_factor_is_what_it_was() -> None:
    whole = layer("upsample", scale=2, mode="bilinear")
    assert whole.label((Shape(1, (4, 4)),)) == "UPSAMPLE2"
    assert whole.reach((Shape(1, (4, 4)),)) == layer("resize", size=8, mode="bilinear").reach(
        (Shape(1, (4, 4)),)
    )


@pytest.mark.parametrize(
    ("name", "fields", "size"),
    [
        ("upsample", {"scale": 1.25}, 3),
        ("upsample", {"scale": 2.2}, 2),
        ("resize", {"scale": 1.1, "mode": "bicubic"}, 5),
    ],
)
def test_a_scale_that_pytorch_reads_two_ways_is_a_warning(
    torch: ModuleType, name: str, fields: dict[str, Any], size: int
) -> None:
    """Its forward and backward passes disagree: if a later version agrees with itself, the warning can go."""
    shapes = (Shape(1, (size, size)),)
    (problem,) = problems(layer(name, **fields), shapes)
    assert problem.fault.code == "S036"
    assert not list(problems(layer(name, recompute=True, **fields), shapes))
    assert layer(name, **fields).reach(shapes) is None
    if fields.get("mode", "nearest") == "nearest":
        shapes = (Shape(1, (size,)),)
    model = twin(torch, layer(name, **fields), shapes)
    x = torch.rand(1, *shapes[0].torch, dtype=torch.float64, requires_grad=True)
    output = model(x)
    disagree = False
    for position in range(output.shape[2]):
        (gradient,) = torch.autograd.grad(output[:, :, position].sum(), x, retain_graph=True)
        # A linear function is its gradient times its input.
        disagree |= not torch.allclose((gradient * x).sum(), output[:, :, position].sum())
    assert disagree

"""blur_pool: its filter and its values by hand, and sizes that it refuses."""

from math import comb
from types import ModuleType
from typing import Any

import pytest

import cnncalc
from cnncalc.layers import layer_type, problems
from cnncalc.shape import Shape
from tests.layers._twin import twin

KIND: Any = layer_type("blur_pool")


@pytest.mark.parametrize(("kernel", "stride"), [(3, 2), (5, 2), (4, 1), (2, 2), (7, 3)])
def test_blurs_with_binomial_weights_over_mirrored_edges(torch: ModuleType, kernel: int, stride: int) -> None:
    """As in timm's BlurPool2d: the filter is the outer product of Pascal's row with itself."""
    row = torch.tensor([comb(kernel - 1, k) for k in range(kernel)], dtype=torch.float32)
    filters = (row[:, None] * row / row.sum() ** 2).expand(3, 1, -1, -1)
    batch = torch.randn(2, 3, 9, 12)
    edge = (stride - 1 + kernel - 1) // 2
    padded = torch.nn.functional.pad(batch, (edge,) * 4, mode="reflect")
    theirs = torch.nn.functional.conv2d(padded, filters, stride=stride, groups=3)
    layer = KIND(kernel=kernel, stride=stride)
    ours = twin(torch, layer, (Shape(3, (9, 12)),))(batch)
    torch.testing.assert_close(ours, theirs)
    assert layer.output((Shape(3, (9, 12)),)).torch == tuple(theirs.shape)[1:]


def test_has_the_work_of_a_depthwise_convolution_and_no_parameters() -> None:
    totals = cnncalc.analyse(
        cnncalc.load("cnncalc: 1\ninput: 9x9x4\nlayers:\n  - blur_pool: {kernel: 3, stride: 2}\n")
    ).totals
    assert (totals.params, totals.macs) == (0, 5 * 5 * 4 * 9)


def test_refuses_an_input_that_has_too_little_to_mirror(torch: ModuleType) -> None:
    layer, inputs = KIND(kernel=7, stride=2), (Shape(2, (3, 8)),)
    (problem,) = problems(layer, inputs)
    assert problem.message == "height: 3 positions to mirror, but only 2 beside the edge"
    assert "need 4 positions" in (problem.help or "")
    with pytest.raises(RuntimeError, match=r"[Pp]adding size"):
        twin(torch, layer, inputs)(torch.randn(1, 2, 3, 8))
    assert not list(problems(layer, (Shape(2, (5, 9)),)))


def test_an_even_filter_needs_two_positions_without_a_stride() -> None:
    (problem,) = problems(KIND(kernel=2, stride=1), (Shape(1, (1, 4)),))
    assert problem.message == "height: a filter of 2 positions over 1 position, and none to mirror"
    assert not list(problems(KIND(kernel=2, stride=1), (Shape(1, (2, 4)),)))

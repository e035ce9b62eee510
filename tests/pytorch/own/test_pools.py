"""Disjoint fractional pooling: windows of one and two positions that tile the input (Graham 2014, arXiv 1412.6071)."""

from itertools import product
from types import ModuleType
from typing import Any

import pytest

from cnncalc.layers import layer_type, problems
from cnncalc.shape import Shape
from tests.layers._twin import twin

FRACTIONAL: Any = layer_type("fractional_maxpool")
KINDS = ("disjoint", "disjoint_random")
pytestmark = pytest.mark.usefixtures("same_values")
SIZES = [((8, 9), (5, 7)), ((24, 25), (13, 24)), ((3, 3), (2, 2)), ((4, 5, 6), (3, 3, 4))]


def windows(torch: ModuleType, kind: str, size: tuple[int, ...], out: tuple[int, ...]) -> list[list[int]]:
    """The sizes of the windows along each axis in one run, seen by which positions share their largest value."""
    from cnncalc.pytorch.own.pools import window_ends

    layer = FRACTIONAL(windows=kind, output_size=out)
    [module] = twin(torch, layer, (Shape(1, size),)).modules
    sizes: list[list[int]] = []
    for axis, (length, count) in enumerate(zip(size, out, strict=True)):
        ends = window_ends(torch.empty(length), 0, count, module.shuffled).view(-1, 2)
        # They tile the axis: each begins where the one before ended.
        assert ends[0, 0] == 0, axis
        assert ends[-1, 1] == length - 1
        assert torch.equal(ends[1:, 0], ends[:-1, 1] + 1)
        sizes.append((ends[:, 1] - ends[:, 0] + 1).tolist())
    return sizes


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("size", "out"), SIZES)
def test_windows_of_one_and_two_positions_tile_the_input(
    torch: ModuleType, kind: str, size: tuple[int, ...], out: tuple[int, ...]
) -> None:
    for _ in range(5):
        along = windows(torch, kind, size, out)
        assert [len(sizes) for sizes in along] == list(out)
        # Some of each: in two axes windows of 1x1, 1x2, 2x1 and 2x2.
        assert [set(sizes) for sizes in along] == [{1, 2}] * len(size)
        assert [sizes.count(2) for sizes in along] == [n - m for n, m in zip(size, out, strict=True)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("size", "out"), SIZES)
def test_gives_the_largest_value_of_each(
    torch: ModuleType, kind: str, size: tuple[int, ...], out: tuple[int, ...]
) -> None:
    from cnncalc.pytorch.own.pools import window_ends

    layer = FRACTIONAL(windows=kind, output_size=out)
    model = twin(torch, layer, (Shape(3, size),))
    images = torch.randn(2, 3, *size).requires_grad_()
    torch.manual_seed(1)
    output = model(images)
    torch.manual_seed(1)
    starts = [
        window_ends(torch.empty(length), 0, count, model.modules[0].shuffled).view(-1, 2).tolist()
        for length, count in zip(size, out, strict=True)
    ]
    for position in product(*map(range, out)):
        part = images
        for axis, index in enumerate(position, 2):
            first, last = starts[axis - 2][index]
            part = part.narrow(axis, first, last - first + 1)
        expected = part.flatten(2).amax(2)
        torch.testing.assert_close(output[(slice(None), slice(None), *position)], expected)
    output.sum().backward()
    # One position of each window has the gradient.
    assert images.grad is not None
    assert set(images.grad.unique().tolist()) <= {0.0, 1.0}
    assert images.grad.sum() == output.numel()


def test_pseudo_random_windows_are_spread_evenly_and_random_ones_are_not(torch: ModuleType) -> None:
    def sums(kind: str) -> set[int]:
        """How many positions any three neighbouring windows have, over many runs: 12 windows over 16 positions."""
        seen: set[int] = set()
        for _ in range(40):
            sizes = windows(torch, kind, (16, 16), (12, 12))[0]
            seen |= {sum(sizes[index : index + 3]) for index in range(len(sizes) - 2)}
        return seen

    assert sums("disjoint") == {4}
    assert sums("disjoint_random") > {4}


@pytest.mark.parametrize("kind", KINDS)
def test_each_run_has_other_windows(torch: ModuleType, kind: str) -> None:
    assert len({str(windows(torch, kind, (24, 24), (17, 17))) for _ in range(20)}) > 1


@pytest.mark.parametrize("kind", KINDS)
def test_every_run_is_within_the_stated_reach(torch: ModuleType, kind: str) -> None:
    layer: Any = FRACTIONAL(windows=kind, output_size=(9, 7))
    reaches = layer.reach((Shape(1, (14, 12)),))
    least = [dict[int, int]() for _ in reaches]
    most = [dict[int, int]() for _ in reaches]
    for _ in range(300):
        for axis, sizes in enumerate(windows(torch, kind, (14, 12), (9, 7))):
            start = 0
            for index, size in enumerate(sizes):
                least[axis][index] = min(least[axis].get(index, start), start)
                most[axis][index] = max(most[axis].get(index, 0), start + size - 1)
                start += size
    for axis, reach in enumerate(reaches):
        for index, first in least[axis].items():
            taps = reach.at(index)
            # No run reads more, and each position that can be read is read in one of the runs.
            assert (taps.first, taps.last) == (first, most[axis][index]), (axis, index)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"windows": "disjoint", "output_size": 12}, "S027"),
        ({"windows": "disjoint", "output_size": 8}, "S027"),
        ({"windows": "disjoint_random", "output_size": 24}, "S027"),
        ({"windows": "disjoint", "output_ratio": 0.5}, "S027"),
        ({"windows": "disjoint", "output_ratio": 0.3}, "S027"),
        ({"windows": "disjoint", "output_size": (16, 12)}, "S027"),
        ({"windows": "disjoint", "output_size": 16, "kernel": 2}, "S018"),
        ({"windows": "disjoint"}, "S018"),
        ({"output_size": 16}, "S018"),
        ({"windows": "disjoint", "output_size": 13}, None),
        ({"windows": "disjoint", "output_size": 23}, None),
        ({"windows": "disjoint", "output_ratio": 0.55}, None),
    ],
)
def test_refuses_what_does_not_tile(torch: ModuleType, fields: dict[str, Any], code: str | None) -> None:
    layer = FRACTIONAL(**fields)
    shape = Shape(2, (24, 24))
    faults = list(problems(layer, (shape,)))
    assert [problem.fault.code for problem in faults] == ([code] if code else [])
    for problem in faults:
        for change in problem.changes:
            better = FRACTIONAL(**{**fields, change.field: change.value})
            assert not list(problems(better, (shape,)))
    if code == "S027":
        with pytest.raises(ValueError, match="windows of one and two positions"):
            twin(torch, layer, (shape,))(torch.randn(1, *shape.torch))

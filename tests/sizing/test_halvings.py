"""How often sides are halved: by arithmetic, and by PyTorch's own pooling and convolutions."""

import pytest
import torch
from torch import nn

import cnncalc
from cnncalc.sizing import Trials
from cnncalc.sizing.halvings import Halvings, halvings, network_halvings
from tests._each import each

HEAD = "cnncalc: 1\ninput: 32x32x3\nlayers:\n"
POOLS = HEAD + "  - {maxpool: 2, repeat: 3}\n"


def network(text: str, *sides: int) -> list[Halvings]:
    return list(network_halvings(Trials(cnncalc.load(text).spec), sides).sides)


@pytest.mark.parametrize(
    ("side", "times"), [(1, 0), (7, 0), (32, 5), (64, 6), (96, 5), (224, 5), (384, 7), (512, 9), (2**59, 59)]
)
def test_of_a_side_are_its_factors_of_two(side: int, times: int) -> None:
    halved = halvings(side)
    assert halved.times == times
    assert side % 2**times == 0 != side % 2 ** (times + 1)
    assert all(before == 2 * after for before, after in halved.sizes)


@each("side", range(8, 70))
def test_of_pools_end_where_pytorch_drops_input(side: int) -> None:
    volume, times = torch.arange(1.0, side + 1).reshape(1, 1, side), 0
    while times < 3:
        pooled = nn.MaxPool1d(2)(volume)
        # The last value is the largest: without it, it was not read.
        if pooled.max() < volume.max():
            break
        volume, times = pooled, times + 1
    (halved,) = network(POOLS, side)
    assert halved.times == times
    assert (halved.layer is None) == (times == 3)
    assert times == 3 or halved.size == volume.shape[-1]


class TestWindows:
    @pytest.mark.parametrize(("side", "times"), [(32, 3), (36, 2), (33, 0), (34, 1)])
    def test_with_padding_halve_even_sizes(self, side: int, times: int) -> None:
        convs = HEAD + "  - {conv: {filters: 4, kernel: 3, stride: 2, padding: 1}, repeat: 3}\n"
        assert network(convs, side)[0].times == times

    def test_without_padding_halve_what_they_fit(self) -> None:
        assert network(HEAD + "  - {maxpool: {kernel: 3, stride: 2}, repeat: 3}\n", 55, 54) == [
            Halvings(55, ((55, 27), (27, 13), (13, 6))),
            Halvings(54, (), "maxpool1", 54),
        ]

    def test_that_round_up_halve_even_sizes_and_what_they_fit(self) -> None:
        pools = HEAD + "  - {maxpool: {kernel: 3, stride: 2, rounding: ceil}, repeat: 2}\n"
        assert network(pools, 32, 34) == [
            Halvings(32, ((32, 16), (16, 8))),
            Halvings(34, ((34, 17), (17, 8))),
        ]

    def test_larger_than_what_they_read_do_not_fit(self) -> None:
        assert network(POOLS, 2) == [Halvings(2, ((2, 1),), "maxpool2", None)]


class TestNetworks:
    def test_branches_that_halve_together_are_one_step(self) -> None:
        spec = (
            HEAD
            + "  - residual: [conv: {filters: 8, kernel: 3, stride: 2, padding: 1}]\n    shortcut: project\n"
        )
        result = network_halvings(Trials(cnncalc.load(spec).spec), (32, 31))
        assert result.steps == (("conv1", "project1"),)
        assert [side.times for side in result.sides] == [1, 0]

    def test_other_strides_are_named(self) -> None:
        spec = (
            HEAD
            + "  - conv: {filters: 8, kernel: 4, stride: 4}\n  - maxpool: 2\n  - global_avgpool\n  - fc: 2\n"
        )
        result = network_halvings(Trials(cnncalc.load(spec).spec), (32, 30))
        assert (result.steps, result.others) == ((("maxpool1",),), (("conv1", 4),))
        assert result.sides == (Halvings(32, ((8, 4),)), Halvings(30, (), "conv1", None))

    def test_that_never_halve(self) -> None:
        result = network_halvings(Trials(cnncalc.load(HEAD + "  - conv: 4\n").spec), (32,))
        assert result == ((), (), (Halvings(32, ()),))

    def test_layers_after_an_error_are_left_out(self) -> None:
        spec = HEAD + "  - maxpool: 2\n  - {conv: 4, from: nope}\n  - {maxpool: 2, from: maxpool1}\n"
        result = network_halvings(Trials(cnncalc.load(spec).spec), (32,))
        assert result.steps == (("maxpool1",), ("maxpool2",))

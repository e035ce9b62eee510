"""D006: convolutions with a stride, except the first."""

import pytest

import cnncalc
from tests.rules._design import HEAD, alone, pointed

STEM = f"{HEAD}defaults: {{conv: {{kernel: 3, padding: 1}}}}\nlayers:\n  - conv: 8\n"
STEP = STEM + "  - conv: {filters: 16, stride: 2}\n"


def test_says_what_a_pool_would_cost() -> None:
    (item,) = alone("D006", STEP)
    assert item.message == ("`conv2` reduces 32x32 to 16x16 with stride 2 and 1,152 weights; a pool has none")
    assert item.help == (
        "`stride: 1` and a pool of 2x2 after it also give 16x16, for 4 times as many MACs: 1,179,648 instead of 294,912"
    )
    assert pointed(STEP, item) == "2"


def test_the_pool_it_names_costs_that() -> None:
    analysis = cnncalc.analyse(cnncalc.load(STEM + "  - conv: 16\n  - maxpool: 2\n"))
    done = analysis.work[analysis.by_kind["conv"][1].index]
    assert done
    assert done.macs == 1_179_648
    assert str(analysis.graph.nodes[-1].shape) == "16x16x16"


@pytest.mark.parametrize(
    "layer",
    [
        "conv: {filters: 16, kernel: 1, padding: 0, stride: 2}",
        "conv: 16",
        "conv: {filters: 9, kernel: 32, stride: 4, padding: 0}",
    ],
)
def test_is_not_reported(layer: str) -> None:
    assert alone("D006", f"{STEM}  - {layer}\n") == []


def test_the_first_layer_may_step() -> None:
    assert alone("D006", STEM.replace("conv: 8", "conv: {filters: 8, stride: 2}")) == []

"""D105: channels that tensor cores fill up."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.diagnostic import Diagnostic
from cnncalc.rules.design.unaligned_channels import UnalignedChannels
from tests.rules._alone import alone

Found: TypeAlias = Callable[..., list[Diagnostic]]
HEAD = "cnncalc: 1\ninput: 32x32x16\nlayers:\n"


@pytest.fixture
def diagnose() -> Found:
    return alone(UnalignedChannels)


def test_reports_what_filling_up_costs(diagnose: Found) -> None:
    (item,) = diagnose(HEAD + "  - conv: {filters: 60, kernel: 3, act: relu}\n  - conv: 8\n")
    # 30*30*(3*3*16)*60 and as much for 4 more.
    assert item.message == (
        "`conv1` has 60 filters, which is not a multiple of 8: a GPU that pads them to 64 computes 518,400 more MACs "
        "than the 7,776,000 of the layer"
    )
    assert item.help == "write `filters: 64` or `filters: 56`"


def test_of_each_kind(diagnose: Found) -> None:
    text = (
        HEAD + "  - flatten\n  - fc: {units: 100, act: relu}\n  - linear: {units: 9, act: relu}\n  - fc: 10\n"
    )
    assert [item.help for item in diagnose(text)] == [
        "write `units: 104` or `units: 96`",
        "write `units: 16` or `units: 8`",
    ]


@pytest.mark.parametrize(
    "layers",
    [
        "  - conv: 64\n  - conv: 8\n",
        # The classes; a handful of channels; groups.
        "  - conv: {filters: 8, act: relu}\n  - global_avgpool\n  - fc: 1001\n  - softmax\n",
        "  - conv: {filters: 4, act: relu}\n  - conv: 8\n",
        "  - conv: {filters: 20, groups: 4, act: relu}\n  - conv: 8\n",
    ],
)
def test_others_are_fine(diagnose: Found, layers: str) -> None:
    assert diagnose(HEAD + layers) == []

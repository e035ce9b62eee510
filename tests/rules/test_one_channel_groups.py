"""D106: groups that happen to have one channel each."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.diagnostic import Diagnostic
from cnncalc.rules.design.one_channel_groups import OneChannelGroups
from tests.rules._alone import alone

Found: TypeAlias = Callable[..., list[Diagnostic]]
HEAD = "cnncalc: 1\ninput: 32x32x16\nlayers:\n"


@pytest.fixture
def diagnose() -> Found:
    return alone(OneChannelGroups)


BLOCK = (
    "blocks:\n  unit:\n    params: {filters: required}\n    layers:\n"
    "      - conv: {filters: $filters, groups: 16, act: relu}\n"
)


def test_where_other_uses_have_several_channels(diagnose: Found) -> None:
    text = HEAD.replace("layers:\n", BLOCK + "layers:\n") + "  - unit: 32\n  - unit: 64\n"
    (item,) = diagnose(text)
    assert item.message == (
        "each filter of `unit1.conv1` reads only 1 of the 16 input channels, because there are 16 groups: 32 weights; "
        "with 2 channels in a group it would have 64"
    )
    assert item.help == (
        "if this is intended, write `depthwise_conv`; if not, `groups: 8` gives each group 2 channels"
    )
    assert text.splitlines()[item.span.line - 1][item.span.column - 1 : item.span.end_column - 1] == "16"


def test_where_defaults_give_the_number(diagnose: Found) -> None:
    text = HEAD.replace("layers:\n", "defaults: {conv: {groups: 16}}\nlayers:\n") + "  - conv: 32\n"
    (item,) = diagnose(text)
    assert item.span.line == 5
    assert "`groups` is from `defaults`, at line 3" in [note.text for note in item.notes]


@pytest.mark.parametrize(
    "layers",
    [
        "  - conv: {filters: 16, groups: 16}\n",
        "  - conv: {filters: 16, groups: $in.channels}\n",
        "  - conv: {filters: 16, groups: 8}\n",
        "  - depthwise_conv: {kernel: 3}\n",
    ],
)
def test_others_are_fine(diagnose: Found, layers: str) -> None:
    assert diagnose(HEAD + layers) == []


def test_one_channel_has_one_group(diagnose: Found) -> None:
    assert diagnose("cnncalc: 1\ninput: 8x8x1\nlayers:\n  - conv: 8\n") == []

"""D109: depthwise convolutions whose channels never meet."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.diagnostic import Diagnostic
from cnncalc.rules.design.depthwise_without_pointwise import DepthwiseWithoutPointwise
from tests.rules._alone import alone

Found: TypeAlias = Callable[..., list[Diagnostic]]
HEAD = "cnncalc: 1\ninput: 32x32x16\nlayers:\n"


@pytest.fixture
def diagnose() -> Found:
    return alone(DepthwiseWithoutPointwise)


ALONE = "  - depthwise_conv: {kernel: 3, padding: half, act: relu}\n"


def test_reports_what_a_pointwise_layer_costs(diagnose: Found) -> None:
    (item,) = diagnose(HEAD + ALONE)
    assert item.message == "no layer after `depthwise_conv1` mixes its 16 channels"
    # 16*16, and 32*32 times as many.
    assert item.help == "add a 1x1 convolution after it: `conv: 16` has 256 weights and 262,144 MACs"


def test_both_of_two_are_reported(diagnose: Found) -> None:
    assert [item.span.line for item in diagnose(HEAD + ALONE + ALONE + "  - global_avgpool\n")] == [4, 5]


@pytest.mark.parametrize(
    "behind",
    [
        "  - conv: 8\n",
        "  - bn\n  - maxpool: 2\n  - flatten\n  - fc: 10\n",
        "  - linear: 8\n",
        "  - mul: [[], [global_avgpool, conv: {filters: 16, act: sigmoid}]]\n  - conv: 8\n",
        # Many layers later, and on one of several paths.
        "  - relu\n  - bn\n  - tanh\n  - bn\n  - tanh\n  - bn\n  - tanh\n  - conv: 8\n",
        "  - concat: [[conv: 8], []]\n",
    ],
)
def test_with_one_after_it_is_fine(diagnose: Found, behind: str) -> None:
    assert diagnose(HEAD + ALONE + behind) == []


def test_groups_of_one_channel_do_not_mix(diagnose: Found) -> None:
    assert len(diagnose(HEAD + ALONE + "  - conv: {filters: 16, groups: 16}\n")) == 1
    assert diagnose(HEAD + ALONE + "  - conv: {filters: 16, groups: 8}\n") == []


def test_where_no_output_is_reached_it_is_unused(diagnose: Found) -> None:
    text = HEAD + ALONE.replace("}\n", "}\n    name: side\n") + "  - conv: 8\n    from: input\n"
    assert diagnose(text) == []

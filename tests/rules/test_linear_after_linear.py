"""G004: two layers that are one."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.diagnostic import Diagnostic, edited
from cnncalc.rules.linear_after_linear import LinearAfterLinear
from tests.rules._alone import alone

Found: TypeAlias = Callable[..., list[Diagnostic]]
HEAD = "cnncalc: 1\ninput: 32x32x16\nlayers:\n"


@pytest.fixture
def diagnose() -> Found:
    return alone(LinearAfterLinear)


TWO = "  - conv: {filters: 32, kernel: 3}\n  - conv: {filters: 32, kernel: 3, act: relu}\n"


def test_reports_what_one_layer_would_have(diagnose: Found) -> None:
    (item,) = diagnose(HEAD + TWO)
    # (3*3*16 + 1)*32 and (3*3*32 + 1)*32 against (5*5*16 + 1)*32.
    assert item.message == (
        "there is no activation between `conv1` and `conv2`: their 13,888 parameters compute no more than "
        "one conv of 5x5 could with 12,832"
    )
    assert (item.span.line, item.span.column) == (4, 5)
    assert item.notes[0].text == "`conv2` is here (line 5)"


def test_its_fix_puts_an_activation_between(diagnose: Found) -> None:
    (item,) = diagnose(HEAD + TWO)
    (fix,) = item.fixes
    assert not fix.safe
    assert "{filters: 32, kernel: 3, act: relu}\n  - conv: {filters: 32, kernel: 3, act: relu}" in edited(
        HEAD + TWO, fix
    )
    assert diagnose(edited(HEAD + TWO, fix)) == []


def test_one_that_says_none_is_left_as_it_is(diagnose: Found) -> None:
    (item,) = diagnose(HEAD + TWO.replace("kernel: 3}", "kernel: 3, act: none}"))
    assert item.fixes == ()


@pytest.mark.parametrize(
    ("layers", "replacement"),
    [
        ("  - conv: {filters: 32, stride: 2}\n    allow: {S003: so be it}\n"
         "  - conv: {filters: 32, kernel: 3, act: relu}\n",
         "one conv of 5x5 could with 12,832"),
        ("  - conv: 32\n  - conv: {filters: 32, act: relu}\n", "one conv of 1x1 could with 544"),
        ("  - conv: {filters: 32, bias: false}\n  - conv: {filters: 32, bias: false}\n  - relu\n",
         "one conv of 1x1 could with 512"),
        ("  - conv: {filters: 32, norm: bn}\n  - conv: {filters: 32, norm: bn, act: relu}\n",
         "one conv of 1x1 could with 512"),
        ("  - global_avgpool\n  - fc: 16\n  - dropout: 0.5\n  - fc: 16\n  - relu\n", "one fc could with 272"),
        ("  - linear: 16\n  - linear: {units: 16, act: relu}\n", "one linear could with 272"),
    ],
)  # fmt: skip
def test_of_each_kind(diagnose: Found, layers: str, replacement: str) -> None:
    (item,) = diagnose(HEAD + layers)
    assert item.message.endswith(f" compute no more than {replacement}")


@pytest.mark.parametrize(
    "layers",
    [
        TWO.replace("kernel: 3}", "kernel: 3, act: relu}"),
        # A bottleneck: narrower than both sides, or much narrower than one.
        "  - conv: 8\n  - conv: {filters: 32, act: relu}\n",
        "  - conv: 16\n  - conv: {filters: 64, act: relu}\n",
        # Filters split by axis, and depthwise ones split from pointwise ones.
        "  - conv: {filters: 32, kernel: [1, 3]}\n  - conv: {filters: 32, kernel: [3, 1], act: relu}\n",
        "  - depthwise_conv: {kernel: 3}\n  - conv: {filters: 32, act: relu}\n",
        "  - conv: {filters: 32, kernel: 3, groups: 2}\n  - conv: {filters: 32, act: relu}\n",
        "  - conv: {filters: 32, kernel: 3, dilation: 2}\n  - conv: {filters: 32, act: relu}\n",
        # Something else reads what is between.
        "  - conv: 32\n    name: a\n  - conv: 32\n  - add: [prev, a]\n  - relu\n",
        "  - conv: 16\n    name: a\n  - relu\n  - conv: 16\n    name: b\n  - conv: {filters: 16, share: b}\n".replace(
            ", share: b}", "}\n    share: a"
        ),
        "  - conv: 32\n  - maxpool: 2\n  - conv: {filters: 32, act: relu}\n",
        "  - conv: 32\n  - bn: {track: false}\n  - conv: {filters: 32, act: relu}\n",
        "  - conv: 32\n  - ln2d\n  - conv: {filters: 32, act: relu}\n",
        # A network without any activation gets one finding as a whole.
        TWO.replace(", act: relu", ""),
    ],
)
def test_others_are_fine(diagnose: Found, layers: str) -> None:
    assert diagnose(HEAD + layers) == []


def test_what_is_between_is_an_output(diagnose: Found) -> None:
    text = HEAD + TWO.replace("kernel: 3}\n", "kernel: 3}\n    name: a\n") + "    name: b\n"
    assert diagnose(text.replace("layers:", "outputs: [a, b]\nlayers:")) == []


@pytest.mark.parametrize(
    ("between", "count"),
    [
        ("bn", 1),
        ("scale: 2", 1),
        ("layer_scale", 1),
        ("instance_norm: {track: true}", 1),
        ("stochastic_depth: 0.1", 1),
        ("bn: {track: false}", 0),
        ("instance_norm", 0),
        ("ln2d", 0),
        ("lrn: 5", 0),
        ("zero_pad: 1", 0),
    ],
)
def test_what_scales_channels_joins_two(diagnose: Found, between: str, count: int) -> None:
    text = "cnncalc: 1\ninput: 32x32x16\nlayers:\n  - conv: {filters: 32, kernel: 3}\n"
    text += f"  - {between}\n  - conv: {{filters: 32, kernel: 3, act: relu}}\n"
    assert len(diagnose(text)) == count


def test_positions_of_their_own_are_not_part_of_a_single_layer(diagnose: Found) -> None:
    text = "cnncalc: 1\ninput: 20x16\nlayers:\n  - linear: 16\n  - position_embedding\n"
    text += "  - linear: {units: 16, act: relu}\n"
    assert diagnose(text) == []
    assert len(diagnose(text.replace("position_embedding", "layer_scale"))) == 1

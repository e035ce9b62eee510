"""D101: biases that a normalisation takes out."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.diagnostic import Diagnostic, edited
from cnncalc.rules.design.bias_before_norm import BiasBeforeNorm
from tests.rules._alone import alone

Found: TypeAlias = Callable[..., list[Diagnostic]]
HEAD = "cnncalc: 1\ninput: 32x32x16\nlayers:\n"


@pytest.fixture
def diagnose() -> Found:
    return alone(BiasBeforeNorm)


UNIT = "  - conv: {filters: 32, kernel: 3, bias: true, norm: bn, act: relu}\n"


def test_reports_what_is_wasted(diagnose: Found) -> None:
    (item,) = diagnose(HEAD + UNIT)
    assert item.message == (
        "the bias of `conv1` has no effect, because `conv1.bn` subtracts it: 32 of 4,640 parameters"
    )
    assert (HEAD + UNIT).splitlines()[3][item.span.column - 1 : item.span.end_column - 1] == "true"


def test_its_fix_is_not_safe(diagnose: Found) -> None:
    (item,) = diagnose(HEAD + UNIT)
    (fix,) = item.fixes
    assert not fix.safe
    assert edited(HEAD + UNIT, fix) == HEAD + UNIT.replace("true", "false")


@pytest.mark.parametrize(
    "layers",
    [
        # The norm stands where the language does not look for it.
        "  - sequence: [conv: 8]\n  - bn\n",
        "  - conv: 8\n  - bn:\n    when: true\n",
        "  - conv: {filters: 8, bias: true}\n  - instance_norm\n",
        "  - depthwise_conv: {bias: true, norm: bn}\n",
        "  - conv_transpose: {filters: 8, bias: true, norm: bn}\n",
        "  - flatten\n  - fc: {units: 8, bias: true, norm: bn}\n",
    ],
)
def test_of_each_kind(diagnose: Found, layers: str) -> None:
    (item,) = diagnose(HEAD + layers)
    norms = ("bn1", "instance_norm1", "fc1.bn", "depthwise_conv1.bn", "conv_transpose1.bn")
    assert any(f", because `{norm}` subtracts it: " in item.message for norm in norms)


@pytest.mark.parametrize(
    "layers",
    [
        "  - conv: {filters: 8, norm: bn}\n",
        "  - conv: 8\n  - bn\n",
        "  - conv: 8\n  - relu\n  - bn\n",
        "  - conv: {filters: 8, bias: true, norm: ln2d}\n",
        "  - conv: {filters: 8, bias: true}\n    name: a\n  - bn\n  - add: [prev, a]\n",
        # The same bias is added again where no norm follows.
        "  - conv: {filters: 16, bias: true}\n    name: a\n  - bn\n  - conv: {filters: 16, bias: true}\n    share: a\n",
    ],
)
def test_others_are_fine(diagnose: Found, layers: str) -> None:
    assert diagnose(HEAD + layers) == []


def test_of_defaults_it_is_reported_at_each_layer(diagnose: Found) -> None:
    text = (
        HEAD.replace("layers:", "defaults: {conv: {bias: true, norm: bn}}\nlayers:")
        + "  - conv: 8\n  - conv: 8\n"
    )
    assert [item.span.line for item in diagnose(text)] == [5, 6]


def test_biases_of_each_position_are_not_cancelled(diagnose: Found) -> None:
    text = "cnncalc: 1\ninput: 8x8x4\nlayers:\n  - locally_connected: {filters: 4, kernel: 3, bias: true}\n  - bn\n"
    assert diagnose(text) == []
    assert len(diagnose(text.replace("locally_connected", "conv"))) == 1

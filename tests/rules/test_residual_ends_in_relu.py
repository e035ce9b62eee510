"""D108: residual branches that can only add."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.diagnostic import Diagnostic
from cnncalc.rules.design.residual_ends_in_relu import ResidualEndsInRelu
from tests.rules._alone import alone

Found: TypeAlias = Callable[..., list[Diagnostic]]
HEAD = "cnncalc: 1\ninput: 32x32x16\nlayers:\n"


@pytest.fixture
def diagnose() -> Found:
    return alone(ResidualEndsInRelu)


BODY = "  - residual:\n      - conv: {filters: 16, kernel: 3, padding: half, act: relu}\n"


def test_names_the_sum_and_the_activation(diagnose: Found) -> None:
    (item,) = diagnose(HEAD + BODY)
    assert (
        item.message
        == "`add1` can never make a value smaller: what it adds, from `conv1.relu`, is never negative (16,384 values)"
    )
    assert (item.span.line, item.notes[0].text) == (4, "`conv1.relu` is here (line 5)")
    assert item.help == "move `relu` after the addition, or before the first layer of the body"


def test_repeated_it_is_reported_once(diagnose: Found) -> None:
    (item,) = diagnose(HEAD + BODY + "    repeat: 3\n")
    assert item.notes[-1].text == "and in 2 more repetitions"


@pytest.mark.parametrize(
    "layers",
    [
        BODY.replace(", act: relu", "") + "  - relu\n",
        BODY.replace("act: relu", "act: tanh"),
        BODY.replace("filters: 16", "filters: 32") + "    shortcut: project\n",
        "  - add: [[], [conv: {filters: 16, act: relu}]]\n",
    ],
)
def test_others_are_fine(diagnose: Found, layers: str) -> None:
    assert diagnose(HEAD + layers) == []


@pytest.mark.parametrize("act", ["relu", "relu6", "softplus", "sigmoid", "hardsigmoid", "softmax"])
@pytest.mark.parametrize("behind", ["", "      - dropout: 0.2\n", "      - stochastic_depth: 0.2\n"])
def test_whatever_is_never_negative(diagnose: Found, act: str, behind: str) -> None:
    (item,) = diagnose(HEAD + BODY.replace("act: relu", f"act: {act}") + behind)
    assert item.help == f"move `{act}` after the addition, or before the first layer of the body"


@pytest.mark.parametrize("act", ["tanh", "gelu", "silu", "leaky_relu", "elu", "hardtanh"])
def test_what_may_be_negative_is_fine(diagnose: Found, act: str) -> None:
    assert diagnose(HEAD + BODY.replace("act: relu", f"act: {act}")) == []


def test_a_gated_body_is_never_negative_if_both_are(diagnose: Found) -> None:
    gate = "      - mul: [[], [global_avgpool, conv: {filters: 16, act: sigmoid}]]\n"
    assert len(diagnose(HEAD + BODY + gate)) == 1
    assert diagnose(HEAD + BODY.replace("act: relu", "act: tanh") + gate) == []


def test_what_enters_the_body_is_not_its_end(diagnose: Found) -> None:
    assert diagnose(HEAD + "  - relu\n  - residual: [dropout: 0.2]\n") == []

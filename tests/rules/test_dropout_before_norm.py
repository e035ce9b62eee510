"""D102: dropout before a batch norm."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.diagnostic import Diagnostic
from cnncalc.rules.design.dropout_before_norm import DropoutBeforeNorm
from tests.rules._alone import alone

Found: TypeAlias = Callable[..., list[Diagnostic]]
HEAD = "cnncalc: 1\ninput: 32x32x16\nlayers:\n"


@pytest.fixture
def diagnose() -> Found:
    return alone(DropoutBeforeNorm)


def test_reports_how_much_the_variance_shifts(diagnose: Found) -> None:
    text = (
        HEAD
        + "  - dropout: 0.2\n  - relu\n  - conv: {filters: 8, norm: bn}\n  - conv: {filters: 8, norm: bn}\n"
    )
    (item,) = diagnose(text)
    # 1/(1 - 0.2)
    assert item.message == (
        "the mean square of the output of `dropout1` (p = 0.2) is 1.25 times as large in training as at inference, "
        "but `conv1.bn` and 1 more norm use the variance of training at inference"
    )
    assert item.span.line == 4


def test_one_norm_normalises(diagnose: Found) -> None:
    (item,) = diagnose(HEAD + "  - dropout2d: 0.5\n  - bn\n")
    assert "(p = 0.5) is 2 times as large in training as at inference" in item.message
    assert item.message.endswith(", but `bn1` uses the variance of training at inference")


@pytest.mark.parametrize(
    "layers",
    [
        "  - conv: {filters: 8, norm: bn}\n  - dropout: 0.5\n  - conv: 8\n",
        "  - dropout: 0\n  - bn\n",
        "  - dropout: 1\n  - bn\n",
        "  - dropout: 0.5\n  - bn: {track: false}\n",
        "  - dropout: 0.5\n  - conv: 8\n  - ln2d\n",
        "  - dropout: 0.5\n",
        # The norm is on another path.
        "  - concat:\n      - [dropout: 0.5]\n      - [bn]\n",
    ],
)
def test_others_are_fine(diagnose: Found, layers: str) -> None:
    assert diagnose(HEAD + layers) == []


@pytest.mark.parametrize(
    ("norm", "count"), [("bn", 1), ("instance_norm: {track: true}", 1), ("instance_norm", 0)]
)
@pytest.mark.parametrize("drop", ["dropout: 0.5", "dropout2d: 0.5"])
def test_any_norm_that_remembers_a_variance(diagnose: Found, norm: str, count: int, drop: str) -> None:
    assert (
        len(diagnose(f"cnncalc: 1\ninput: 8x8x16\nlayers:\n  - {drop}\n  - conv: 8\n  - {norm}\n")) == count
    )


def test_what_drops_whole_images_shifts_no_variance(diagnose: Found) -> None:
    assert diagnose("cnncalc: 1\ninput: 8x8x16\nlayers:\n  - stochastic_depth: 0.5\n  - bn\n") == []

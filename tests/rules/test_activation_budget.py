"""C003: activations and their budget."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.diagnostic import Diagnostic
from cnncalc.rules.budget.activation_budget import ActivationBudget
from tests.rules._alone import alone
from tests.rules._budgets import spec

Found: TypeAlias = Callable[..., list[Diagnostic]]
NET = (
    "layers:\n  - conv: {filters: 16, kernel: 3, padding: 1, act: relu}\n  - dropout: 0.5\n"
    "  - conv: {filters: 8, act: relu}\n"
)


@pytest.fixture
def diagnose() -> Found:
    return alone(ActivationBudget)


def test_says_by_how_much_and_where_they_are(diagnose: Found) -> None:
    (item,) = diagnose(spec("activations: <= 20K", NET))
    assert (item.code, item.span.line) == ("C003", 3)
    # 32x32 of 3, 16 and 8 channels; relu is in place.
    assert item.message == "27,648 activations an image: 7,648 (38.2%) over the budget of at most 20K"
    assert [note.text for note in item.notes] == [
        "`conv1` has 16,384 values, 59.3% (line 5)",
        "`conv2` has 8,192 values, 29.6% (line 7)",
        "`input` has 3,072 values, 11.1% (line 2)",
    ]
    assert item.help == "an input of 27x27x3 has 19,683 activations, which is within the budget"


def test_in_training_it_is_reported_as_in_inference(diagnose: Found) -> None:
    text = spec("activations: <= 20K", NET.replace("    act: relu", ""))
    assert diagnose(text, mode="training") == diagnose(text)


def test_a_budget_that_is_kept_is_silent(diagnose: Found) -> None:
    assert diagnose(spec("activations: [<= 27648, '>= 27648']", NET)) == []

"""C002: MACs and their budget."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

import cnncalc
from cnncalc.diagnostic import Diagnostic
from cnncalc.rules.budget.mac_budget import MacBudget
from tests.rules._alone import alone
from tests.rules._budgets import spec

Found: TypeAlias = Callable[..., list[Diagnostic]]
NET = (
    "layers:\n  - conv: {filters: 16, kernel: 3, padding: 1, act: relu}\n  - maxpool: 2\n"
    "  - conv: {filters: 32, kernel: 3, padding: 1, act: relu}\n  - global_avgpool\n  - fc: 10\n"
)


@pytest.fixture
def diagnose() -> Found:
    return alone(MacBudget)


def test_says_by_how_much_and_where_they_are(diagnose: Found) -> None:
    (item,) = diagnose(spec("macs: < 1M", NET))
    assert (item.code, item.span.line) == ("C002", 3)
    assert item.message == "1,622,336 MACs an image: 622,337 (62.2%) over the budget of less than 1M"
    assert [note.text for note in item.notes] == [
        "`conv2` has 1,179,648 MACs, 72.7% (line 7)",
        "`conv1` has 442,368 MACs, 27.3% (line 5)",
        "`fc1` has 320 MACs, less than 0.1% (line 9)",
    ]
    assert item.help == "an input of 24x24x3 has 912,704 MACs, which is within the budget"


def test_the_smaller_input_is_so() -> None:
    smaller = spec("macs: < 1M", NET).replace("32x32x3", "24x24x3")
    assert cnncalc.analyse(cnncalc.load(smaller)).totals.macs == 912_704


def test_the_smaller_input_may_break_an_expectation(diagnose: Found) -> None:
    (item,) = diagnose(spec("macs: < 1M", NET.replace("  - global", "    expect: 16x16x32\n  - global")))
    assert item.help == "an input of 24x24x3 has 912,704 MACs, which is within the budget"


def test_no_smaller_input_is_suggested_where_none_keeps_it_or_none_is_plain(diagnose: Found) -> None:
    assert diagnose(spec("macs: < 1K", NET))[0].help is None
    assert diagnose(spec("macs: '> 1G'", NET))[0].help is None
    several = spec("macs: < 1M", NET).replace("input: 32x32x3", "input: {height: 32, width: 32, channels: 3}")
    assert diagnose(several)[0].help is None


def test_a_budget_that_is_kept_is_silent(diagnose: Found) -> None:
    assert diagnose(spec("macs: <= 1622336", NET)) == []
    assert diagnose(spec("macs: '>= 1.622336M'", NET)) == []

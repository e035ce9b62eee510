"""C001: parameters and their budget."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

import cnncalc
from cnncalc.diagnostic import Diagnostic
from cnncalc.rules import check
from cnncalc.rules.budget.parameter_budget import ParameterBudget
from cnncalc.spec.budget_values import parse as parse_budget
from tests.rules._alone import alone
from tests.rules._budgets import HEAD, NET, spec

Found: TypeAlias = Callable[..., list[Diagnostic]]


@pytest.fixture
def diagnose() -> Found:
    return alone(ParameterBudget)


def test_says_by_how_much_and_where_they_are(diagnose: Found) -> None:
    (item,) = diagnose(spec("params: <= 300K"))
    assert (item.code, item.span.line, item.span.column) == ("C001", 3, 18)
    assert item.message == "332,778 parameters: 32,778 (10.9%) over the budget of at most 300K"
    assert [note.text for note in item.notes] == [
        "`scores` has 327,690 parameters, 98.5% (line 10)",
        "`body` has 4,640 parameters, 1.4% (line 7)",
        "`stem` has 448 parameters, 0.1% (line 5)",
    ]
    assert item.help == (
        "`global_avgpool` instead of `flatten1` gives `scores` 32 features instead of 32,768: "
        "5,418 parameters in all, which is within the budget"
    )


def test_the_help_is_so(diagnose: Found) -> None:
    assert diagnose(spec("params: <= 5418", NET.replace("flatten", "global_avgpool"))) == []
    (item,) = diagnose(spec("params: <= 5000"))
    assert item.help is not None
    assert item.help.endswith("5,418 parameters in all, still outside of the budget")


@pytest.mark.parametrize(
    ("limit", "says"),
    [
        ("< 332778", "1 (less than 0.1%) over the budget of less than 332778"),
        ("<= 332777", "1 (less than 0.1%) over the budget of at most 332777"),
        ("'> 332778'", "1 (less than 0.1%) under the budget of more than 332778"),
        ("'>= 1M'", "667,222 (66.7%) under the budget of at least 1M"),
        ("0", "332,778 over the budget of at most 0"),
    ],
)
def test_each_sign(diagnose: Found, limit: str, says: str) -> None:
    (item,) = diagnose(spec(f"params: {limit}"))
    assert item.message == f"332,778 parameters: {says}"


@pytest.mark.parametrize("limit", ["332778", "<= 332.778K", "'>= 332778'", "< 332779", "[<= 1M, '> 1K']"])
def test_a_budget_that_is_kept_is_silent(diagnose: Found, limit: str) -> None:
    assert diagnose(spec(f"params: {limit}")) == []


def test_shared_weights_count_once(diagnose: Found) -> None:
    net = "layers:\n  - conv: 3\n    name: one\n  - relu\n  - conv: 3\n    share: one\n  - relu\n"
    assert diagnose(spec("params: 12", net)) == []


def test_of_two_networks_it_is_that_of_inference(diagnose: Found) -> None:
    head = (
        "  - sequence: [global_avgpool, fc: 10]\n    name: early\n    from: stem\n    only: training\n"
        "outputs: [scores, early]\n"
    )
    text = spec("params: 332778", NET + head)
    assert diagnose(text) == diagnose(text, mode="training") == []


def test_a_budget_of_a_configuration_is_held_too() -> None:
    graph = cnncalc.load(HEAD + NET)
    budget = parse_budget({"params": "300K"}, "pyproject.toml")
    (item,) = check(cnncalc.analyse(graph._replace(spec=graph.spec._replace(budget=budget))))
    assert item.message == "332,778 parameters: 32,778 (10.9%) over the budget of at most 300K"
    assert item.notes[-1].text == "the budget is set by pyproject.toml"
    assert item.span.start == (1, 1)

"""The figures of a budget: what a page shows of a limit is what the rules compare with it."""

import pytest

import cnncalc
from cnncalc.analysis import Analysis
from cnncalc.rules import check, measured_limits, rules
from cnncalc.rules.budget import BudgetRule

NET = """\
cnncalc: 1
input: 32x32x3
budget:
  params: {params}
  macs: {macs}
  activations: {activations}
  receptive_field: "{field}"
  memory: {{training: {memory}, batch: 4}}
layers:
  - conv: {{filters: 8, kernel: 3, padding: half, act: relu}}
  - conv: {{filters: 8, kernel: [3, 5], padding: half, stride: 2}}
  - flatten
  - fc: 10
"""
WIDE = {"params": "<= 1G", "macs": "<= 1G", "activations": "<= 1G", "field": ">= 2", "memory": "<= 1GiB"}
NARROW = {"params": "< 2", "macs": "< 2", "activations": "< 2", "field": ">= 200", "memory": "<= 1KiB"}


def of(text: str) -> Analysis:
    return cnncalc.analyse(cnncalc.load(text))


@pytest.mark.parametrize("name", WIDE)
def test_a_limit_that_its_figure_keeps_has_no_finding_and_one_that_it_misses_has_one(name: str) -> None:
    for limits in (WIDE, WIDE | {name: NARROW[name]}):
        analysis = of(NET.format(**limits))
        missed = [each.limit for each in measured_limits(analysis) if not each.limit.holds(each.value or 0)]
        spans = [item.span for item in check(analysis) if item.code.startswith("C0")]
        assert [limit.span for limit in missed] == spans
        assert len(missed) == (limits is not WIDE)


@pytest.mark.parametrize("rule", [rule for rule in rules() if isinstance(rule, BudgetRule)], ids=type)
def test_so_it_is_in_the_examples_of_each_rule(rule: BudgetRule) -> None:
    for text, kept in ((rule.fault.invalid, False), (rule.fault.valid, True)):
        measured = measured_limits(of(text))
        assert measured
        for each in measured:
            assert each.value is not None
            assert each.limit.holds(each.value) is kept


def test_a_field_is_as_large_as_that_of_the_axis_furthest_from_its_limit() -> None:
    for sign, size in ((">=", 5), ("<=", 7)):
        limits = measured_limits(of(NET.format(**WIDE | {"field": f"{sign} 3"})))
        assert [each.value for each in limits if each.limit.figure == "receptive_field"] == [size]


def test_limits_are_in_the_order_of_the_spec_and_an_unknown_figure_is_none() -> None:
    analysis = of(
        NET.format(**WIDE)
        .replace("kernel: 3,", "kernel: 99, padding: 0,")
        .replace("padding: half, act", "act")
    )
    limits = measured_limits(analysis)
    assert [each.limit.figure for each in limits] == [
        "params",
        "macs",
        "activations",
        "receptive_field",
        "training",
    ]
    assert {each.value for each in limits} == {None}


def test_without_a_budget_there_are_none() -> None:
    assert measured_limits(of("cnncalc: 1\ninput: 8x8x3\nlayers: [conv: 4]\n")) == []

"""Budgets as gauges: figure and limit in words, and a missed limit is marked by more than its colour."""

from cnncalc.webpage.sections import budgets
from tests.webpage._read import ReadPage, network

NET = (
    "cnncalc: 1\ninput: 32x32x3\nbudget: {params: <= 1K, macs: <= 1K, receptive_field: 50,"
    " memory: {training: <= 1GiB, batch: 8}}\nlayers:\n"
    "  - conv: {filters: 16, kernel: 3, padding: half, act: relu}\n  - global_avgpool\n  - fc: 10\n"
)


def test_each_limit_has_a_gauge_with_words() -> None:
    section = budgets.section(network(NET))
    assert section is not None
    page = ReadPage(section.html)
    gauges = [attributes for _, attributes in page.tags if attributes.get("role") == "meter"]
    assert [each["aria-valuetext"] for each in gauges][:3] == [
        "618, at most 1,000",
        "442,528, at most 1,000",
        "3 px, at least 50 px",
    ]
    assert page.text.count("✓ within") == 2
    assert "✗ exceeded" in page.text
    assert "✗ not reached" in page.text


def test_an_unknown_figure_is_neither() -> None:
    section = budgets.section(network(NET.replace("kernel: 3, padding: half", "kernel: 99")))
    assert section is not None
    text = ReadPage(section.html).text
    assert "within" not in text
    assert "exceeded" not in text
    assert text.count("? not known") == 4


def test_without_a_budget_there_is_no_section() -> None:
    assert budgets.section(network("lenet5")) is None

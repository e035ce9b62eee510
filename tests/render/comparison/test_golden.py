"""Every format's output of the same comparisons, whole. tests/render/_golden.py says how to write the files again."""

import json
from pathlib import Path

import pytest

from cnncalc.comparison import Comparison, Verdict, compare, parse
from cnncalc.render.comparison import ComparisonPage
from cnncalc.render.formats import format_of, names
from tests.comparison._networks import HEAD, network
from tests.render._golden import hold

GOLDEN = Path(__file__).parent / "golden"
OLD = """\
cnncalc: 1
name: Small | <net>
input: 32x32x3
layers:
  - conv: {filters: 16, kernel: 3, padding: 1, act: relu}
    name: stem
  - maxpool: 2
  - conv: {filters: 32, kernel: 3, padding: half}
  - dropout: 0.5
  - flatten
  - fc: 10
    name: head
"""
NEW = """\
cnncalc: 1
name: Small | <net>
input: 32x32x3
layers:
  - conv: {filters: 16, kernel: 5, padding: {top: 2, bottom: 2, left: 2, right: 2}, act: relu}
    name: stem
  - bn
  - maxpool: 2
  - maxpool: 2
  - conv: {filters: 32, kernel: 3, padding: half}
  - flatten
  - fc: 100
    name: classes
"""
FAULTY = HEAD + "  - conv: {filters: 8, kernal: 3}\n  - relu\n  - fc: 10\n"
CASES = {
    "changed": (OLD, NEW, ("params > +5%", "macs > 20G", "memory > -1KiB")),
    "same": (OLD, OLD, ()),
    "faulty": (OLD, FAULTY, ("params > 0",)),
}


def compared(case: str) -> tuple[Comparison, list[Verdict]]:
    old, new, conditions = CASES[case]
    sides = (
        network(old)._replace(file="nets/old.yaml"),
        network(new)._replace(file="git:HEAD:nets/new_one.yaml"),
    )
    verdicts = [
        condition.judged(sides[0].totals[condition.figure], sides[1].totals[condition.figure])
        for condition in map(parse, conditions)
    ]
    return compare(*sides), verdicts


def rendered(case: str, format: str, page: ComparisonPage | None = None) -> str:
    return "".join(format_of(format).comparison(*compared(case), page or ComparisonPage()))


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("format", names("comparison"))
def test_matches_its_golden_file(case: str, format: str) -> None:
    hold(GOLDEN / f"{case}.{format}", rendered(case, format, ComparisonPage(80)))


def test_no_golden_file_is_left_over() -> None:
    named = {f"{case}.{format}" for case in CASES for format in names("comparison")}
    assert {file.name for file in GOLDEN.iterdir()} == named


@pytest.mark.parametrize("case", CASES)
def test_text_keeps_to_its_width(case: str) -> None:
    for width in (60, 80, 120, 200):
        text = rendered(case, "text", ComparisonPage(width))
        assert all(len(line) <= width and line == line.rstrip() for line in text.splitlines())


def test_json_says_null_for_what_is_unknown() -> None:
    data = json.loads(rendered("faulty", "json"))
    assert data["totals"]["params"] == {"old": 87018, "new": None, "change": None, "percent": None}
    assert data["old"]["inexact"] == {}
    assert data["new"]["inexact"]["params"] == {"status": "unknown", "layer": "conv1", "at_least": 0}
    assert [entry["met"] for entry in data["conditions"]] == [None]
    assert data["new"]["diagnostics"][0]["code"] == "L001"


def test_json_has_every_layer_of_both() -> None:
    data = json.loads(rendered("changed", "json"))
    for side, spec in (("old", OLD), ("new", NEW)):
        names = [layer[side]["name"] for layer in data["layers"] if layer[side] is not None]
        assert names == [layer.name for layer in network(spec).layers]


def test_markdown_shows_names_as_they_are() -> None:
    text = rendered("changed", "markdown")
    assert r"### Small \| \<net\>" in text
    assert "| parameters |" in text
    # A table's line has as many cells as its head, whatever is in them.
    tables = [line for line in text.splitlines() if line.startswith("|")]
    counts = {line.replace(r"\|", "").count("|") for line in tables}
    assert counts == {5, 9}


def test_a_long_markdown_table_is_cut() -> None:
    layers = "".join(f"  - conv: {{filters: {count}, kernel: 1}}\n" for count in range(1, 301))
    comparison = compare(network(HEAD + "  - relu\n"), network(HEAD + layers))
    assert "101 more rows." in "".join(format_of("markdown").comparison(comparison, (), ComparisonPage()))

"""The table as a page: a table that a screen reader reads, and names that are only text."""

from collections.abc import Callable
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.render.report import ReportPage
from cnncalc.render.report.html import render
from cnncalc.report import Report
from tests._each import each
from tests.drawing._drawn import HOSTILE
from tests.render.report.test_latex import COMMANDS

TAGS = "html head meta title style body main h1 h2 p div table caption thead tbody tfoot tr th td"
VOID = ("meta",)


class Reader(HTMLParser):
    """The tags of a page, its rows by part of the table, and whether every tag is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.names: set[str] = set()
        self.open: list[str] = []
        self.rows: dict[str, list[list[tuple[str, str]]]] = {"thead": [], "tbody": [], "tfoot": []}
        self._cell: str | None = None
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}
        if tag not in VOID:
            self.open.append(tag)
        part = next((name for name in self.open if name in self.rows), None)
        if tag == "tr" and part is not None:
            self.rows[part].append([])
        if tag in ("th", "td") and part is not None:
            self.rows[part][-1].append((dict(attrs).get("scope") or tag, ""))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        part = next((name for name in self.open if name in self.rows), None)
        if part is not None and self.open[-1] in ("th", "td"):
            scope, text = self.rows[part][-1][-1]
            self.rows[part][-1][-1] = (scope, text + data)


def page(name: str) -> str:
    graph = cnncalc.load(
        {
            "cnncalc": 1,
            "name": name,
            "source": name,
            "input": "8x8x3",
            "layers": [{"conv": 4, "name": "first"}, "relu"],
        }
    )
    analysis = cnncalc.analyse(graph)
    report = Report(analysis, cnncalc.findings(analysis), sentences=(name,))
    return "".join(render(report, ReportPage()))


def test_each_row_has_a_heading_and_each_column() -> None:
    report = Report(cnncalc.analyse(cnncalc.load("vgg16")), ())
    reader = Reader("".join(render(report, ReportPage())))
    (head,) = reader.rows["thead"]
    assert [scope for scope, _ in head] == ["col"] * 7
    assert {len(row) for row in reader.rows["tbody"]} == {7}
    assert {row[0][0] for row in reader.rows["tbody"]} == {"row"}
    assert [row[0][1] for row in reader.rows["tbody"]] == [row.name for row in report.rows()]
    totals = {row[0][1]: row[1][1] for row in reader.rows["tfoot"]}
    assert totals["weights"].startswith("138,344,128; parameters 138,357,544")


def test_equal_blocks_are_one_row_and_that_is_explained() -> None:
    report = Report(cnncalc.analyse(cnncalc.load("resnet50")), (), depth=0)
    text = "".join(render(report, ReportPage()))
    assert "bottleneck2..3  x2" in [row[0][1] for row in Reader(text).rows["tbody"]]
    assert "<p>xN: N equal blocks in a row; the figures are for one block</p>" in text


def test_what_is_unknown_is_marked_and_explained(rendered: Callable[..., str]) -> None:
    text = rendered(
        "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 4, kernel: 9}\n  - relu\n", "html"
    )
    assert '<td class="n u">?</td>' in text
    assert "<p>?: not known</p>" in text
    known = rendered("cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: 4\n", "html")
    assert 'class="n u"' not in known
    assert "not known" not in known


def test_columns_that_are_asked_for_are_shown(rendered: Callable[..., str]) -> None:
    text = rendered("cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: 4\n", "html", columns=("name", "params"))
    assert [word for _, word in Reader(text).rows["thead"][0]] == ["name", "parameters"]


def test_devices_have_tables_of_their_own() -> None:
    text = "".join(render(Report(cnncalc.analyse(cnncalc.load("alexnet_towers")), ()), ReportPage()))
    assert text.count("<table>") == text.count("<caption>") == 3
    Reader(text)


@each("name", (*HOSTILE, *COMMANDS))
def test_a_hostile_name_is_only_text(name: str) -> None:
    check(name)


@given(st.text(min_size=1, max_size=60))
def test_any_name_is_only_text(name: str) -> None:
    check(name)


def check(name: str) -> None:
    text = page(name)
    reader = Reader(text)
    assert reader.tags <= set(TAGS.split())
    assert not [word for word in reader.names if word.startswith("on") or word in ("src", "href")]
    for mark in ("<script", "<img", "\u202e", "\u2066", "]]>", "\x00", "\x1b"):
        assert mark not in text


@pytest.mark.parametrize(
    "word", ['http-equiv="refresh"', "src=", "href=", "@import", "<script", "<link", "url("]
)
def test_a_page_loads_nothing(word: str) -> None:
    assert word not in page("net")
    assert "default-src 'none'" in page("net")

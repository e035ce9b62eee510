"""The table as LaTeX: it would compile with its two packages, and no name is a command in it."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cnncalc
from cnncalc.render.latex import safe
from cnncalc.render.report import ReportPage
from cnncalc.render.report.latex import render
from cnncalc.report import Report
from tests._depth import NETWORKS
from tests._each import each
from tests.drawing._drawn import HOSTILE
from tests.render._latex import check_latex

COMMANDS = (
    r"\input{/etc/passwd}",
    r"\write18{ls}",
    r"\end{longtable}",
    r"50% & more \\ $x^2_1$ #1 ~",
    "[2cm] *x",
    "``quoted'' -- --- ?` !` ,,",
    "^^5cinput",
    "{ unbalanced",
    "a\nb\x00\x1b[31m",
)


def latex(name: str) -> str:
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


def networks_report(name: str) -> str:
    """The table of a shipped network."""
    return "".join(render(Report(cnncalc.analyse(cnncalc.load(name)), ()), ReportPage()))


@each("name", sorted(NETWORKS))
def test_a_shipped_network_has_a_row_for_each_of_its_rows(name: str) -> None:
    for depth in (None, 0):
        report = Report(cnncalc.analyse(cnncalc.load(name)), (), depth=depth)
        rows = check_latex("".join(render(report, ReportPage())))
        assert rows[0][0] == "name"
        # The head is there twice, and the words for a table that goes on.
        assert len(rows) >= 3 + (1 if depth == 0 else len(list(report.rows())))


@each("name", (*HOSTILE, *COMMANDS))
def test_a_hostile_name_is_only_text(name: str) -> None:
    check_latex(latex(name))


@given(
    st.text(min_size=1, max_size=60)
    | st.text(alphabet="\\{}$&#%_^~[]*-,`'\"<=>|abc ", min_size=1, max_size=30)
)
def test_any_name_is_only_text(name: str) -> None:
    check_latex(latex(name))


@pytest.mark.parametrize(("text", "written"), [
    ("a_b", r"a\_b"), ("50%", r"50\%"), ("x & y", r"x \& y"), ("$5", r"\$5"), ("#1", r"\#1"), ("{}", r"\{\}"),
    ("~", r"\textasciitilde{}"), ("^", r"\textasciicircum{}"), ("\\", r"\textbackslash{}"),
    ("3\u00d73", r"3$\times$3"), ("≤ 5", r"$\leq$ 5"), ("<=12", r"$\leq$12"), ("<b>", r"\textless{}b\textgreater{}"),
    ("--", "-{}-"), ("----", "-{}-{}-{}-"), ("[2cm]", "{[}2cm]"), ("a [2]", "a [2]"), ("*x", "{*}x"),
    ("\u00e9", r"\'{e}"), ("\u00ef", r'\"{\i}'), ("\u00e7", r"\c{c}"), ("Łódź", r"\L{}\'{o}d\'{z}"),
    ("網", r"\textbackslash{}u7db2"), ("\u202eabc", r"\textbackslash{}u202eabc"), ("🙂", r"\textbackslash{}U0001f642"),
    ("\u05d0", r"\textbackslash{}u05d0"),
])  # fmt: skip
def test_a_text_is_written_so_that_it_is_shown(text: str, written: str) -> None:
    assert safe(text) == written


def test_what_is_unknown_and_what_is_a_bound_is_explained(rendered: Callable[..., str]) -> None:
    faulty = "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 4, kernel: 9}\n  - relu\n"
    text = rendered(faulty, "latex")
    check_latex(text)
    assert r"\item ?: not known" in text


def test_devices_have_tables_of_their_own() -> None:
    report = Report(cnncalc.analyse(cnncalc.load("alexnet_towers")), ())
    text = "".join(render(report, ReportPage()))
    check_latex(text)
    assert text.count(r"\begin{longtable}") == 3


def test_it_says_the_packages_that_it_needs() -> None:
    assert latex("net").startswith("% Needs \\usepackage{booktabs,longtable}\n")

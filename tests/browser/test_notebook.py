"""What a notebook shows, in a page as JupyterLab and VS Code have one: readable in it, and without effect on it."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

import cnncalc
from cnncalc.comparison import compare, side
from tests.browser._axe import violations
from tests.browser._opening import Pages

pytestmark = pytest.mark.browser

# The page around: a drawing and a table of its own, with classes that drawings of cnncalc use, too.
AROUND = """<!doctype html><html lang="en"><head><title>Notebook</title><style>
body{{font:14px sans-serif}} {css}
</style></head><body {attributes}><main><h1>Notebook</h1>
<svg id="title" width="40" height="20"><text id="own" class="t q h" x="0" y="15">own</text></svg>
<table id="table" class="t"><tr><th>a</th><td class="n">b</td></tr></table><p id="p" class="e b">text</p>
{outputs}</main></body></html>"""
LIGHT = ("body{background:#fff;color:#111}", 'data-jp-theme-light="true"')
DARK = ("body{background:#111;color:#ddd}", 'data-jp-theme-light="false"')
VSCODE = ("body{background:#1e1e1e;color:#ccc}", 'class="vscode-dark" data-vscode-theme-kind="vscode-dark"')
PLAIN = ("body{background:#fff;color:#111}", "")
# What a foreign style sheet would change.
PROPERTIES = ("font-size", "font-weight", "fill", "stroke", "color", "padding", "border", "text-align")
GROUND = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 22, 28)"}


def outputs(name: str) -> dict[str, Any]:
    graph = cnncalc.load(name)
    figures = cnncalc.analyse(graph)
    return {
        "graph": graph,
        "analysis": figures,
        "estimate": cnncalc.estimate(graph),
        "comparison": compare(side(figures), side(cnncalc.analyse(cnncalc.load("alexnet")))),
        "faulty": cnncalc.load("INPUT 8x8x3 -> CONV9 4"),
    }


def written(folder: Path, around: tuple[str, str], names: tuple[str, ...], network: str = "lenet5") -> Path:
    css, attributes = around
    shown = outputs(network)
    html = "".join(shown[name]._repr_mimebundle_()["text/html"] for name in names)
    path = folder / "notebook.html"
    path.write_text(AROUND.format(css=css, attributes=attributes, outputs=html), encoding="utf-8")
    return path


def ground(page: Page) -> str:
    """The background of the first drawing."""
    colour: str = page.evaluate("() => getComputedStyle(document.querySelector('.cnncalc-drawing .p')).fill")
    return colour


@pytest.mark.parametrize(
    ("around", "system", "theme"),
    [
        pytest.param(DARK, "light", "dark", id="JupyterLab is dark"),
        pytest.param(LIGHT, "dark", "light", id="JupyterLab is light", marks=pytest.mark.long),
        pytest.param(VSCODE, "light", "dark", id="VS Code is dark", marks=pytest.mark.long),
        pytest.param(PLAIN, "dark", "dark", id="the system is dark", marks=pytest.mark.long),
        pytest.param(PLAIN, "light", "light", id="the system is light", marks=pytest.mark.long),
    ],
)
def test_it_is_dark_where_the_page_is(
    pages: Pages, tmp_path: Path, around: tuple[str, str], system: Any, theme: str
) -> None:
    page = pages.open(
        written(tmp_path, around, ("graph", "analysis", "estimate", "comparison", "faulty")), theme=system
    )
    assert ground(page) == GROUND[theme]
    page.evaluate("() => document.querySelectorAll('details').forEach(item => item.open = true)")
    if around is not PLAIN or system == "light":
        assert violations(page) == []


@pytest.mark.long
@pytest.mark.parametrize("width", [320, 2560])
def test_what_is_too_wide_scrolls_in_its_place(pages: Pages, tmp_path: Path, width: int) -> None:
    page = pages.open(written(tmp_path, LIGHT, ("graph", "analysis", "comparison"), "resnet18"), width=width)
    page.evaluate("() => document.querySelectorAll('details').forEach(item => item.open = true)")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    assert violations(page) == []


@pytest.mark.long
def test_the_page_around_stays_as_it_is(pages: Pages, tmp_path: Path) -> None:
    read = (
        "names => ['own', 'table', 'p'].flatMap(id => [...document.querySelectorAll(`#${id}, #${id} *`)])"
        ".map(item => names.map(name => getComputedStyle(item).getPropertyValue(name)))"
    )
    alone = pages.open(written(tmp_path, DARK, ()), theme="dark").evaluate(read, list(PROPERTIES))
    beside = pages.open(written(tmp_path, DARK, ("graph", "analysis", "estimate")), theme="dark")
    assert beside.evaluate(read, list(PROPERTIES)) == alone


@pytest.mark.long
def test_tables_unfold_with_the_keyboard(pages: Pages, tmp_path: Path) -> None:
    page = pages.open(written(tmp_path, LIGHT, ("graph",)))
    row = page.get_by_role("cell", name="conv1", exact=True)
    assert not row.is_visible()
    page.get_by_text("layer by layer").focus()
    page.keyboard.press("Enter")
    assert row.is_visible()

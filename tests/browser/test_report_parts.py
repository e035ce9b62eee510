"""The parts of `cnncalc report` in a browser: what each selects, folds, sorts and moves, with every kind of spec."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser._axe import violations
from tests.browser._opening import Pages
from tests.commands._program import run
from tests.webpage.test_page import SPECS

pytestmark = [pytest.mark.browser, pytest.mark.long]


def report(folder: Path, *specs: str) -> Path:
    path = folder / "report.html"
    assert run("report", *specs, "-o", path).status in (0, 1)
    return path


@pytest.fixture
def opened(pages: Pages, tmp_path: Path) -> Page:
    return pages.open(report(tmp_path, "resnet18"))


def chosen(page: Page) -> dict[str, list[str]]:
    """What is marked as selected: rows, boxes of the graph, bars, lines of the spec."""
    return {
        "rows": page.locator("tr.chosen").evaluate_all("rows => rows.map(row => row.id)"),
        "graph": page.locator(".viewer .drawing:not([hidden]) .chosen").evaluate_all(
            "boxes => boxes.map(box => box.dataset.of.split(' ')[0])"
        ),
        "bars": page.locator("[data-section=bars] .chosen").evaluate_all(
            "rows => rows.map(row => row.dataset.of)"
        ),
        "lines": page.locator("li.chosen").evaluate_all("lines => lines.map(line => line.id)"),
    }


def names(page: Page) -> list[str]:
    """The rows that are seen, in order."""
    shown: list[str] = page.locator("table.layers tbody tr:visible").evaluate_all(
        "rows => rows.map(row => row.id)"
    )
    return shown


def test_a_link_selects_a_layer_everywhere(pages: Pages, tmp_path: Path) -> None:
    page = pages.open(report(tmp_path, "resnet18"), fragment="#basic3.conv2")
    marked = chosen(page)
    assert marked["rows"] == ["basic3.conv2"]
    # The inside of a form of block is drawn once, for all that have it.
    assert marked["graph"] == ["basic3.conv2"]
    assert marked["bars"] == ["basic3.conv2 basic3.conv2.bn"]
    assert len(marked["lines"]) == 1
    row = page.locator("tr.chosen")
    assert row.is_visible()
    assert 0 <= row.bounding_box()["y"] <= 900  # type: ignore[index]


def test_a_link_is_followed_later_too(opened: Page) -> None:
    opened.evaluate("() => { location.hash = '#conv1' }")
    opened.wait_for_selector("tr.chosen")
    assert chosen(opened)["rows"] == ["conv1"]
    opened.evaluate("() => { location.hash = '#:table' }")
    opened.wait_for_timeout(50)
    assert chosen(opened)["rows"] == ["conv1"]


def test_a_box_a_row_a_bar_and_a_line_select(opened: Page) -> None:
    opened.locator(".viewer .drawing:not([hidden]) [data-of^='maxpool1']").click()
    assert chosen(opened)["rows"] == ["maxpool1"]
    assert opened.url.endswith("#maxpool1")
    opened.locator("[id=fc1] .pick").click()
    assert chosen(opened)["graph"] == ["fc1"]
    assert opened.url.endswith("#fc1")
    opened.locator("[data-section=bars] [data-of^='conv1']").click()
    assert chosen(opened)["rows"] == ["conv1"]
    opened.locator("li .number", has_text=re.compile("^" + str(line_of(opened, "maxpool1")) + "$")).click()
    assert chosen(opened)["rows"] == ["maxpool1"]


def line_of(page: Page, name: str) -> int:
    return int(page.locator(f"tr[id='{name}'] td").last.inner_text())


def test_a_press_of_a_line_goes_on_to_its_next_layer(opened: Page) -> None:
    line = opened.locator(f"[id=':line{line_of(opened, 'basic1.conv1')}'] a.number")
    selected = []
    for _ in range(3):
        line.click()
        selected.append(opened.url.partition("#")[2])
    assert len(set(selected)) == 3


def test_the_table_folds_filters_and_sorts(opened: Page) -> None:
    folded = names(opened)
    assert "basic1" in folded
    assert "basic1.conv1" not in folded
    toggle = opened.locator("tr[id=basic1] .toggle")
    assert toggle.get_attribute("aria-expanded") == "false"
    toggle.click()
    assert toggle.get_attribute("aria-expanded") == "true"
    assert "basic1.conv1" in names(opened)
    opened.get_by_role("button", name="Fold all", exact=True).click()
    assert names(opened) == folded
    filter = opened.get_by_role("searchbox")
    filter.fill("project")
    assert [name for name in names(opened) if "." not in name] == ["basic3", "basic5", "basic7"]
    filter.fill("")
    head = opened.locator("th[data-by=params]")
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert names(opened)[0] == "basic7.conv2"
    figures = opened.locator("tbody tr:visible td:nth-child(6)").all_inner_texts()
    values = [int(figure.replace(",", "")) for figure in figures]
    assert values == sorted(values, reverse=True)
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "none"
    assert names(opened) == folded


def test_figures_are_those_of_inspect(opened: Page) -> None:
    opened.get_by_role("button", name="Unfold all").click()
    printed = run("inspect", "resnet18", "--format", "csv", "--columns", "name,params,macs").out.splitlines()[
        1:
    ]
    shown = names(opened)
    assert [line.split(",")[0] for line in printed if line] == [
        name for name in shown if not name.startswith("basic") or "." in name
    ]


def test_the_graph_unfolds_zooms_and_moves(opened: Page) -> None:
    viewer = opened.locator(".viewer")
    unfold = opened.get_by_role("button", name="Unfold", exact=True)
    assert opened.get_by_role("button", name="Fold", exact=True).is_disabled()
    unfold.click()
    assert unfold.is_disabled()
    assert viewer.locator(".drawing:not([hidden])").get_attribute("data-depth") == "1"
    width = "() => document.querySelector('.viewer .drawing:not([hidden]) svg').getBoundingClientRect().width"
    before = opened.evaluate(width)
    viewer.focus()
    viewer.press("+")
    assert opened.evaluate(width) == pytest.approx(1.25 * before, rel=0.01)
    viewer.press("-")
    assert opened.evaluate(width) == pytest.approx(before, rel=0.01)
    viewer.press("+")
    top = "() => document.querySelector('.viewer').scrollTop"
    start = opened.evaluate(top)
    viewer.press("ArrowDown")
    assert opened.evaluate(top) > start
    opened.get_by_role("button", name="move up").click()
    assert opened.evaluate(top) == pytest.approx(start, abs=2)


def test_boxes_and_rows_are_reached_by_keyboard(opened: Page) -> None:
    first = opened.locator(".viewer .drawing:not([hidden]) [data-of][tabindex='0']")
    assert first.count() == 1
    first.focus()
    opened.keyboard.press("ArrowDown")
    opened.keyboard.press("Enter")
    assert len(chosen(opened)["rows"]) == 1
    opened.keyboard.press("Escape")
    assert chosen(opened)["rows"] == []
    assert "#" not in opened.url
    stop = opened.locator("tbody .pick[tabindex='0']")
    assert stop.count() == 1
    opened.locator("[id=basic1] .pick").focus()
    opened.keyboard.press("ArrowRight")
    opened.keyboard.press("ArrowDown")
    opened.keyboard.press("Enter")
    assert chosen(opened)["rows"] == ["basic1.conv1"]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_has_nothing_to_say(pages: Pages, tmp_path: Path, theme: str) -> None:
    (tmp_path / "wrong.yaml").write_text(SPECS["with errors"], encoding="utf-8")
    for specs in (["resnet18"], ["lenet5", "lenet5"], [str(tmp_path / "wrong.yaml")]):
        page = pages.open(report(tmp_path, *specs), theme=theme, width=768, fragment="#conv1")  # type: ignore[arg-type]
        assert violations(page) == []


@pytest.mark.parametrize(
    "name", ["hostile", "no layers", "one layer", "several inputs and outputs", "with errors"]
)
def test_it_works_with_every_spec(pages: Pages, tmp_path: Path, name: str) -> None:
    spec = tmp_path / "net.yaml"
    spec.write_text(SPECS[name], encoding="utf-8")
    page = pages.open(report(tmp_path, str(spec)))
    assert page.locator("html.scripted").count() == 1


def test_it_prints_the_whole_graph(pages: Pages, tmp_path: Path) -> None:
    page = pages.open(report(tmp_path, "resnet18"))
    page.emulate_media(media="print")
    box = page.locator(".viewer").bounding_box()
    drawing = page.locator(".viewer .drawing:not([hidden]) svg").bounding_box()
    assert box is not None
    assert drawing is not None
    assert box["height"] >= drawing["height"] - 1
    assert page.locator(".tools").first.is_hidden()

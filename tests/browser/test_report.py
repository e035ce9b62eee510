"""`cnncalc report` in a browser: one selection everywhere, folding, filters, sorting, keys, themes, widths, paper."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Locator, Page, expect

import cnncalc
from tests.browser._axe import violations
from tests.browser._opening import PATIENCE, Pages
from tests.browser._screens import hold_screen
from tests.commands._program import run
from tests.drawing._drawn import HOSTILE

pytestmark = pytest.mark.browser

Theme = Literal["light", "dark"]
LAYER, BLOCK = "basic3.conv2", "basic3"
# Where a selected layer is marked in each section.
MARKED = {
    "table": "tr.chosen",
    "graph": ".drawing:not([hidden]) .chosen",
    "bars": "svg .chosen",
    "spec": ".chosen",
    "memory": ".memory-chart .marked",
}
Write = Callable[..., Path]


@pytest.fixture(scope="module")
def write(tmp_path_factory: pytest.TempPathFactory) -> Write:
    """Writes the report of specs, each once."""
    written: dict[tuple[str, ...], Path] = {}

    def report(*arguments: str) -> Path:
        if arguments not in written:
            path = tmp_path_factory.mktemp("report") / "report.html"
            ended = run("report", *arguments, "-o", path)
            assert ended.status == 0, ended.err
            written[arguments] = path
        return written[arguments]

    return report


def section(page: Page, name: str) -> Locator:
    return page.locator(f'section[data-section="{name}"]').first


def names(page: Page) -> list[str]:
    """The names of the rows that are seen, in order."""
    rows = section(page, "table").locator("tbody tr:not([hidden]) .pick")
    return rows.all_inner_texts()


def expect_selected(page: Page, name: str) -> None:
    for where, mark in MARKED.items():
        expect(section(page, where).locator(mark).first, where).to_be_attached(timeout=PATIENCE)
    expect(section(page, "table").locator("tr.chosen .pick")).to_have_text(name)
    assert page.evaluate("location.hash") == f"#{name}"


def of_table(page: Page) -> None:
    section(page, "table").get_by_role("button", name="Unfold all").click()
    section(page, "table").get_by_role("button", name=LAYER, exact=True).click()


def of_bars(page: Page) -> None:
    section(page, "bars").locator(f'[data-of~="{LAYER}"]').first.click()


def of_graph(page: Page) -> None:
    section(page, "graph").locator(f'.drawing:not([hidden]) [data-of~="{BLOCK}"]').first.click()


def of_spec(page: Page) -> None:
    section(page, "spec").locator("a.number").last.click()


class TestSelection:
    @pytest.mark.parametrize(
        ("select", "name"),
        [
            (of_table, LAYER),
            pytest.param(of_graph, BLOCK, marks=pytest.mark.long),
            pytest.param(of_bars, LAYER, marks=pytest.mark.long),
            pytest.param(of_spec, "fc1", marks=pytest.mark.long),
        ],
    )
    def test_a_layer_is_selected_everywhere(
        self, write: Write, pages: Pages, select: Callable[[Page], None], name: str
    ) -> None:
        page = pages.open(write("resnet18"))
        select(page)
        expect_selected(page, name)

    @pytest.mark.long
    def test_an_address_selects_and_shows_the_row(self, write: Write, pages: Pages) -> None:
        page = pages.open(write("resnet18"), fragment=f"#{LAYER}")
        expect_selected(page, LAYER)
        expect(section(page, "table").locator("tr.chosen")).to_be_in_viewport(timeout=PATIENCE)
        page.evaluate("() => { location.hash = '#conv1' }")
        expect_selected(page, "conv1")

    @pytest.mark.long
    @pytest.mark.parametrize("fragment", ["#nowhere", "#%E0%A4%A", "#<img src=x>", "#table", "#"])
    def test_an_address_of_nothing_selects_nothing(self, write: Write, pages: Pages, fragment: str) -> None:
        page = pages.open(write("lenet5"), fragment=fragment)
        assert page.locator(".chosen").count() == 0

    @pytest.mark.long
    def test_escape_selects_nothing_again(self, write: Write, pages: Pages) -> None:
        page = pages.open(write("resnet18"))
        of_table(page)
        page.keyboard.press("Escape")
        assert page.locator(".chosen").count() == 0
        assert page.evaluate("location.hash") == ""


@pytest.mark.long
class TestTable:
    def test_blocks_fold_and_unfold(self, write: Write, pages: Pages) -> None:
        page = pages.open(write("resnet18"))
        folded = names(page)
        assert BLOCK in folded
        assert LAYER not in folded
        section(page, "table").get_by_role("button", name=f"layers of {BLOCK}").click()
        assert set(names(page)) - set(folded) == {
            f"{BLOCK}.{name}"
            for name in ("conv1", "conv1.bn", "conv2", "conv2.bn", "project1", "project1.bn", "add1")
        }
        section(page, "table").get_by_role("button", name="Fold all", exact=True).click()
        assert names(page) == folded
        section(page, "table").get_by_role("button", name="Unfold all").click()
        section(page, "table").get_by_role("checkbox").check()
        graph = cnncalc.load("resnet18")
        assert {node.name for node in graph.nodes} <= set(names(page))

    @pytest.mark.parametrize("words", ["conv2", "CONV2", "basic conv2", "zzz"])
    def test_a_filter_leaves_the_rows_that_have_all_words(
        self, write: Write, pages: Pages, words: str
    ) -> None:
        page = pages.open(write("resnet18"))
        section(page, "table").get_by_role("searchbox").fill(words)
        rows = section(page, "table").locator("tbody tr:not([hidden])").all_inner_texts()
        if words == "zzz":
            assert rows == []
        else:
            # The blocks around what fits are there, too.
            fitting = [row for row in rows if all(word in row.lower() for word in words.lower().split())]
            around = [row for row in rows if row not in fitting]
            assert len(fitting) >= 16
            assert len(around) == 8
        expect(section(page, "table").get_by_role("status")).to_contain_text(f"{len(names(page))} of ")

    def test_a_figure_sorts_down_up_and_not(self, write: Write, pages: Pages) -> None:
        page = pages.open(write("resnet18"))
        before = names(page)
        figures = cnncalc.analyse(cnncalc.load("resnet18"))
        params = {str(row["name"]): int(row["params"] or 0) for row in figures.rows()}
        head = section(page, "table").locator("th", has_text="parameters")
        head.get_by_role("button").click()
        expect(head).to_have_attribute("aria-sort", "descending")
        largest = [params[name] for name in names(page)]
        assert largest == sorted(largest, reverse=True)
        assert names(page)[0] == max(params, key=lambda name: params[name])
        head.get_by_role("button").click()
        expect(head).to_have_attribute("aria-sort", "ascending")
        assert [params[name] for name in names(page)] == sorted(largest)
        head.get_by_role("button").click()
        expect(head).to_have_attribute("aria-sort", "none")
        assert names(page) == before

    def test_keys_go_from_row_to_row_and_fold(self, write: Write, pages: Pages) -> None:
        page = pages.open(write("resnet18"))
        shown = names(page)
        first = section(page, "table").locator("tbody tr:not([hidden]) .pick").first
        first.focus()
        for _ in range(shown.index(BLOCK)):
            page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.textContent") == BLOCK
        page.keyboard.press("ArrowRight")
        assert LAYER in names(page)
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.textContent") == f"{BLOCK}.conv1"
        page.keyboard.press("Enter")
        expect_selected(page, f"{BLOCK}.conv1")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowLeft")
        assert names(page) == shown


@pytest.mark.long
class TestGraph:
    def test_it_unfolds_and_zooms_by_buttons_and_keys(self, write: Write, pages: Pages) -> None:
        page = pages.open(write("resnet18"))
        graph = section(page, "graph")
        boxes = graph.locator(".drawing:not([hidden]) [data-of]")
        before = boxes.count()
        graph.get_by_role("button", name="Unfold").click()
        assert boxes.count() > before
        graph.get_by_role("button", name="Fold", exact=True).click()
        assert boxes.count() == before
        drawing = graph.locator(".drawing:not([hidden]) svg")

        def width() -> float:
            wide: float = drawing.evaluate("svg => svg.getBoundingClientRect().width")
            return wide

        start = width()
        graph.locator(".viewer").focus()
        page.keyboard.press("+")
        assert width() > start
        page.keyboard.press("-")
        page.keyboard.press("-")
        assert width() < start
        page.keyboard.press("0")
        assert width() == pytest.approx(start, abs=1)
        graph.get_by_role("button", name="zoom in").click()
        assert width() > start

    def test_a_drag_moves_it_and_selects_nothing(self, write: Write, pages: Pages) -> None:
        page = pages.open(write("resnet50"))
        viewer = section(page, "graph").locator(".viewer")
        section(page, "graph").get_by_role("button", name="zoom in").click()
        viewer.scroll_into_view_if_needed()
        box, before = viewer.bounding_box(), viewer.evaluate("element => element.scrollTop")
        assert box is not None
        page.mouse.move(box["x"] + 300, box["y"] + 300)
        page.mouse.down()
        page.mouse.move(box["x"] + 300, box["y"] + 150, steps=5)
        page.mouse.up()
        assert viewer.evaluate("element => element.scrollTop") - before == pytest.approx(150, abs=5)
        assert page.locator(".chosen").count() == 0

    def test_a_selected_layer_comes_into_sight_in_it(self, write: Write, pages: Pages) -> None:
        page = pages.open(write("resnet50"))
        section(page, "table").get_by_role("button", name="fc1", exact=True).click()
        chosen = section(page, "graph").locator(".drawing:not([hidden]) .chosen").first
        inside = chosen.evaluate(
            "box => { const own = box.getBoundingClientRect(), outer ="
            " box.closest('.viewer').getBoundingClientRect();"
            " return own.top >= outer.top - 1 && own.bottom <= outer.bottom + 1 }"
        )
        assert inside


@pytest.mark.long
def test_keys_alone_reach_everything(write: Write, pages: Pages) -> None:
    """Tab goes through the page once: every control has its turn, the focus is seen, and nothing holds it."""
    page = pages.open(write("lenet5"))
    reached: list[str] = []
    for _ in range(400):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        reached.append(
            page.evaluate(
                "() => { const own = document.activeElement, box = own.querySelector(':scope > rect');"
                " const seen = getComputedStyle(own).outlineStyle !== 'none' || "
                " (box !== null && getComputedStyle(box).strokeWidth === '3px');"
                " return `${own.closest('section')?.dataset.section ?? 'top'}:${seen}` }"
            )
        )
    else:
        pytest.fail("the focus never leaves the page")
    assert {word.partition(":")[0] for word in reached} >= {"top", "graph", "table", "bars", "memory", "spec"}
    assert not [word for word in reached if word.endswith(":false")]
    # What is selected by Enter in a drawing is a selection like any other.
    box = section(page, "bars").locator('[data-of~="conv2"]').first
    box.focus()
    page.keyboard.press("Enter")
    expect(section(page, "table").locator("tr.chosen .pick")).to_have_text("conv2")


@pytest.mark.parametrize("theme", ["light", pytest.param("dark", marks=pytest.mark.long)])
def test_the_page_is_for_everyone(write: Write, pages: Pages, theme: Theme) -> None:
    page = pages.open(write("lenet5"), theme=theme)
    assert violations(page) == []


@pytest.mark.long
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "arguments",
    [("resnet18", "--mode", "training", "--batch", "8"), ("lenet5", "alexnet", "vgg16"), ("unet",)],
    ids=" ".join,
)
def test_a_page_in_use_is_for_everyone(
    write: Write, pages: Pages, arguments: tuple[str, ...], theme: Theme
) -> None:
    page = pages.open(write(*arguments), theme=theme)
    unfold = page.get_by_role("button", name="Unfold all")
    if unfold.count():
        unfold.first.click()
    page.locator("tbody .pick").nth(3).click()
    assert violations(page) == []


@pytest.mark.long
@pytest.mark.parametrize("width", [320, 480, 1024, 2560])
@pytest.mark.parametrize("arguments", [("resnet18",), ("lenet5", "alexnet", "vgg16")], ids=" ".join)
def test_the_page_fits_its_window(write: Write, pages: Pages, arguments: tuple[str, ...], width: int) -> None:
    page = pages.open(write(*arguments), width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width == 320:
        assert violations(page) == []


@pytest.mark.long
def test_it_prints_without_controls(write: Write, pages: Pages) -> None:
    page = pages.open(write("lenet5"))
    page.emulate_media(media="print")
    for control in ("input", "select", ".tools button"):
        for each in page.locator(control).all():
            assert not each.is_visible(), control
    for name in ("table", "graph", "bars", "memory", "spec"):
        assert section(page, name).is_visible(), name
    printed = page.pdf(format="A4")
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 12


@pytest.mark.long
def test_without_a_script_it_is_a_page_to_read(write: Write, pages: Pages) -> None:
    page = pages.open(write("resnet18"), java_script_enabled=False)
    table = section(page, "table").locator("tbody tr")
    assert table.count() > 50
    assert table.last.is_visible()
    assert section(page, "graph").locator("svg").first.is_visible()
    # Nothing can be waited for in such a page.
    page.context.close()


@pytest.mark.long
def test_several_networks_are_selected_apart(write: Write, pages: Pages) -> None:
    page = pages.open(write("lenet5", "alexnet", "vgg16"))
    networks = page.locator("[data-network]")
    assert networks.count() == 3
    second = networks.nth(1)
    second.locator('[data-section="table"] .pick').get_by_text("conv2", exact=True).click()
    assert second.locator(".chosen").count() > 0
    assert networks.nth(0).locator(".chosen").count() == 0
    hash = page.evaluate("location.hash")
    assert hash == "#2:conv2"
    again = pages.open(write("lenet5", "alexnet", "vgg16"), fragment=hash)
    assert again.locator("[data-network]").nth(1).locator("tr.chosen .pick").first.inner_text() == "conv2"


@pytest.mark.long
def test_names_stay_text(pages: Pages, tmp_path: Path) -> None:
    """In every section: they run nothing, ask for nothing, and are seen as they are."""
    for index, hostile in enumerate((*HOSTILE, "</script><script>alert(1)</script>", "<!--", "\u2028x")):
        spec, path = tmp_path / f"net{index}.yaml", tmp_path / f"net{index}.html"
        quoted = json.dumps(hostile)
        spec.write_text(
            f"cnncalc: 1\nname: {quoted}\ninput: 8x8x3\n# {hostile if hostile.isprintable() else ''}\n"
            f"layers:\n  - conv: 4\n  - unknown: {{op: {quoted}, shape: 8x8x4}}\n",
            encoding="utf-8",
        )
        run("report", spec, "-o", path)
        page = pages.open(path)
        assert page.locator("img, iframe, b, article").count() == 0
        assert page.locator("script:not([type])").count() == 1
        shown = page.locator("h1").inner_text()
        assert shown == cnncalc.load(spec).title
        page.locator("tbody .pick").last.click()
        assert page.locator("tr.chosen").count() == 1


@pytest.mark.long
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_looks_as_it_did(write: Write, pages: Pages, tmp_path: Path, theme: Theme) -> None:
    page = pages.open(write("lenet5"), theme=theme)
    hold_screen(f"report_lenet5_{theme}", page, tmp_path, flowing=True)


def test_a_report_with_errors_shows_them_beside_their_lines(pages: Pages, tmp_path: Path) -> None:
    spec, path = tmp_path / "net.yaml", tmp_path / "net.html"
    spec.write_text(
        "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 4, kernel: 9}\n  - fc: 3\n", encoding="utf-8"
    )
    assert run("report", spec, "-o", path).status == 1
    page = pages.open(path)
    fault: Any = section(page, "spec").get_by_text("a window of 9 does not fit an input of 8").first
    assert fault.is_visible()
    assert section(page, "table").is_visible()

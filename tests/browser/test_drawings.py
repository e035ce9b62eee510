"""`cnncalc draw` in a browser: pages and pictures that read well everywhere, and ask for nothing."""

import re
from pathlib import Path
from typing import Literal, get_args

import pytest

from cnncalc.drawing import kind_names
from tests.browser._axe import violations
from tests.browser._opening import Pages
from tests.browser._screens import hold_screen
from tests.commands._program import run
from tests.drawing._drawn import HOSTILE

pytestmark = pytest.mark.browser

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = get_args(Theme)
# The colour of the page in each theme.
GROUND = {"light": "rgb(255, 255, 255)", "dark": "rgb(18, 22, 28)"}
# A cross section of kinds: `make test` opens the first of them only.
KEPT = ("graph", "volumes", "timeline")


def drawn(folder: Path, name: str, *arguments: str) -> Path:
    path = folder / name
    ended = run("draw", *arguments, "-o", path)
    assert (ended.status, ended.err) == (0, "")
    return path


def sides(pages: Pages, path: Path, width: int) -> tuple[float, float, float]:
    """Where the drawing begins and ends in a window, and how far the page reaches."""
    page = pages.open(path, width=width)
    left, right, reach = page.evaluate(
        "() => { const box = document.querySelector('svg').getBoundingClientRect();"
        " return [box.left, box.right, document.documentElement.scrollWidth] }"
    )
    return left, right, reach


@pytest.mark.parametrize("theme", THEMES)
def test_a_page_is_for_everyone(pages: Pages, tmp_path: Path, theme: Theme) -> None:
    page = pages.open(drawn(tmp_path, "net.html", "resnet50"), theme=theme)
    assert violations(page) == []
    assert page.evaluate("() => getComputedStyle(document.documentElement).backgroundColor") == GROUND[theme]
    assert page.get_by_role("img", name="ResNet-50").is_visible()
    assert page.get_by_role("heading", name="ResNet-50").count() == 1


@pytest.mark.long
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("kind", kind_names())
def test_every_kind_is_for_everyone(pages: Pages, tmp_path: Path, kind: str, theme: Theme) -> None:
    for form in ("html", "svg"):
        page = pages.open(drawn(tmp_path, f"net.{form}", "googlenet", "--kind", kind), theme=theme)
        assert violations(page) == [], form


@pytest.mark.parametrize("form", ["html", "svg"])
def test_a_drawing_is_seen_in_full(pages: Pages, tmp_path: Path, form: str) -> None:
    """A narrow window scrolls from edge to edge of the drawing; in a wide one it is in the middle."""
    path = drawn(tmp_path, f"net.{form}", "resnet50")
    left, right, reach = sides(pages, path, 320)
    assert left == 0
    assert right > 320
    assert right == pytest.approx(reach, abs=1) or form == "svg"
    if form == "html":
        left, right, reach = sides(pages, path, 2560)
        assert left > 0
        assert left == pytest.approx(reach - right, abs=1)


@pytest.mark.parametrize("name", ["resnet50", pytest.param("vgg16", marks=pytest.mark.long)])
def test_a_folded_network_is_printed_on_one_page(pages: Pages, tmp_path: Path, name: str) -> None:
    for theme in THEMES:
        printed = pages.open(drawn(tmp_path, "net.html", name), theme=theme).pdf(format="A4")
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1


@pytest.mark.parametrize(
    "kind", [KEPT[0], *(pytest.param(kind, marks=pytest.mark.long) for kind in KEPT[1:])]
)
def test_a_page_looks_as_it_did(pages: Pages, tmp_path: Path, kind: str) -> None:
    for theme in THEMES:
        page = pages.open(drawn(tmp_path, "net.html", "resnet50", "--kind", kind), theme=theme)
        hold_screen(f"resnet50_{kind}_{theme}", page, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("kind", kind_names())
def test_names_stay_inert(pages: Pages, tmp_path: Path, kind: str) -> None:
    """What a name holds is shown: it runs nothing, and asks for nothing."""
    for index, hostile in enumerate(HOSTILE):
        spec = tmp_path / f"net{index}.yaml"
        quoted = hostile.replace("'", "''")
        spec.write_text(f"cnncalc: 1\nname: '{quoted}'\ninput: 8x8x3\nlayers: [conv: 4]\n", encoding="utf-8")
        page = pages.open(drawn(tmp_path, f"net{index}.html", str(spec), "--kind", kind))
        assert page.locator("script, img, svg svg").count() == 0
        assert page.get_by_role("img").count() == 1

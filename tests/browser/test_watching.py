"""What the tests of pages rest on can fail: faults of a page are seen, and so are pictures that differ."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser._axe import violations
from tests.browser._opening import Pages
from tests.browser._screens import EXACT, FLOWING, apart, picture_of
from tests.commands._program import run

pytestmark = [pytest.mark.browser, pytest.mark.long]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("<img src=https://example.com/x.png>", "asked for https://example.com/x.png"),
        ("<img src=other.png>", "other.png"),
        ("<script>fetch('https://example.com/y')</script>", "asked for https://example.com/y"),
        ("<script>new WebSocket('wss://example.com/z')</script>", "asked for wss://example.com/z"),
        ("<script>console.error('broken')</script>", "console error: broken"),
        ("<script>nowhere()</script>", "error: nowhere is not defined"),
        ("<script>alert('hello')</script>", "dialog: hello"),
    ],
)
def test_a_fault_of_a_page_is_seen(pages: Pages, tmp_path: Path, body: str, fault: str) -> None:
    path = tmp_path / "page.html"
    path.write_text(f"<!doctype html><title>Page</title>{body}", encoding="utf-8")
    page = pages.open(path)
    page.wait_for_load_state("networkidle")
    (seen,) = pages.seen
    assert fault in "\n".join(seen.faults())
    # It is not this page that has to be without a fault.
    pages.seen.clear()


def test_axe_finds_what_is_wrong(pages: Pages, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("<!doctype html><p style='color:#aaa;background:#fff'>pale</p>", encoding="utf-8")
    rules = {line.partition(":")[0] for line in violations(pages.open(path))}
    assert {"color-contrast", "document-title", "html-has-lang"} <= rules


SERIF = "svg text{font-family:serif!important}"


class TestScreens:
    @pytest.fixture
    def page(self, pages: Pages, tmp_path: Path) -> Page:
        path = tmp_path / "net.html"
        assert run("draw", "resnet50", "-o", path).status == 0
        return pages.open(path)

    def test_another_font_looks_the_same(self, page: Page) -> None:
        plain, seen = picture_of(page, text=False), picture_of(page)
        page.add_style_tag(content=SERIF)
        assert apart(plain, picture_of(page, text=False)).within(EXACT)
        assert apart(seen, picture_of(page)).within(FLOWING)
        assert not apart(seen, picture_of(page)).within(EXACT)

    @pytest.mark.parametrize(
        "change",
        [
            "document.querySelector('svg rect.k').remove()",
            "document.querySelector('svg rect.blue').style.fill = '#d55e00'",
            "document.querySelector('svg path.e.w5').remove()",
            "document.querySelector('svg').setAttribute('height', 900)",
        ],
        ids=["a box is missing", "another colour", "an edge is missing", "another size"],
    )
    def test_a_changed_drawing_does_not(self, page: Page, change: str) -> None:
        plain = picture_of(page, text=False)
        page.evaluate(f"() => {{ {change} }}")
        assert not apart(plain, picture_of(page, text=False)).within(EXACT)

    def test_the_dark_theme_does_not(self, page: Page) -> None:
        seen = picture_of(page)
        page.emulate_media(color_scheme="dark")
        assert not apart(seen, picture_of(page)).within(FLOWING)

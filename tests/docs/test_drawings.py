"""The pictures of the pages: each is shown by a page below its command, and a page that shows a picture has one."""

import re

import pytest

from docs import drawings
from docs.drawings import PICTURES
from docs.regions import Stale
from tests.docs._pages import PAGES, ROOT

SHOWN = re.compile(r"!\[([^\]]*)\]\(((?:docs/)?pictures/\w+\.svg)\)")
ABOVE = re.compile(
    r"^cnncalc ((?:draw|diff) .+) -o [\w.]+\n```\n\n!\[[^\]]*\]\(pictures/(\w+)\.svg\)", re.MULTILINE
)


def test_every_picture_of_a_page_is_made_and_every_picture_is_shown() -> None:
    shown = {
        path.rpartition("/")[2]
        for page in PAGES
        for _, path in SHOWN.findall(page.read_text(encoding="utf-8"))
    }
    assert shown == {f"{name}.svg" for name in PICTURES}
    assert {path.name for path in (ROOT / "docs" / "pictures").iterdir()} == shown


def test_a_picture_is_below_the_command_that_draws_it() -> None:
    text = (ROOT / "docs" / "drawing.md").read_text(encoding="utf-8")
    above = {name: words for words, name in ABOVE.findall(text)}
    assert above == {name: words.removesuffix(" (exit 1)") for name, words in PICTURES.items()}


def test_every_picture_has_words_for_those_who_do_not_see_it() -> None:
    for page in PAGES:
        for words, path in SHOWN.findall(page.read_text(encoding="utf-8")):
            assert len(words) > 15, path


def test_a_picture_that_cannot_be_drawn_is_stale() -> None:
    with pytest.raises(Stale, match="ended with 2"):
        drawings.picture("draw lenet5 --kind bars --colour macs")
    with pytest.raises(Stale, match="ended with 0"):
        drawings.picture("draw lenet5 (exit 1)")

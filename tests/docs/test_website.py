"""The site holds every page in one place, and its links lead somewhere. (`make site` builds it; CI does.)"""

import re

import pytest

from docs import website
from tests.docs._pages import ROOT

INDEX = (ROOT / "docs" / website.INDEX).read_text(encoding="utf-8")


def test_every_page_has_one_place() -> None:
    placed = [name for tree in website.trees(INDEX) for name in re.findall(r"^[\w/-]+$", tree, re.MULTILINE)]
    pages = [
        path.relative_to(ROOT / "docs").with_suffix("").as_posix() for path in (ROOT / "docs").rglob("*.md")
    ]
    there = [
        name
        for name in pages
        if not name.startswith(("commands/", "diagnostics/", "layers/", "spec/")) and name != "README"
    ]
    assert sorted(placed) == sorted(there)
    assert len(placed) == len(set(placed))


def test_the_four_parts() -> None:
    captions = [re.findall(":caption: (.+)", tree)[0] for tree in website.trees(INDEX)]
    assert captions[:4] == ["Tutorial", "How-to guides", "Reference", "Explanations"]


@pytest.mark.parametrize(
    ("text", "page", "expected"),
    [
        ("[a](../CONTRIBUTING.md)", "proven.md", f"[a]({website.REPOSITORY}/blob/main/CONTRIBUTING.md)"),
        ("[a](../specs)", "zoo.md", f"[a]({website.REPOSITORY}/tree/main/specs)"),
        ("[a](../../README.md#more)", "ko/README.md", f"[a]({website.REPOSITORY}/blob/main/README.md#more)"),
        ("[a](../spec.md#names)", "ko/README.md", "[a](../spec.md#names)"),
        ("[a](spec.md)", "zoo.md", "[a](spec.md)"),
        ("[a](https://example.org/../x)", "zoo.md", "[a](https://example.org/../x)"),
    ],
)
def test_links_out_of_the_pages_lead_to_the_repository(text: str, page: str, expected: str) -> None:
    assert website.linked(text, page) == expected


def test_pages_of_a_folder_are_below_their_index() -> None:
    for page in website.WITH_PAGES_BELOW:
        name = page.removesuffix(".md")
        assert (ROOT / "docs" / name).is_dir()
        assert f"\n{name}/*\n" in website.prepared("# Title\n", page)
    assert website.prepared("# Names\n", "zoo.md") == "# Names\n"


def test_what_builds_the_site_is_pinned() -> None:
    lines = (ROOT / "requirements-site.txt").read_text(encoding="utf-8").splitlines()
    names = [line for line in lines if line and not line.startswith("#")]
    assert names
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in names)
    assert "sphinx-build -E -W" in (ROOT / "Makefile").read_text(encoding="utf-8")

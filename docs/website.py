"""What the site adds to the pages (docs/conf.py calls it): the order of the pages, and links out of docs/.

The order is that of the index, docs/README.md: its sections are the parts of the site.
"""

import re
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).resolve().parents[1]
REPOSITORY = "https://github.com/cnncalc/cnncalc"
INDEX = "README.md"
# Pages with a folder of pages of the same name.
WITH_PAGES_BELOW = ("commands.md", "diagnostics.md", "layers.md", "spec.md")
OUTSIDE = re.compile(r"\]\(((?:\.\./)+[^)\s#]*)(#[^)\s]*)?\)")
PAGE = re.compile(r"\]\(((?!\.\./|https:)[\w/-]+)\.md\)")
TREE = "```{{toctree}}\n:hidden:\n{options}\n{pages}\n```\n"


def prepared(markdown: str, page: str) -> str:
    """A page as the site shows it; `page` is its path below docs/, `ko/tutorial.md`."""
    text = linked(markdown, page)
    if page == INDEX:
        text += "".join(f"\n{tree}" for tree in trees(markdown))
    if page in WITH_PAGES_BELOW:
        text += "\n" + TREE.format(options=":glob:\n", pages=f"{page.removesuffix('.md')}/*")
    return text


def trees(index: str) -> list[str]:
    """The parts of the site. A page stands where the index names it last: the lines at its head only point to some."""
    head, *sections = re.split(r"^## (.+)\n", index, flags=re.MULTILINE)
    pages = {title: PAGE.findall(text) for title, text in zip(sections[::2], sections[1::2], strict=True)}
    known = {page for names in pages.values() for page in names}
    others = [page for page in PAGE.findall(head) if page not in known]
    titled = [*pages.items(), *([("한국어", others)] if others else [])]
    return [TREE.format(options=f":caption: {title}\n", pages="\n".join(names)) for title, names in titled]


def linked(markdown: str, page: str) -> str:
    """A page with absolute links where they lead out of docs/, or to a file that is not a page."""
    return OUTSIDE.sub(lambda match: _absolute(match, PurePosixPath("docs", page)), markdown)


def _absolute(match: re.Match[str], page: PurePosixPath) -> str:
    parts: list[str] = []
    for part in (page.parent / match[1]).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    if parts[:1] == ["docs"]:
        return match[0]
    path = "/".join(parts)
    kind = "tree" if (ROOT / path).is_dir() else "blob"
    return f"]({REPOSITORY}/{kind}/main/{path}{match[2] or ''})"

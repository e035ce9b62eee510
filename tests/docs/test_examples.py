"""Every spec in the documentation builds as the page says.

A block of YAML that begins with `cnncalc:` is a whole spec; one that begins with `-` is a list of layers, over an input
of its own. A comment before it states what differs from the default: `<!-- spec: input 7x7x512; faults S009 -->`.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import cnncalc
from cnncalc.diagnostic import Severity
from tests._each import each
from tests.docs._pages import MADE, ROOT, name
from tests.docs._pages import PAGES as PAGES_OF_ALL

PAGES = [page for page in PAGES_OF_ALL if not page.read_text(encoding="utf-8").startswith(MADE)]

BLOCK = re.compile(
    r"(?:<!-- spec: (?P<options>.+?) -->\n+(?:<!-- (?:file|write): [^\n]+ -->\n+)?)?^```yaml\n(?P<text>.*?)^```$",
    re.M | re.S,
)


class Example(NamedTuple):
    """A spec of a page. `faults` are the codes of errors and warnings; `file` is the name others know it by."""

    page: str
    line: int
    text: str
    input: str
    faults: frozenset[str]
    file: str


def examples(path: Path) -> Iterator[Example]:
    text = path.read_text(encoding="utf-8")
    for match in BLOCK.finditer(text):
        options = dict(item.split(maxsplit=1) for item in (match["options"] or "").split("; ") if item)
        if "none" in options:
            continue
        yield Example(
            name(path),
            text.count("\n", 0, match.start("text")) + 1,
            match["text"],
            options.pop("input", "32x32x3"),
            frozenset(options.pop("faults", "").split()),
            options.pop("file", "example.yaml"),
        )
        assert not options, f"{path.name} says {options} of an example"


EXAMPLES = [example for path in PAGES for example in examples(path)]


def whole(example: Example) -> str:
    """The example as a spec of its own."""
    if not example.text.startswith("- "):
        return example.text
    lines = "".join(f"  {line}\n" if line else "\n" for line in example.text.splitlines())
    return f"cnncalc: 1\ninput: {example.input}\nlayers:\n{lines}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files that examples refer to."""
    for example in EXAMPLES:
        if example.file != "example.yaml":
            (tmp_path / example.file).write_text(whole(example), encoding="utf-8")
    return tmp_path


@each("mode", ["inference", "training"])
@each("example", EXAMPLES, ids=lambda example: f"{example.page}:{example.line}")
def test_example_builds_as_its_page_says(example: Example, mode: str, folder: Path) -> None:
    path = folder / example.file
    path.write_text(whole(example), encoding="utf-8")
    graph = cnncalc.load(path, mode=mode)
    diagnostics = cnncalc.findings(cnncalc.analyse(graph))
    assert graph.nodes
    codes = {item.code for item in diagnostics if item.severity > Severity.INFO}
    assert codes == example.faults, [item.message for item in diagnostics]


def test_the_pages_have_examples() -> None:
    """The pattern finds what is there: a page without its examples would pass."""
    fences = {name(path): path.read_text(encoding="utf-8").count("```yaml\n") for path in PAGES}
    assert sum(count for page, count in fences.items() if page.startswith("docs/spec")) > 20
    for page, count in fences.items():
        blocks = BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))
        assert len(blocks) == count, page

"""The page of a layer by itself as GitHub-flavoured Markdown: a heading, a table of the facts, what is wrong."""

from collections.abc import Iterable, Iterator

from cnncalc.render._markdown import line, safe
from cnncalc.render.layer_facts import LayerPage
from cnncalc.render.layer_lines.page import page as lines_of


def render(page: LayerPage) -> Iterator[str]:
    """A heading, the facts, a list of what is wrong."""
    yield f"### {safe(page.title)}\n\n"
    if page.facts is not None:
        yield from table(lines_of(page.facts))
    if page.facts is not None and page.problems:
        yield "\n"
    for result in page.problems:
        severity = (result.severity or result.fault.severity).word
        parts = [f"{severity} {result.fault.code} {result.fault.name}: {result.message}", *result.notes]
        parts += [f"help: {result.help}"] if result.help else []
        yield f"- {safe('. '.join(parts))}\n"


def table(facts: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Names with what is said of each, a line each."""
    yield line(["fact", "value"])
    yield line([":---", ":---"])
    for name, text in facts:
        yield line([safe(name.strip()), safe(text)])

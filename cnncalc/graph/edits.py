"""Edits of a spec's text that fix errors of shapes."""

import re
from collections.abc import Mapping

from cnncalc.diagnostic import Edit, Fix, Span
from cnncalc.layers import Problem, shown
from cnncalc.text import Source

# Fields that a fix may put beside those that are written.
ADDED = ("padding", "rounding")


def insertion(sources: Mapping[str, Source], place: Span, text: str, *, item: bool) -> Edit | None:
    """Put an item (or a key of an item) before the one at `place`, in block or flow style like that one."""
    source = sources.get(place.file)
    if source is None:
        return None
    before = source.line(place.line)[: place.column - 1]
    here = Span(place.file, place.line, place.column, place.line, place.column)
    if not before.rstrip().endswith("-"):
        return Edit(here, f"{text}, ")
    margin = " " * len(before)
    if item:
        dash = before.rindex("-")
        margin = margin[:dash] + "-" + margin[dash + 1 :]
    return Edit(here, f"{text}\n{margin}")


def beside(
    sources: Mapping[str, Source],
    layer: str,
    spans: Mapping[str, Span],
    written: Mapping[str, str],
    added: Mapping[str, str],
) -> Edit | None:
    """Add fields of a layer after the last written one, in its style."""
    if not spans:
        return None
    last = max(spans.values(), key=lambda span: (span.end_line, span.end_column))
    source = sources.get(last.file)
    if source is None or last.line != last.end_line:
        return None
    line = source.line(last.line)
    before, value, after = (
        line[: last.column - 1],
        line[last.column - 1 : last.end_column - 1],
        line[last.end_column - 1 :],
    )
    entries = [f"{name}: {text}" for name, text in added.items()]
    end = Span(last.file, last.line, last.end_column, last.line, last.end_column)
    if re.search(rf"\b{layer}:\s*$", before):
        # `conv: 64`: one value is written for the whole layer.
        name = next(name for name, span in spans.items() if span == last)
        return Edit(last, "{" + ", ".join([f"{name}: {written.get(name, value)}", *entries]) + "}")
    if after.lstrip().startswith((",", "}")):
        return Edit(end, "".join(f", {entry}" for entry in entries))
    if (key := re.fullmatch(r"(\s*)[a-z_]+:\s*", before)) and not after.partition("#")[0].strip():
        return Edit(end, "".join(f"\n{key[1]}{entry}" for entry in entries))
    return None


def changes(
    problem: Problem, spans: Mapping[str, Span], sources: Mapping[str, Source], layer: str | None
) -> tuple[Fix, ...]:
    """The fixes of a problem in the text of the item: they replace a value, or add one.

    `layer` is the key of the item's layer, if fields may be added to it. Another input is not a fix of one layer: it
    may not fit the next.
    """
    fixes = []
    for change in problem.changes:
        if change.field == "input":
            continue
        text = shown(change.value)
        span = spans.get(change.field)
        edit = Edit(span, text) if span is not None else None
        if edit is None and layer is not None and change.field in ADDED:
            edit = beside(sources, layer, spans, {}, {change.field: text})
        if edit is not None:
            fixes.append(Fix(f"{change.field}: {text}", (edit,)))
    return tuple(fixes)

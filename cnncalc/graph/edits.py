"""Edits of a spec's text that mend a fault of shapes."""

from collections.abc import Mapping

from cnncalc.diagnostic import Edit, Fix, Span
from cnncalc.layers import Problem, shown
from cnncalc.shape import Shape
from cnncalc.spec import Given
from cnncalc.text import Source


def insertion(sources: Mapping[str, Source], place: Span, text: str, *, item: bool) -> Edit | None:
    """Put an item (or a key of an item) before the one at `place`, in block or in flow style as it stands there."""
    source = sources.get(place.file)
    if source is None:
        return None
    before = source.line(place.line)[: place.column - 1]
    at = Span(place.file, place.line, place.column, place.line, place.column)
    if not before.rstrip().endswith("-"):
        return Edit(at, f"{text}, ")
    margin = " " * len(before)
    if item:
        dash = before.rindex("-")
        margin = margin[:dash] + "-" + margin[dash + 1 :]
    return Edit(at, f"{text}\n{margin}")


def changes(problem: Problem, spans: Mapping[str, Span], source: Given | None) -> tuple[Fix, ...]:
    """The fixes of a problem whose values stand literally in the text: of the item itself, or of the input it reads."""
    fixes = []
    for change in problem.changes:
        if change.field == "input":
            if source is not None and source.constant and isinstance(source.value, str):
                text = str(change.value) if isinstance(change.value, Shape) else shown(change.value)
                fixes.append(Fix(f"input: {text}", (Edit(source.span, text),)))
        elif (span := spans.get(change.field)) is not None:
            text = shown(change.value)
            fixes.append(Fix(f"{change.field}: {text}", (Edit(span, text),)))
    return tuple(fixes)

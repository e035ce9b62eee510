"""Values by their names in a pattern: `top:1,left:1`, or in braces as a spec and the help of findings have them."""

from cnncalc.pattern.atoms import atom
from cnncalc.pattern.state import PatternReading
from cnncalc.pattern.tokens import PatternToken
from cnncalc.text import Entry, Mapping, Node, escaped


def goes_on(reading: PatternReading) -> bool:
    """Whether a comma is one of a list: a value is right after it, and not the name of another field."""
    comma, word, after = reading.now, reading.ahead(), reading.ahead(2)
    return word.kind == "word" and word.start == comma.end and after.kind != "equals"


def sides(reading: PatternReading, first: PatternToken) -> Node:
    """`top:1,left:1`, whose first name is read already."""
    entries: list[Entry] = []
    name = first
    while True:
        value = _entry(reading, name, entries)
        if value is None or reading.now.kind != "comma" or not goes_on(reading):
            break
        if reading.ahead(2).kind != "colon":
            break
        reading.step()
        name = reading.step()
    end = (value or name).end
    return Mapping(reading.places.span(first.start, end), entries)


def sides_in_braces(reading: PatternReading, brace: PatternToken) -> Node:
    """`{top: 1, left: 1}`, whose brace is read already."""
    entries: list[Entry] = []
    end = brace.end
    while reading.now.kind == "word" and reading.ahead().kind == "colon":
        value = _entry(reading, reading.step(), entries)
        if value is None:
            return Mapping(reading.places.span(brace.start, end), entries)
        end = value.end
        if reading.now.kind == "comma":
            reading.step()
    if reading.now.text == "}":
        end = reading.step().end
    else:
        reading.report(brace.start, brace.end, "`{` is never closed", "write `{top: 1, left: 1}`")
    return Mapping(reading.places.span(brace.start, end), entries)


def _entry(reading: PatternReading, name: PatternToken, entries: list[Entry]) -> PatternToken | None:
    """Reads the colon and the value after a name. Returns the value, or None if there is none."""
    reading.step()
    value = reading.step()
    if value.kind != "word":
        what = f"there is no value after `{escaped(name.text)}:`"
        reading.report(name.start, name.end, what, "write a number")
        return None
    read = atom(reading, value.text, value.start, value.end)
    if any(entry.name == name.text for entry in entries):
        what = f"`{escaped(name.text)}` is given twice"
        reading.report(name.start, name.end, what, "leave one of them out")
    else:
        entries.append(Entry(reading.scalar(name.text, name.start, name.end), read))
    return value

"""Values in a pattern: numbers, sizes such as `3x3`, words, lists and sides, and letters that stand for numbers."""

import re
from typing import Any

from cnncalc.layers import Layer, Refused, stated
from cnncalc.pattern.atoms import atom, is_letter
from cnncalc.pattern.sides import goes_on, sides_in_braces
from cnncalc.pattern.sides import sides as named_sides
from cnncalc.pattern.state import PatternReading
from cnncalc.pattern.tokens import PatternToken
from cnncalc.text import Entry, Mapping, Node, Scalar, Sequence

DIGITS = 18
_AXES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}


def number(reading: PatternReading, token: PatternToken) -> Scalar:
    """A number. Whether it fits its field is for the reader of the spec to say."""
    return atom(reading, token.text, token.start, token.end)


def sizes(reading: PatternReading, text: str, start: int, end: int) -> Node:
    """`3`, `3x1` or `F`: one number, or a list with one for each axis."""
    parts = re.split("[x×]", text)
    if len(parts) == 1:
        return atom(reading, text, start, end)
    items: list[Node] = []
    offset = start
    for part in parts:
        items.append(atom(reading, part, offset, offset + len(part)))
        offset += len(part) + 1
    first = items[0]
    if all(
        isinstance(item, Scalar) and isinstance(first, Scalar) and item.value == first.value for item in items
    ):
        assert isinstance(first, Scalar)
        return Scalar(reading.places.span(start, end), first.value, first.raw, plain=True)
    return Sequence(reading.places.span(start, end), items)


def shape(reading: PatternReading, token: PatternToken) -> Node:
    """The size of the input. With letters in it a mapping of its axes, else the text as a spec has it."""
    parts = re.split("[x×]", token.text)
    letters = any(is_letter(part) for part in parts)
    if letters and 2 <= len(parts) <= 4 and all(is_letter(part) or part.isdigit() for part in parts):
        entries: list[Entry] = []
        offset = token.start
        for name, part in zip((*_AXES[len(parts) - 1], "channels"), parts, strict=True):
            size = atom(reading, part, offset, offset + len(part))
            entries.append(Entry(Scalar(size.span, name, name, plain=True), size))
            offset += len(part) + 1
        return Mapping(reading.places.span(token.start, token.end), entries)
    text = token.text.replace("×", "x")
    value: int | str = int(text) if re.fullmatch(r"\d{1,18}", text, re.ASCII) else text
    return reading.scalar(value, token.start, token.end)


def written(reading: PatternReading, token: PatternToken, layer: type[Layer], name: str | None) -> Node:
    """After `FIELD=`: `2`, `3x1`, `half`, `-1`, a list `height,width`, sides `top:1,left:1` or `{top: 1}`."""
    start, text, end = token.start, token.text, token.end
    if token.kind == "dash":
        after = reading.now
        if after.kind != "word" or after.start != token.end:
            reading.report(start, end, "there is no value after the sign", "write a number")
            return reading.scalar(None, start, end)
        reading.step()
        text, end = f"-{after.text}", after.end
        return atom(reading, text, start, end)
    if token.text == "{":
        return sides_in_braces(reading, token)
    if reading.now.kind == "colon" and reading.now.start == end:
        return named_sides(reading, token)
    if reading.now.kind == "comma" and goes_on(reading):
        items: list[Node] = [_value(reading, text, start, end, layer, name)]
        while reading.now.kind == "comma" and goes_on(reading):
            reading.step()
            part = reading.step()
            items.append(_value(reading, part.text, part.start, part.end, layer, name))
            end = part.end
        return Sequence(reading.places.span(start, end), items)
    return _value(reading, text, start, end, layer, name)


def _value(
    reading: PatternReading, text: str, start: int, end: int, layer: type[Layer], name: str | None
) -> Node:
    """A word, a number or sizes; a letter is one only where the field takes no such word."""
    if re.fullmatch(r"(?:\d+|[A-Za-z])(?:[x×](?:\d+|[A-Za-z]))+", text):
        return sizes(reading, text, start, end)
    choices = stated(layer)[name][0].kind.choices if name is not None else ()
    if text not in choices and text.lower() in choices:
        return reading.scalar(text.lower(), start, end)
    return atom(reading, text, start, end)


def known_fields(layer: type[Layer], fields: dict[str, Node]) -> dict[str, Any]:
    """The fields whose values are written as constants that fit."""
    constants = {}
    for name, node in fields.items():
        value = _plain(node)
        if name in stated(layer) and value is not None:
            try:
                constants[name] = stated(layer)[name][0].kind.read(value)
            except Refused:
                continue
    return constants


def _plain(node: Node) -> Any:
    """A constant; None where it is none."""
    if isinstance(node, Scalar):
        return (
            None
            if node.doubtful or (isinstance(node.value, str) and node.value.startswith("$"))
            else node.value
        )
    if isinstance(node, Sequence):
        values = tuple(_plain(item) for item in node)
        return None if None in values else values
    assert isinstance(node, Mapping)
    pairs = {entry.name: _plain(entry.value) for entry in node}
    return None if None in pairs.values() else pairs

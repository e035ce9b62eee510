"""Values in a pattern: numbers, sizes such as `3x3`, words, lists and sides, and letters that stand for numbers."""

import re
from typing import Any

from cnncalc.layers import Layer, Refused, stated
from cnncalc.pattern.state import Reading
from cnncalc.pattern.tokens import Token
from cnncalc.text import Entry, Mapping, Node, Scalar, Sequence, escaped, scalar_value

DIGITS = 18
_LETTER = re.compile(r"[A-WYZa-wyz][0-9]?")
_AXES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}


def is_letter(text: str) -> bool:
    """Whether a word stands for a number: a letter other than x, perhaps with a digit."""
    return _LETTER.fullmatch(text) is not None


def number(reading: Reading, token: Token) -> Scalar:
    """A number. Whether it fits its field is for the reader of the spec to say."""
    return _atom(reading, token.text, token.start, token.end)


def sizes(reading: Reading, text: str, start: int, end: int) -> Node:
    """`3`, `3x1` or `F`: one number, or a list with one for each axis."""
    parts = re.split("[x×]", text)
    if len(parts) == 1:
        return _atom(reading, text, start, end)
    items: list[Node] = []
    at = start
    for part in parts:
        items.append(_atom(reading, part, at, at + len(part)))
        at += len(part) + 1
    first = items[0]
    if all(
        isinstance(item, Scalar) and isinstance(first, Scalar) and item.value == first.value for item in items
    ):
        assert isinstance(first, Scalar)
        return Scalar(reading.places.span(start, end), first.value, first.raw, plain=True)
    return Sequence(reading.places.span(start, end), items)


def shape(reading: Reading, token: Token) -> Node:
    """The size of the input. With letters in it a mapping of its axes, else the text as a spec has it."""
    parts = re.split("[x×]", token.text)
    letters = any(is_letter(part) for part in parts)
    if letters and 2 <= len(parts) <= 4 and all(is_letter(part) or part.isdigit() for part in parts):
        entries: list[Entry] = []
        at = token.start
        for name, part in zip((*_AXES[len(parts) - 1], "channels"), parts, strict=True):
            size = _atom(reading, part, at, at + len(part))
            entries.append(Entry(Scalar(size.span, name, name, plain=True), size))
            at += len(part) + 1
        return Mapping(reading.places.span(token.start, token.end), entries)
    text = token.text.replace("×", "x")
    value: int | str = int(text) if re.fullmatch(r"\d{1,18}", text, re.ASCII) else text
    return reading.scalar(value, token.start, token.end)


def written(reading: Reading, token: Token, layer: type[Layer], name: str | None) -> Node:
    """What stands after `FIELD=`: `2`, `3x1`, `half`, `-1`, a list `height,width`, or sides `top:1,left:1`."""
    start, text, end = token.start, token.text, token.end
    if token.kind == "dash":
        after = reading.now
        if after.kind != "word" or after.start != token.end:
            reading.report(start, end, "there is no value after the sign", "write a number")
            return reading.scalar(None, start, end)
        reading.step()
        text, end = f"-{after.text}", after.end
        return _atom(reading, text, start, end)
    if reading.now.kind == "colon" and reading.now.start == end:
        return _sides(reading, token)
    if reading.now.kind == "comma" and _goes_on(reading):
        items: list[Node] = [_value(reading, text, start, end, layer, name)]
        while reading.now.kind == "comma" and _goes_on(reading):
            reading.step()
            part = reading.step()
            items.append(_value(reading, part.text, part.start, part.end, layer, name))
            end = part.end
        return Sequence(reading.places.span(start, end), items)
    return _value(reading, text, start, end, layer, name)


def _goes_on(reading: Reading) -> bool:
    """Whether a comma is one of a list: a value is right after it, and not the name of another field."""
    comma, word, after = reading.now, reading.ahead(), reading.ahead(2)
    return word.kind == "word" and word.start == comma.end and after.kind != "equals"


def _sides(reading: Reading, token: Token) -> Node:
    entries: list[Entry] = []
    name, end = token, token.end
    while True:
        reading.step()
        value = reading.step()
        if value.kind != "word":
            reading.report(
                name.start, name.end, f"there is no value after `{escaped(name.text)}:`", "write a number"
            )
            break
        end = value.end
        read = _atom(reading, value.text, value.start, value.end)
        if any(entry.name == name.text for entry in entries):
            reading.report(
                name.start, name.end, f"`{escaped(name.text)}` is given twice", "leave one of them out"
            )
        else:
            entries.append(Entry(reading.scalar(name.text, name.start, name.end), read))
        if reading.now.kind != "comma" or not _goes_on(reading) or reading.ahead(2).kind != "colon":
            break
        reading.step()
        name = reading.step()
    return Mapping(reading.places.span(token.start, end), entries)


def _value(reading: Reading, text: str, start: int, end: int, layer: type[Layer], name: str | None) -> Node:
    """A word, a number or sizes; a letter is one only where the field takes no such word."""
    if re.fullmatch(r"(?:\d+|[A-Za-z])(?:[x×](?:\d+|[A-Za-z]))+", text):
        return sizes(reading, text, start, end)
    choices = stated(layer)[name][0].kind.choices if name is not None else ()
    if text not in choices and text.lower() in choices:
        return reading.scalar(text.lower(), start, end)
    return _atom(reading, text, start, end)


def _atom(reading: Reading, text: str, start: int, end: int) -> Scalar:
    if is_letter(text):
        return reading.letter(text, start, end)
    value, problem = scalar_value(text)
    if problem is not None:
        reading.report(
            start, end, f"`{escaped(text)}` is no value: {problem}", "write a plain number or word"
        )
        return Scalar(reading.places.span(start, end), value, text, plain=True, doubtful=True)
    return reading.scalar(value, start, end, raw=text)


def known_fields(layer: type[Layer], fields: dict[str, Node]) -> dict[str, Any]:
    """The fields whose values are written as constants that fit."""
    found = {}
    for name, node in fields.items():
        value = _plain(node)
        if name in stated(layer) and value is not None:
            try:
                found[name] = stated(layer)[name][0].kind.read(value)
            except Refused:
                continue
    return found


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

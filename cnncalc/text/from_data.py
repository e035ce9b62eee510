"""Writes a spec that a program has as dicts, lists, numbers and text as the text of a spec.

The text is read like any other, so that a dict and a file mean the same and get the same checks. Places
of diagnostics are places in this text, which has each key on its own line.
"""

import json
import operator
import re
from collections.abc import Iterator, Mapping
from math import isinf, isnan
from os import PathLike, fspath
from typing import Any

from cnncalc.text.loader import MAX_DEPTH
from cnncalc.text.resolve import resolve

# Text that needs no quotes, unless it is a number, `true` or another word with a meaning in YAML.
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_./-]*")
# The longest list, or mapping inside a list, that is written on one line, in characters.
SHORT = 100
INDENT = "  "


def written(data: Mapping[str, Any]) -> str:
    """The text of a spec. Raises `TypeError` for a value that a spec cannot contain, with its keys.

    Raises `ValueError` for a dict or a list that contains itself.
    """
    return "".join(f"{line}\n" for line in _mapping(data, "", "", ())) or "{}\n"


def _mapping(data: Mapping[Any, Any], indent: str, path: str, outer: tuple[int, ...]) -> Iterator[str]:
    for key, value in data.items():
        # A key that is not text is written as it is: the reader reports it, with its place.
        name = scalar(key, path)
        yield from _entry(f"{indent}{name}:", value, indent, f"{path}.{key}" if path else str(key), outer)


def _entry(begin: str, value: Any, indent: str, path: str, outer: tuple[int, ...]) -> Iterator[str]:
    """A key or a dash, with what follows it on the same line or below."""
    if not isinstance(value, Mapping | list | tuple) or not value:
        yield f"{begin} {_flow(value, path, outer)}"
        return
    inside = _within(value, path, outer)
    # The reader refuses text with this number of levels: deeper values need not be written.
    if len(inside) > MAX_DEPTH + 1:
        yield f"{begin} null"
    elif _is_flat(value) and len(line := f"{begin} {_flow(value, path, outer)}") <= SHORT:
        yield line
    else:
        yield begin
        if isinstance(value, Mapping):
            yield from _mapping(value, indent + INDENT, path, inside)
        else:
            yield from _items(value, indent + INDENT, path, inside)


def _items(
    items: "list[Any] | tuple[Any, ...]", indent: str, path: str, outer: tuple[int, ...]
) -> Iterator[str]:
    for number, item in enumerate(items):
        here = f"{path}[{number}]"
        if isinstance(item, Mapping) and item:
            lines = _mapping(item, indent + INDENT, here, _within(item, here, outer))
            yield f"{indent}- {next(lines).lstrip()}"
            yield from lines
        else:
            yield from _entry(f"{indent}-", item, indent, here, outer)


def _is_flat(value: "Mapping[Any, Any] | list[Any] | tuple[Any, ...]") -> bool:
    """Whether it contains no mapping, and no list of lists."""
    inside = value.values() if isinstance(value, Mapping) else value
    return not any(
        isinstance(item, Mapping)
        or (
            isinstance(item, list | tuple)
            and any(isinstance(element, Mapping | list | tuple) for element in item)
        )
        for item in inside
    )


def _within(value: Any, path: str, outer: tuple[int, ...]) -> tuple[int, ...]:
    """The identities of a value and of the values around it."""
    if id(value) in outer:
        raise ValueError(f"`{path}` contains itself, which a spec cannot express")
    return (*outer, id(value))


def _flow(value: Any, path: str, outer: tuple[int, ...]) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        inside = _within(value, path, outer)
        pairs = (
            f"{scalar(key, path)}: {_flow(element, f'{path}.{key}', inside)}"
            for key, element in value.items()
        )
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, list | tuple):
        inside = _within(value, path, outer)
        return f"[{', '.join(_flow(element, f'{path}[{index}]', inside) for index, element in enumerate(value))}]"
    return scalar(value, path)


def scalar(value: Any, path: str = "") -> str:
    """A single value, in quotes where YAML would read something else without."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, PathLike):
        value = fspath(value)
    if isinstance(value, str):
        plain = _WORD.fullmatch(value) and isinstance(resolve(value), str)
        return str(value) if plain else json.dumps(value, ensure_ascii=False)
    if isinstance(value, float):
        return _float(float(value))
    try:
        # Every kind of whole number: an int, and the integers of NumPy.
        return str(operator.index(value))
    except (TypeError, ValueError):
        where = f"at `{path}`" if path else "as a key"
        raise TypeError(
            f"a spec can have dicts, lists, text, numbers, true, false and null; {where} is a value of type "
            f"{type(value).__name__}"
        ) from None


def _float(value: float) -> str:
    """A number in a form that every YAML version reads: `1.0e-05`, where Python writes `1e-05`."""
    if isnan(value):
        return ".nan"
    if isinf(value):
        return ".inf" if value > 0 else "-.inf"
    number, exponent, power = repr(value).partition("e")
    return f"{number}{'' if '.' in number else '.0'}{exponent}{power}"

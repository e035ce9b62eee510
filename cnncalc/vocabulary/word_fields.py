"""The fields of a layer that are words: choices, axes, names of layers, shapes."""

from typing import Any

from cnncalc.exact import plain, shown
from cnncalc.vocabulary.field import Kind, declare
from cnncalc.vocabulary.reading import Refused, no_number
from cnncalc.vocabulary.values import AxisNames, Value

# What `over` accepts: axes by name, and all spatial axes together.
POSITIONS = "positions"
AXIS_WORDS = ("channels", "depth", "height", "width", "length", POSITIONS)
SPATIAL_WORDS = AXIS_WORDS[1:-1]


def choice(default: Any, doc: str, choices: tuple[str, ...], *, main: bool = False) -> Any:
    """One of several words."""

    def read(value: Value) -> str:
        if not isinstance(value, str) or value not in choices:
            raise Refused(shown(value))
        return value

    words = f"{', '.join(choices[:-1])} or {choices[-1]}" if len(choices) > 1 else choices[0]
    return declare(Kind("choice", words, read, choices=choices), default, doc, "", main)


def axes(
    default: Any, doc: str, *, main: bool = False, also: tuple[str, ...] = (), of_names: str | None = None
) -> Any:
    """One axis by name, a list of axes, or `positions`, which are all spatial axes together; or a word in `also`.

    `of_names` is the help for a list of other words, which may be names of layers.
    """
    choices = (*AXIS_WORDS, *also)

    def read(value: Value) -> AxisNames:
        if isinstance(value, tuple):
            if not value:
                raise Refused("an empty list")
            for index, item in enumerate(value):
                if not isinstance(item, str) or item not in AXIS_WORDS:
                    raise Refused(shown(item), of_names)
                if item in value[:index]:
                    raise Refused(f"{item} twice")
            return tuple(map(str, value))
        if not isinstance(value, str) or value not in choices:
            raise Refused(shown(value))
        return value

    words = f"{', '.join(choices[:-1])} or {choices[-1]}, or a list of axes"
    return declare(Kind("axes", words, read, choices=choices), default, doc, "", main)


def shape_text(default: Any, doc: str, *, main: bool = False) -> Any:
    """A shape: a text such as `1x1x64`, a number of features, or a mapping of axes. The value is the text or number."""
    words = "a shape such as 1x1x64, or a number of features"
    return declare(Kind("shape", words, _shape), default, doc, "", main)


def _shape(value: Value) -> int | str:
    from cnncalc.vocabulary.written_shape import of_axes, of_text

    value = plain(value)
    known, loose = None, ""
    help = "write HEIGHTxWIDTHxCHANNELS, as in 1x1x64, or a number of features; every axis must be at least 1"
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    if isinstance(value, str):
        if value.isascii() and value.isdigit():
            raise no_number(value)
        known, loose = of_text(value), "".join(value.lower().replace("*", "x").split())
    elif isinstance(value, dict):
        sizes = {name: plain(size) for name, size in value.items()}
        if all(isinstance(size, int) and not isinstance(size, bool) and size > 0 for size in sizes.values()):
            known = of_axes(sizes)
        help = "write `channels` with height and width (or length, or depth, height and width), each from 1"
    elif isinstance(value, tuple):
        loose = "x".join(map(shown, value))
    if known is None:
        clear = of_text(loose) is not None
        raise Refused(shown(value), f"write `{loose}`" if clear else help, loose if clear else None)
    return str(known) if known.rank else known.channels


def name(default: Any, doc: str, *, main: bool = False) -> Any:
    """The name of an earlier layer."""

    def read(value: Value) -> str:
        if not isinstance(value, str) or not value:
            raise Refused(
                shown(value), "put `name: NAME` beside the layer that is meant, and write NAME here"
            )
        return value

    return declare(Kind("name", "the name of an earlier layer", read), default, doc, "", main)


def order(default: Any, doc: str, choices: tuple[str, ...], *, main: bool = False) -> Any:
    """A list of words, each at most once."""

    def read(value: Value) -> tuple[str, ...]:
        if not isinstance(value, tuple) or not value:
            raise Refused(shown(value))
        fields: list[str] = []
        for item in value:
            if not isinstance(item, str) or item not in choices:
                raise Refused(shown(item))
            if item in fields:
                raise Refused(f"{item} twice")
            fields.append(item)
        return tuple(fields)

    words = f"a list of {', '.join(choices[:-1])} and {choices[-1]}, as many as the input has"
    return declare(Kind("order", words, read, choices=choices), default, doc, "", main)

"""Shapes as a spec writes them: `224x224x3`, `{channels: 3, height: 224, width: 224}`, or a count of features."""

import re

from cnncalc.exact import plain
from cnncalc.layers import Value, shown
from cnncalc.record import NamedTuple
from cnncalc.shape import AXIS_NAMES, Shape
from cnncalc.text import escaped
from cnncalc.vocabulary.written_shape import of_axes, of_text, sizes

# A text in typographic quotes, as word processors write them.
QUOTED = r"[\u2018-\u201f\u00ab\u2039\u300c](.*)[\u2018-\u201f\u00bb\u203a\u300d]"
# A control key that some write beside the axes of an input.
PLACE = "place"
WRITE = "write HEIGHTxWIDTHxCHANNELS, as in 224x224x3"
TOGETHER = (
    "give `channels` with `height` and `width` (of an image), with `length` (of a sequence), or with `depth`, `height` "
    "and `width`; or only `features`"
)


class BadShape(NamedTuple):
    """Why a value is not a shape, what to do, and a replacement text if one is clear."""

    message: str
    help: str
    instead: str | None = None


def read_shape(value: Value) -> Shape | BadShape:
    """A shape from a value; sizes are at least 1."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dict):
        return _mapping(value)
    if isinstance(value, tuple):
        numbers = [shown(item) for item in value]
        joined = "x".join(numbers)
        fits = len(numbers) > 1 and isinstance(_text(joined), Shape)
        message = escaped(f"a shape is not a list: [{', '.join(numbers)}]", 200)
        return BadShape(message, WRITE, joined if fits else None)
    value = plain(value)
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return Shape(value)
    return BadShape(f"a shape is not {shown(value)}", WRITE)


def _text(text: str) -> Shape | BadShape:
    if not sizes(text):
        if (inner := re.fullmatch(QUOTED, text)) and sizes(inner[1]):
            what = f"`{escaped(text)}` is not a shape: it has typographic quotes, which YAML reads as letters"
            return BadShape(what, f"write `{inner[1]}`", inner[1])
        loose = re.sub(r"\s*[xX×*,]\s*", "x", text.strip("()[] "))
        message = f"`{escaped(text)}` is not a shape"
        if sizes(loose):
            return BadShape(message, f"write `{loose}`: a shape has `x` between its numbers", loose)
        return BadShape(message, WRITE)
    return of_text(text) or BadShape(f"`{text}` has an axis of size 0", "every axis must be at least 1")


def _mapping(given: dict[str, Value]) -> Shape | BadShape:
    known: dict[str, int] = {}
    if PLACE in given:
        what = "an input has no `place`: every device with a layer that reads it loads it"
        return BadShape(what, "remove `place` here, and write it beside layers")
    for name, value in given.items():
        value = plain(value)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            return BadShape(
                f"`{escaped(name)}` must be a whole number, 1 or more, not {escaped(shown(value))}", WRITE
            )
        known[name] = value
    return of_axes(known) or BadShape(_unfit_axes(known), TOGETHER)


def _unfit_axes(known: dict[str, int]) -> str:
    """What is wrong with the axes of a mapping that is not a shape."""
    if not known:
        return "the shape has no axes"
    others = [f"`{escaped(name)}`" for name in known if name not in AXIS_NAMES]
    if others:
        are = "is not an axis" if len(others) == 1 else "are not axes"
        return f"{', '.join(others)} {are} of a shape"
    return f"no shape has exactly the axes {', '.join(f'`{name}`' for name in known)}"

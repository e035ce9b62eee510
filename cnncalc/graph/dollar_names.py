"""The values of `$` names in expressions: `$width`, `$in.channels`, `$skip.conv1`."""

from collections.abc import Callable
from typing import Any

from cnncalc.exact import counted
from cnncalc.layers import shown
from cnncalc.shape import Shape
from cnncalc.spec import UNREADABLE, UnreadableValue


class UnknownInput(Exception):
    """An expression reads an input that is unknown after an earlier error: nothing more is reported."""


class NoSuchPart(Exception):
    """An expression reads a property that `$in` or a parameter does not have; `help` lists the properties."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.help = help


def path(name: str, value: Callable[[str], Any]) -> str:
    """`skip.conv1`: a path into the layer that the parameter `skip` names. Raises `NoSuchPart` if it names none."""
    parameter, _, inner = name.partition(".")
    word = value(parameter)
    if not isinstance(word, str):
        raise NoSuchPart(
            f"`${name}` is a path into a layer, but `${parameter}` is not the name of a layer: it is {shown(word)}",
            f"give `{parameter}` a layer's name",
        )
    return f"{word}.{inner}"


def readable(value: Any) -> Any:
    """A parameter's value. Raises `UnreadableValue` if there is none."""
    if value is UNREADABLE:
        raise UnreadableValue
    return value


def input_fact(part: str, shape: Shape | None) -> int:
    """The value of `$in.channels` and so on. Raises `UnknownInput`, or `NoSuchPart` if the shape has no such axis."""
    if shape is None:
        raise UnknownInput
    if part == "channels":
        return shape.channels
    facts = shape.asdict()
    if part not in facts:
        what = f"the input ({shape})" if shape.rank else f"the input ({counted(shape.channels, 'feature')})"
        names = ("channels", *shape.axes) if shape.rank else ("features",)
        raise NoSuchPart(
            f"`$in.{part}`: {what} has no {part}",
            f"write {' or '.join(f'`$in.{name}`' for name in names)}",
        )
    return facts[part]

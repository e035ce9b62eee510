"""A network with another input than its spec says: what the user asks for, checked against the inputs it has."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, TypeAlias

from cnncalc.graph.inputs import channels_last, own_shapes
from cnncalc.shape import Shape
from cnncalc.spec import Spec, ValueExpr, nearest, read_shape
from cnncalc.text import escaped

NUMBER = re.compile(r"0*[1-9]\d{0,17}", re.ASCII)
SIZE = "as 384x384x3, or 384 for every side"
# Inputs that a message names.
SHOWN = 8

Asked: TypeAlias = "str | int | Shape | Mapping[str, str | int | Shape]"
"""Another input: a shape, one number for all sides, or either of these by the name of the input."""


class BadInput(ValueError):
    """An input that is asked for and that no network can have, or not this one."""


class Wanted(NamedTuple):
    """What one input is to be: a shape, or the length of every side. Without a `name` it is for every input."""

    name: str | None
    size: int | None
    shape: Shape | None
    # Whether the shape is written as text, where it may be channels first by mistake.
    text: bool = False

    def __str__(self) -> str:
        return str(self.shape if self.size is None else self.size)


def wanted(name: str | None, value: str | int | Shape) -> Wanted:
    """Read `384x384x3` or `384`. Raises `BadInput` for what is neither."""
    if isinstance(value, Shape):
        if min((value.channels, *value.spatial)) < 1:
            raise BadInput(f"`{value}` has an axis of size 0: every axis is at least 1")
        return Wanted(name, None, value)
    text = str(value).strip()
    if NUMBER.fullmatch(text):
        return Wanted(name, int(text), None)
    shape = read_shape(text)
    if isinstance(shape, Shape):
        return Wanted(name, None, shape, text=True)
    if re.fullmatch(r"0+", text):
        raise BadInput("0 is no size: every axis is at least 1")
    if "axis of size 0" in shape.message:
        raise BadInput(f"{shape.message}: every axis is at least 1")
    instead = f": write {shape.instead}" if shape.instead else f", {SIZE}"
    raise BadInput(f"{escaped(repr(text))} is not a shape{instead}")


def parsed(texts: Iterable[str]) -> tuple[Wanted, ...]:
    """Read `384x384x3`, `384` or `left=64x64x3`. Raises `BadInput`."""
    inputs = []
    for text in texts:
        name, equals, value = text.rpartition("=")
        if equals and not name.strip():
            raise BadInput(f"{escaped(repr(text))} has no name before its `=`: write left=64x64x3")
        inputs.append(wanted(name.strip() if equals else None, value))
    return tuple(inputs)


def listed(asked: "Asked | None") -> tuple[Wanted, ...]:
    """What a caller of the library asks for. Raises `BadInput`."""
    if asked is None:
        return ()
    if isinstance(asked, Mapping):
        return tuple(wanted(name, value) for name, value in asked.items())
    return (wanted(None, asked),)


def with_inputs(spec: Spec, asked: Iterable[Wanted], values: Mapping[str, Any]) -> Spec:
    """The spec as if its `input` said so, one after another. Raises `BadInput` for what it can't be.

    `values` are those of its parameters. A spec that could not be read stays as it is.
    """
    asked = tuple(asked)
    if not asked or not spec.items or not spec.inputs:
        return spec
    shapes = own_shapes(spec, values)
    given: dict[str, ValueExpr] = {}
    for want in asked:
        for name in _meant(want, shapes):
            shape = _applied(want, name, shapes[name])
            given[name] = ValueExpr(spec.inputs[name].span, shape.asdict(), constant=True)
    return spec.with_inputs(given)


def _meant(want: Wanted, shapes: Mapping[str, Shape | None]) -> list[str]:
    """The inputs that are meant."""
    if want.name is not None:
        if want.name in shapes:
            return [want.name]
        close = nearest(want.name, shapes)
        hint = f". Did you mean {close!r}?" if close else f"; inputs: {_names(shapes)}"
        raise BadInput(f"there is no input {escaped(repr(want.name))}{hint}")
    ranks = {None if shape is None else shape.rank for shape in shapes.values()}
    if len(shapes) > 1 and (want.shape is not None or len(ranks) > 1):
        which = next(iter(shapes))
        why = "" if want.shape is not None else " with different numbers of axes"
        raise BadInput(
            f"there are {len(shapes)} inputs ({_listed(shapes)}){why}: name one, as in {which}={want}"
        )
    return list(shapes)


def _applied(want: Wanted, name: str, own: Shape | None) -> Shape:
    """The shape that an input gets in place of its own, which may be unknown."""
    what = "the input" if name == "input" else f"input `{name}`"
    if want.size is not None:
        if own is None:
            raise BadInput(f"the shape of {what} can't be read: give all of it, {SIZE.partition(',')[0]}")
        return own._replace(spatial=(want.size,) * own.rank) if own.rank else Shape(want.size)
    shape = want.shape
    assert shape is not None
    if own is None or own.rank == shape.rank:
        last = channels_last(shape) if want.text else None
        if last is not None and (own is None or own.channels != shape.channels):
            raise BadInput(f"{shape} reads like channels first: write {last}")
        return shape
    axes = "x".join(axis.upper() for axis in (*own.axes, "channels")) if own.rank else "a number of features"
    raise BadInput(f"{what} is {axes} ({own}), and {shape} is not{_instead(shape, own)}")


def _instead(shape: Shape, own: Shape) -> str:
    """The shape that was meant where only the channels are left out, as in 384x512."""
    sides = (*shape.spatial, shape.channels)
    return f": write {Shape(own.channels, sides)}" if len(sides) == own.rank else ""


def _names(shapes: Iterable[str]) -> str:
    names = list(shapes)
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else "")


def _listed(shapes: Mapping[str, Shape | None]) -> str:
    return _names(f"{name} {shape}" if shape else name for name, shape in shapes.items())

"""What a layer's fields may be: one statement each, from which reader, schema and reference page derive."""

from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from math import ceil, floor
from typing import TYPE_CHECKING, Any, TypeAlias

from cnncalc.exact import is_fraction, plain, shown
from cnncalc.record import NamedTuple

if TYPE_CHECKING:
    from fractions import Fraction

    from cnncalc.vocabulary.layer import Layer

# What a spec's text can say, after expressions are evaluated.
Value: TypeAlias = "bool | int | float | Fraction | str | tuple[Value, ...] | dict[str, Value] | None"

# What makes a computed value whole.
WHOLE = "it must come out whole: `floor(...)` rounds down, `round_to(..., n)` to a multiple of n, and `//` divides so"
# A number from which on no whole one beside it is named.
MANY = 1e15
SIDES = ("top", "bottom", "left", "right")


class Refused(ValueError):
    """A value a field does not take: the message ends "must be ..., not"; `instead` is text to put in its place."""

    def __init__(self, message: str, help: str | None = None, instead: str | None = None) -> None:
        super().__init__(message)
        self.help, self.instead = help, instead


class Kind(NamedTuple):
    """What values a field takes: in words, as `read`, and as data (`low`, `high`, `words`) for whoever derives more."""

    name: str
    words: str
    read: Callable[[Value], Any]
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()


class Stated(NamedTuple):
    """The statement of one field: its kind, its line of doc, the course's letter, whether it is the main one."""

    kind: Kind
    doc: str
    letter: str
    main: bool


def _integer(value: Value, low: int) -> int:
    value = plain(value)
    if is_fraction(value):
        raise Refused(shown(value), WHOLE)
    if isinstance(value, float) and value.is_integer() and value >= low:
        raise Refused(shown(value), f"write {int(value)}", str(int(value)))
    if isinstance(value, float) and low <= value < MANY:
        raise Refused(shown(value), f"write a whole number, such as {floor(value)} or {ceil(value)}")
    if isinstance(value, bool) or not isinstance(value, int) or value < low:
        raise _no_number(value)
    return value


def _number(value: Value, low: float | None, high: float | None) -> float:
    if isinstance(value, bool) or not (isinstance(value, int | float) or is_fraction(value)):
        raise _no_number(value)
    if (low is not None and value < low) or (high is not None and value > high):
        raise Refused(shown(value))
    return float(value)


def _no_number(value: Value) -> Refused:
    """What is not the number it should be; text that looks like one is told apart from it."""
    if not isinstance(value, str):
        return Refused(shown(value))
    if value.isascii() and value.replace(".", "", 1).isdigit() and len(value) < 19:
        return Refused(f'"{value}", which is text', f"write {value} without quotes", value)
    if any(sign.isdigit() for sign in value) and not any(sign.isalpha() for sign in value):
        return Refused(value, "a scalar is computed only where it holds `$` or a call: write its value")
    return Refused(value)


def _per_axis(value: Value, low: int) -> int | tuple[int, ...]:
    if isinstance(value, tuple):
        if not 1 <= len(value) <= 3:
            raise Refused(f"a list of {len(value)}")
        return tuple(_integer(item, low) for item in value)
    if isinstance(value, str):
        parts = value.replace("×", "x").split("x")
        if 1 < len(parts) <= 3 and all(part.isascii() and part.isdecimal() for part in parts):
            listed = f"[{', '.join(parts)}]"
            same = f"{parts[0]} or " if len(set(parts)) == 1 else ""
            raise Refused(value, f"write {same}{listed}", listed)
    return _integer(value, low)


def _dilation(value: Value) -> int | tuple[int, ...]:
    given = value if isinstance(value, tuple) else (value,)
    if any(one == 0 and not isinstance(one, bool) for one in given):
        dense = tuple(1 if one == 0 and not isinstance(one, bool) else one for one in given)
        instead = shown(dense if isinstance(value, tuple) else dense[0])
        why = "it is the distance between two taps here; the course notes count the gap, and their 0 is 1"
        raise Refused(shown(value), f"write {instead}: {why}", instead)
    return _per_axis(value, 1)


def _padding(value: Value) -> "Padding":
    if isinstance(value, dict):
        if unknown := [key for key in value if key not in SIDES]:
            raise Refused(f"a mapping with {unknown[0]}: its sides are {', '.join(SIDES)}")
        return Sides(**{side: _integer(value.get(side, 0), 0) for side in SIDES})
    if isinstance(value, str) and value in ("half", "same", "valid"):
        return value
    return _per_axis(value, 0)


def _plain_padding(value: Value) -> "Padding":
    if isinstance(value, str) and value in ("half", "same", "valid"):
        raise Refused(f"{value}, which fits a padding to a window, and there is none here")
    return _padding(value)


def _flag(value: Value) -> bool:
    if not isinstance(value, bool):
        raise Refused(shown(value))
    return value


class Sides:
    """Padding that differs by side of a height x width volume. Not a tuple, which is one number for each axis."""

    __slots__ = ("bottom", "left", "right", "top")

    def __init__(self, top: int = 0, bottom: int = 0, left: int = 0, right: int = 0) -> None:
        self.top = top
        self.bottom = bottom
        self.left = left
        self.right = right

    @property
    def _sizes(self) -> tuple[int, int, int, int]:
        return self.top, self.bottom, self.left, self.right

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sides) and self._sizes == other._sizes

    def __hash__(self) -> int:
        return hash(self._sizes)

    def asdict(self) -> dict[str, int]:
        """Every side, in the order of `SIDES`."""
        return dict(zip(SIDES, self._sizes, strict=True))

    def nonzero(self) -> dict[str, int]:
        """The sides that have some, as a spec says them."""
        return {side: size for side, size in self.asdict().items() if size}

    def __repr__(self) -> str:
        return f"Sides(top={self.top}, bottom={self.bottom}, left={self.left}, right={self.right})"


PerAxis: TypeAlias = int | tuple[int, ...]
Padding: TypeAlias = int | tuple[int, ...] | Sides | str


# What a layer with fields that is not a layer type itself is: its fields are declared, and the methods are made once,
# by the types below it.
base = dataclass(init=False, repr=False, eq=False)


def _declare(kind: Kind, default: Any, doc: str, letter: str, main: bool) -> Any:
    given = MISSING if default is REQUIRED else default
    return field(default=given, metadata={"stated": Stated(kind, doc, letter, main)}, kw_only=True)


REQUIRED = object()


def integer(default: Any, doc: str, *, low: int = 1, letter: str = "", main: bool = False) -> Any:
    """A whole number from `low`."""
    kind = Kind("integer", f"an integer from {low}", lambda value: _integer(value, low), low=low)
    return _declare(kind, default, doc, letter, main)


def per_axis(default: Any, doc: str, *, low: int = 1, letter: str = "", main: bool = False) -> Any:
    """A whole number from `low` for every spatial axis, or a list of one for each."""
    kind = Kind(
        "per axis",
        f"an integer from {low}, or a list with one for each axis ([height, width])",
        lambda value: _per_axis(value, low),
        low=low,
    )
    return _declare(kind, default, doc, letter, main)


def dilation() -> Any:
    """How far the taps of a window lie apart. The course notes' 0, which is dense, is refused with what it is here."""
    kind = per_axis(1, "").metadata["stated"].kind._replace(read=_dilation)
    return _declare(
        kind, 1, "distance between two taps; 1 is dense (the course notes call that 0)", "", False
    )


def padding(default: Any, doc: str, *, main: bool = False, by_window: bool = True) -> Any:
    """The spec language's padding: a number, a list, sides, or (where there is a window to fit) a word."""
    numbers = "an integer from 0, a list with one for each axis"
    if by_window:
        words = f"{numbers}, {{top, bottom, left, right}}, half, same or valid"
        kind = Kind("padding", words, _padding, low=0, choices=("half", "same", "valid"))
    else:
        words = f"{numbers}, or {{top, bottom, left, right}}"
        kind = Kind("padding", words, _plain_padding, low=0)
    return _declare(kind, default, doc, "P", main)


def number(
    default: Any, doc: str, *, low: float | None = None, high: float | None = None, main: bool = False
) -> Any:
    """A number within bounds, both included."""
    bounds = {
        (False, False): "",
        (True, False): f" from {low:g}" if low is not None else "",
        (False, True): f" up to {high:g}" if high is not None else "",
        (True, True): f" from {low:g} to {high:g}" if low is not None and high is not None else "",
    }[low is not None, high is not None]
    kind = Kind("number", f"a number{bounds}", lambda value: _number(value, low, high), low=low, high=high)
    return _declare(kind, default, doc, "", main)


def flag(default: Any, doc: str) -> Any:
    """True or false."""
    return _declare(Kind("flag", "true or false", _flag), default, doc, "", False)


def choice(default: Any, doc: str, choices: tuple[str, ...], *, main: bool = False) -> Any:
    """One of a few words."""

    def read(value: Value) -> str:
        if not isinstance(value, str) or value not in choices:
            raise Refused(shown(value))
        return value

    words = f"{', '.join(choices[:-1])} or {choices[-1]}" if len(choices) > 1 else choices[0]
    return _declare(Kind("choice", words, read, choices=choices), default, doc, "", main)


def order(default: Any, doc: str, choices: tuple[str, ...], *, main: bool = False) -> Any:
    """Several of a few words, each of them once."""

    def read(value: Value) -> tuple[str, ...]:
        if not isinstance(value, tuple) or not value:
            raise Refused(shown(value))
        told: list[str] = []
        for item in value:
            if not isinstance(item, str) or item not in choices:
                raise Refused(shown(item))
            if item in told:
                raise Refused(f"{item} twice")
            told.append(item)
        return tuple(told)

    words = f"a list of {', '.join(choices[:-1])} and {choices[-1]}, as many as there are"
    return _declare(Kind("order", words, read, choices=choices), default, doc, "", main)


@cache
def stated(layer: "type[Layer]") -> dict[str, tuple[Stated, Any]]:
    """The fields of a layer type in their order: name -> statement and default (`REQUIRED` where there is none)."""
    return {
        item.name: (item.metadata["stated"], REQUIRED if item.default is MISSING else item.default)
        for item in fields(layer)  # type: ignore[arg-type]
        if "stated" in item.metadata
    }


@cache
def main_field(layer: "type[Layer]") -> str | None:
    """The field a scalar sets: `conv: 64` sets filters."""
    return next((name for name, (told, _) in stated(layer).items() if told.main), None)

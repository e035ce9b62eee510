"""The fields of a layer: each is declared once, for the reader, the schema and the reference page."""

from collections.abc import Callable, Sequence
from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from math import ceil, floor
from typing import TYPE_CHECKING, Any, TypeAlias

from cnncalc.exact import is_fraction, plain, shown
from cnncalc.record import NamedTuple

if TYPE_CHECKING:
    from fractions import Fraction

    from cnncalc.vocabulary.layer import Layer

# The values that a spec can contain, after expressions are evaluated.
Value: TypeAlias = "bool | int | float | Fraction | str | tuple[Value, ...] | dict[str, Value] | None"

# Help for a computed value that is not whole.
WHOLE = "it must be a whole number: `floor(...)` and `//` round down, `round_to(..., n)` rounds to a multiple of n"
# For numbers from here on, the message does not suggest a whole number near it.
MANY = 1e15
SIDES = ("front", "back", "top", "bottom", "left", "right")
# The words for padding that follows from the window.
PADDING_WORDS = ("half", "same", "valid", "causal")
# What `over` accepts: axes by name, and all spatial axes together.
POSITIONS = "positions"
AXIS_WORDS = ("channels", "depth", "height", "width", "length", POSITIONS)

SPATIAL_WORDS = AXIS_WORDS[1:-1]


class Refused(ValueError):
    """A value that a field does not accept: the message ends "must be ..., not"; `instead` is a replacement text."""

    def __init__(self, message: str, help: str | None = None, instead: str | None = None) -> None:
        super().__init__(message)
        self.help, self.instead = help, instead


class Kind(NamedTuple):
    """The values that a field accepts: in words, as `read`, and as data (`low`, `high`, `words`)."""

    name: str
    words: str
    read: Callable[[Value], Any]
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()


class Stated(NamedTuple):
    """The declaration of one field: kind, description, the course's letter, and whether it is the main field."""

    kind: Kind
    doc: str
    letter: str
    main: bool
    # The field for which this one is another word; only one of both may be given.
    same_as: str = ""


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
    """A value that should be a number. Text that looks like a number gets its own message."""
    if not isinstance(value, str):
        return Refused(shown(value))
    if value.isascii() and value.replace(".", "", 1).isdigit() and len(value) < 19:
        return Refused(f'"{value}", which is text', f"write {value} without quotes", value)
    if any(sign.isdigit() for sign in value) and not any(sign.isalpha() for sign in value):
        return Refused(value, "an expression is computed only if it contains `$` or a call: write its value")
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


def _factor(value: Value, low: int) -> float:
    """A number, whole ones exactly: from 1, or (`low` 0) any above 0."""
    value = plain(value)
    if isinstance(value, bool) or not (isinstance(value, int | float) or is_fraction(value)):
        raise _no_number(value)
    if value < low or value <= 0 or (isinstance(value, float) and not value < MANY):
        help = "`resize: {scale: 0.5}` makes axes shorter" if 0 < value < low else None
        raise Refused(shown(value), help if low else "a factor below 1, such as 0.5, makes axes shorter")
    number = float(value)
    return value if isinstance(value, int) else int(number) if number.is_integer() else number


def _factors(value: Value, low: int) -> float | tuple[float, ...]:
    if isinstance(value, tuple):
        if not 1 <= len(value) <= 3:
            raise Refused(f"a list of {len(value)}")
        return tuple(_factor(item, low) for item in value)
    # `2x3` gets the help that it has as a size.
    return _per_axis(value, 1) if isinstance(value, str) and "x" in value else _factor(value, low)


def _dilation(value: Value) -> int | tuple[int, ...]:
    given = value if isinstance(value, tuple) else (value,)
    if any(number == 0 and not isinstance(number, bool) for number in given):
        dense = tuple(1 if number == 0 and not isinstance(number, bool) else number for number in given)
        instead = shown(dense if isinstance(value, tuple) else dense[0])
        why = (
            "it is the distance between two kernel elements; the course notes count the gap, and their 0 is 1"
        )
        raise Refused(shown(value), f"write {instead}: {why}", instead)
    return _per_axis(value, 1)


def _padding(value: Value) -> "Padding":
    if isinstance(value, dict):
        if unknown := [key for key in value if key not in SIDES]:
            raise Refused(f"a mapping with {unknown[0]}: its sides are {', '.join(SIDES)}")
        return Sides(**{side: _integer(value.get(side, 0), 0) for side in SIDES})
    if isinstance(value, str) and value in PADDING_WORDS:
        return value
    return _per_axis(value, 0)


def _plain_padding(value: Value) -> "Padding":
    if isinstance(value, str) and value in PADDING_WORDS:
        raise Refused(f"{value}, which needs a window, and there is none here")
    return _padding(value)


def _flag(value: Value) -> bool:
    if not isinstance(value, bool):
        raise Refused(shown(value))
    return value


class Mapped:
    """A value that a spec writes as a mapping."""

    __slots__ = ()

    def asdict(self) -> dict[str, Any]:
        """Every key and its value."""
        raise NotImplementedError

    def spelt(self) -> Any:
        """As short as a spec can say it."""
        raise NotImplementedError


class Standardization(Mapped):
    """How filters are standardised: whether a gain is learned, what it is scaled by, and what the variance gets."""

    __slots__ = ("eps", "gain", "gamma")

    def __init__(self, *, gain: bool = False, gamma: float = 1.0, eps: float = 1e-6) -> None:
        self.gain, self.gamma, self.eps = gain, gamma, eps

    def asdict(self) -> dict[str, Any]:
        scale = {"gamma": self.gamma} if self.gain else {}
        return {"gain": self.gain, **scale, "eps": self.eps}

    def spelt(self) -> Any:
        plain = Standardization()
        return {name: value for name, value in self.asdict().items() if value != getattr(plain, name)} or True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Standardization) and self.asdict() == other.asdict()

    def __hash__(self) -> int:
        return hash((self.gain, self.gamma, self.eps))

    def __repr__(self) -> str:
        return f"Standardization({', '.join(f'{name}={value!r}' for name, value in self.asdict().items())})"


class Sides(Mapped):
    """Different padding for each side of a volume. Not a tuple: a tuple has one number for each axis.

    Left and right are the ends of the last axis, top and bottom those of the one before, front and back of the first
    of three.
    """

    __slots__ = SIDES

    def __init__(
        self, top: int = 0, bottom: int = 0, left: int = 0, right: int = 0, *, front: int = 0, back: int = 0
    ) -> None:
        self.front = front
        self.back = back
        self.top = top
        self.bottom = bottom
        self.left = left
        self.right = right

    @classmethod
    def of(cls, ends: "Sequence[tuple[int, int]]") -> "Sides":
        """The sides of one to three axes, from the positions before and after along each of them."""
        sizes = [end for pair in ends for end in pair]
        return cls(**dict(zip(SIDES[len(SIDES) - len(sizes) :], sizes, strict=True)))

    @property
    def _sizes(self) -> tuple[int, ...]:
        return tuple(getattr(self, side) for side in SIDES)

    @property
    def least_axes(self) -> int:
        """The smallest number of axes that have all sides with padding."""
        return max(1, sum(any(self._sizes[: 2 * count]) for count in (1, 2)) + 1)

    def ends(self, rank: int) -> tuple[tuple[int, int], ...]:
        """The positions before and after, along each axis of a volume with this number of axes."""
        pairs = tuple(zip(self._sizes[::2], self._sizes[1::2], strict=True))
        return pairs[len(pairs) - rank :]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sides) and self._sizes == other._sizes

    def __hash__(self) -> int:
        return hash(self._sizes)

    def asdict(self) -> dict[str, int]:
        """Every side, in the order of `SIDES`; front and back only if there is any padding."""
        sizes = dict(zip(SIDES, self._sizes, strict=True))
        return sizes if self.front or self.back else {side: sizes[side] for side in SIDES[2:]}

    def spelt(self) -> dict[str, int]:
        return self.nonzero()

    def nonzero(self) -> dict[str, int]:
        """The sides that have some, as a spec says them."""
        return {side: size for side, size in self.asdict().items() if size}

    def __repr__(self) -> str:
        return f"Sides({', '.join(f'{side}={size}' for side, size in self.asdict().items())})"


PerAxis: TypeAlias = int | tuple[int, ...]
# A factor, or one for each axis.
Factors: TypeAlias = float | tuple[float, ...]
# An axis, or several.
AxisNames: TypeAlias = str | tuple[str, ...]
Padding: TypeAlias = int | tuple[int, ...] | Sides | str


# A base class with fields that is not a layer type: it declares the fields, and the layer types below it make the
# methods once.
base = dataclass(init=False, repr=False, eq=False)


def _declare(kind: Kind, default: Any, doc: str, letter: str, main: bool, same_as: str = "") -> Any:
    given = MISSING if default is REQUIRED else default
    return field(default=given, metadata={"stated": Stated(kind, doc, letter, main, same_as)}, kw_only=True)


REQUIRED = object()


def integer(default: Any, doc: str, *, low: int = 1, letter: str = "", main: bool = False) -> Any:
    """A whole number from `low`."""
    kind = Kind("integer", f"an integer from {low}", lambda value: _integer(value, low), low=low)
    return _declare(kind, default, doc, letter, main)


def per_axis(
    default: Any, doc: str, *, low: int = 1, letter: str = "", main: bool = False, of_part: str = ""
) -> Any:
    """A whole number from `low` for every spatial axis, or a list of one for each.

    `of_part` is the field for a part of a size, for the help for a number between 0 and 1.
    """

    def read(value: Value) -> PerAxis:
        if of_part and isinstance(value, float) and 0 < value < 1:
            raise Refused(shown(value), f"for a part of the size write `{of_part}: {shown(value)}` instead")
        return _per_axis(value, low)

    kind = Kind(
        "per axis",
        f"an integer from {low}, or a list with one for each axis ([height, width])",
        read,
        low=low,
    )
    return _declare(kind, default, doc, letter, main)


def factors(default: Any, doc: str, *, low: int = 1, main: bool = False) -> Any:
    """A number by which axes grow, from 1 or (`low` 0) above 0, for every spatial axis, or a list of one for each."""
    kind = Kind(
        "factor per axis",
        f"a number {'from 1' if low else 'above 0'}, or a list with one for each axis ([height, width])",
        lambda value: _factors(value, low),
        low=low or None,
    )
    return _declare(kind, default, doc, "", main)


def dilation() -> Any:
    """The distance between two kernel elements. 0, which the course notes write for no gaps, is an error with a fix."""
    kind = per_axis(1, "").metadata["stated"].kind._replace(read=_dilation)
    doc = "distance between two kernel elements; 1 means no gaps (the course notes call this 0)"
    return _declare(kind, 1, doc, "", False)


def padding(
    default: Any, doc: str, *, main: bool = False, by_window: bool = True, causal: bool = True
) -> Any:
    """Padding as in a spec: a number, a list, sides, or (if there is a window) a word; `causal` is one of them."""
    numbers = "an integer from 0, a list with one for each axis"
    if by_window:
        choices = PADDING_WORDS if causal else PADDING_WORDS[:-1]

        def read(value: Value) -> Padding:
            if value == "causal" and not causal:
                raise Refused("causal: padding is removed here, and causal padding is added")
            return _padding(value)

        words = f"{numbers}, {{{', '.join(SIDES)}}}, {', '.join(choices[:-1])} or {choices[-1]}"
        kind = Kind("padding", words, read, low=0, choices=choices)
    else:
        words = f"{numbers}, or {{{', '.join(SIDES)}}}"
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


def _standardization(value: Value) -> Standardization | bool:
    if value is True:
        return Standardization()
    if not isinstance(value, dict):
        return _flag(value)
    plain = {"gain": False, "gamma": 1.0, "eps": 1e-6}
    if unknown := [key for key in value if key not in plain]:
        raise Refused(f"a mapping with {unknown[0]}: its keys are {', '.join(plain)}")
    given = plain | value
    gain, gamma, eps = (
        _flag(given["gain"]),
        _number(given["gamma"], 0.0, None),
        _number(given["eps"], 0.0, None),
    )
    if "gamma" in value and not gain:
        raise Refused("gamma without a gain", "gamma scales the gain: write `gain: true` beside it")
    return Standardization(gain=gain, gamma=gamma, eps=eps)


def standardization(default: Any, doc: str) -> Any:
    """True or false, or a mapping of settings."""
    words = "true, false, or {gain: true, gamma: 1, eps: 1e-6}"
    return _declare(Kind("standardization", words, _standardization), default, doc, "", False)


def flag(default: Any, doc: str) -> Any:
    """True or false."""
    return _declare(Kind("flag", "true or false", _flag), default, doc, "", False)


def choice(default: Any, doc: str, choices: tuple[str, ...], *, main: bool = False) -> Any:
    """One of several words."""

    def read(value: Value) -> str:
        if not isinstance(value, str) or value not in choices:
            raise Refused(shown(value))
        return value

    words = f"{', '.join(choices[:-1])} or {choices[-1]}" if len(choices) > 1 else choices[0]
    return _declare(Kind("choice", words, read, choices=choices), default, doc, "", main)


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
    return _declare(Kind("axes", words, read, choices=choices), default, doc, "", main)


def shape_text(default: Any, doc: str, *, main: bool = False) -> Any:
    """A shape: a text such as `1x1x64`, a number of features, or a mapping of axes. The value is the text or number."""
    words = "a shape such as 1x1x64, or a number of features"
    return _declare(Kind("shape", words, _shape), default, doc, "", main)


def _shape(value: Value) -> int | str:
    from cnncalc.vocabulary.written_shape import of_axes, of_text

    value = plain(value)
    known, loose = None, ""
    help = "write HEIGHTxWIDTHxCHANNELS, as in 1x1x64, or a number of features; every axis must be at least 1"
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    if isinstance(value, str):
        if value.isascii() and value.isdigit():
            raise _no_number(value)
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

    return _declare(Kind("name", "the name of an earlier layer", read), default, doc, "", main)


def another_word(name: str, field: Any) -> Any:
    """A field that is another word for the field `name`: a spec may give only one of them."""
    declared: Stated = field.metadata["stated"]
    return _declare(declared.kind, None, declared.doc, "", False, same_as=name)


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
    return _declare(Kind("order", words, read, choices=choices), default, doc, "", main)


@cache
def stated(layer: "type[Layer]") -> dict[str, tuple[Stated, Any]]:
    """The fields of a layer type in order: name -> declaration and default (`REQUIRED` if there is none)."""
    return {
        item.name: (item.metadata["stated"], REQUIRED if item.default is MISSING else item.default)
        for item in fields(layer)  # type: ignore[arg-type]
        if "stated" in item.metadata
    }


@cache
def another_words(layer: "type[Layer]") -> dict[str, str]:
    """The fields of a layer type that are another word for a field: name -> the name of that field."""
    return {name: declared.same_as for name, (declared, _) in stated(layer).items() if declared.same_as}


@cache
def main_field(layer: "type[Layer]") -> str | None:
    """The field that a scalar sets: `conv: 64` sets filters."""
    return next((name for name, (declared, _) in stated(layer).items() if declared.main), None)

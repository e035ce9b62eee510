"""The fields of a layer: each is declared once, for the reader, the schema and the reference page."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from cnncalc.exact import shown
from cnncalc.record import NamedTuple
from cnncalc.vocabulary import reading
from cnncalc.vocabulary.layer_type import REQUIRED as REQUIRED
from cnncalc.vocabulary.layer_type import LayerField
from cnncalc.vocabulary.layer_type import base as base
from cnncalc.vocabulary.reading import PADDING_WORDS, Refused
from cnncalc.vocabulary.values import SIDES, Padding, PerAxis, Value

if TYPE_CHECKING:
    from cnncalc.vocabulary.layer import Layer


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
    # A usual value, for the help where the field is missing; empty if there is none.
    example: str = ""


def declare(
    kind: Kind, default: Any, doc: str, letter: str, main: bool, same_as: str = "", example: str = ""
) -> Any:
    return LayerField(default, Stated(kind, doc, letter, main, same_as, example))


def integer(
    default: Any, doc: str, *, low: int = 1, letter: str = "", main: bool = False, example: int = 2
) -> Any:
    """A whole number from `low`."""
    kind = Kind(
        "integer", f"a whole number, {low} or more", lambda value: reading.integer(value, low), low=low
    )
    return declare(kind, default, doc, letter, main, example=str(example if low else 0))


def per_axis(
    default: Any, doc: str, *, low: int = 1, letter: str = "", main: bool = False, of_part: str = ""
) -> Any:
    """A whole number from `low` for every spatial axis, or a list of one for each.

    `of_part` is the field for a part of a size, for the help for a number between 0 and 1.
    """

    def read(value: Value) -> PerAxis:
        if of_part and isinstance(value, float) and 0 < value < 1:
            raise Refused(shown(value), f"for a part of the size write `{of_part}: {shown(value)}` instead")
        return reading.per_axis(value, low)

    kind = Kind(
        "per axis",
        f"a whole number, {low} or more, or a list with one for each axis ([height, width])",
        read,
        low=low,
    )
    return declare(kind, default, doc, letter, main, example="3")


def factors(default: Any, doc: str, *, low: int = 1, main: bool = False) -> Any:
    """A number by which axes grow, from 1 or (`low` 0) above 0, for every spatial axis, or a list of one for each."""
    kind = Kind(
        "factor per axis",
        f"a number {'of at least 1' if low else 'above 0'}, or a list with one for each axis ([height, width])",
        lambda value: reading.factors(value, low),
        low=low or None,
    )
    return declare(kind, default, doc, "", main, example="2")


def dilation() -> Any:
    """The distance between two kernel elements. 0, which the course notes write for no gaps, is an error with a fix."""
    kind = per_axis(1, "").stated.kind._replace(read=reading.dilation)
    doc = "distance between two kernel elements; 1 means no gaps (the course notes call this 0)"
    return declare(kind, 1, doc, "", False)


def padding(
    default: Any, doc: str, *, main: bool = False, by_window: bool = True, causal: bool = True
) -> Any:
    """Padding as in a spec: a number, a list, sides, or (if there is a window) a word; `causal` is one of them."""
    numbers = "a whole number of 0 or more, a list with one for each axis"
    if by_window:
        choices = PADDING_WORDS if causal else PADDING_WORDS[:-1]

        def read(value: Value) -> Padding:
            if value == "causal" and not causal:
                raise Refused("causal: padding is removed here, and causal padding is added")
            return reading.padding(value)

        words = f"{numbers}, {{{', '.join(SIDES)}}}, {', '.join(choices[:-1])} or {choices[-1]}"
        kind = Kind("padding", words, read, low=0, choices=choices)
    else:
        words = f"{numbers}, or {{{', '.join(SIDES)}}}"
        kind = Kind("padding", words, reading.plain_padding, low=0)
    return declare(kind, default, doc, "P", main, example="1")


def number(
    default: Any, doc: str, *, low: float | None = None, high: float | None = None, main: bool = False
) -> Any:
    """A number within bounds, both included."""
    bounds = {
        (False, False): "",
        (True, False): f" of at least {low:g}" if low is not None else "",
        (False, True): f" up to {high:g}" if high is not None else "",
        (True, True): f" from {low:g} to {high:g}" if low is not None and high is not None else "",
    }[low is not None, high is not None]
    kind = Kind(
        "number", f"a number{bounds}", lambda value: reading.number(value, low, high), low=low, high=high
    )
    return declare(kind, default, doc, "", main, example="0.5")


def standardization(default: Any, doc: str) -> Any:
    """True or false, or a mapping of settings."""
    words = "true, false, or {gain: true, gamma: 1, eps: 1e-6}"
    return declare(Kind("standardization", words, reading.standardization), default, doc, "", False)


def flag(default: Any, doc: str) -> Any:
    """True or false."""
    return declare(Kind("flag", "true or false", reading.flag), default, doc, "", False)


def another_word(name: str, field: Any) -> Any:
    """A field that is another word for the field `name`: a spec may give only one of them."""
    declared: Stated = field.stated
    return declare(declared.kind, None, declared.doc, "", False, same_as=name)


@cache
def stated(layer: "type[Layer]") -> dict[str, tuple[Stated, Any]]:
    """The fields of a layer type in order: name -> declaration and default (`REQUIRED` if there is none)."""
    return {
        name: (field.stated, field.default)
        for name, field in layer.declared.items()
        if field.stated is not None
    }


@cache
def another_words(layer: "type[Layer]") -> dict[str, str]:
    """The fields of a layer type that are another word for a field: name -> the name of that field."""
    return {name: declared.same_as for name, (declared, _) in stated(layer).items() if declared.same_as}


@cache
def main_field(layer: "type[Layer]") -> str | None:
    """The field that a scalar sets: `conv: 64` sets filters."""
    return next((name for name, (declared, _) in stated(layer).items() if declared.main), None)

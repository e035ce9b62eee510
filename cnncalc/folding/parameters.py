"""The parameters of a block: from the values that its uses have to as few numbers as possible.

A hole that has one value in all uses is a constant. A number of channels that is always the same multiple of the
channels that enter is `$in.channels * n`. A hole that is always the same multiple of a parameter is that. All others
are parameters.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from cnncalc.folding.conditions import condition, fill_gaps, is_rate_hole
from cnncalc.folding.elements import Call, Join, Layer
from cnncalc.folding.names import free
from cnncalc.folding.parameter_names import ONES, parameter_names
from cnncalc.folding.plain import defaults
from cnncalc.folding.residuals import IDENTITY, OPTIONAL, PROJECT
from cnncalc.folding.shipped import Shipped
from cnncalc.folding.skeletons import ABSENT, SHORTCUT, WHEN, Hole
from cnncalc.shape import Shape

# The largest factor in an expression.
LARGEST = 64
ENTERING = "channels"


@dataclass(slots=True)
class Parameters:
    """The parameters of a block: the values in each use by name, the defaults, and the text of each hole."""

    values: dict[str, list[Any]] = field(default_factory=dict)
    channels: set[str] = field(default_factory=set)
    defaults: dict[str, Any] = field(default_factory=dict)
    texts: list[Any] = field(default_factory=list)
    # For each parameter the hole of the first use that it fills.
    holes: dict[str, Hole] = field(default_factory=dict)
    # The highest value of parameters that say how often a layer drops what it reads.
    rates: dict[str, float] = field(default_factory=dict)

    def arguments(self, use: int) -> dict[str, tuple[Any, bool]]:
        """The arguments of one use, each with whether it is a number of channels."""
        return {name: (values[use], name in self.channels) for name, values in self.values.items()}

    def declared(self) -> dict[str, Any]:
        """What stands under `params`: those without a default first."""
        names = [name for name in self.values if name not in self.defaults]
        names += [name for name in self.values if name in self.defaults]
        given = {name: self.defaults.get(name, "required") for name in names}
        return {**given, **{name: value for name, value in self.defaults.items() if name not in given}}


def parameters(uses: Sequence[Call], holes: Sequence[Sequence[Hole]]) -> Parameters:
    """The parameters of a block with these uses; `holes` are those of each use, in one order."""
    block = Parameters()
    entering = [use.entering for use in uses]
    for column in zip(*holes, strict=True):
        block.texts.append(_text(column, entering, block))
    fill_gaps(block)
    return _renamed(block, uses)


def of_shipped(uses: Sequence[Shipped]) -> Parameters:
    """The parameters of a shipped block, with the arguments of all of its uses."""
    names = uses[0].arguments
    return Parameters(
        values={name: [use.arguments[name][0] for use in uses] for name in names},
        channels={name for name in names if names[name][1]},
        defaults=dict(uses[0].usual),
    )


def _renamed(block: Parameters, uses: Sequence[Call]) -> Parameters:
    """The parameters with names that a person would give them."""
    names = parameter_names(block.values, block.channels, block.holes, block.defaults, uses)
    texts = [
        re.sub(r"\$(\w+)", lambda match: f"${names.get(match[1], match[1])}", text)
        if isinstance(text, str)
        else text
        for text in block.texts
    ]
    return Parameters(
        values={names[name]: values for name, values in block.values.items()},
        channels={names[name] for name in block.channels},
        defaults={names.get(name, name): value for name, value in block.defaults.items()},
        texts=texts,
        rates={
            names[name]: max(values)
            for name, values in block.values.items()
            if is_rate_hole(block.holes[name])
        },
    )


def _text(column: Sequence[Hole], entering: Sequence[Shape | None], block: Parameters) -> Any:
    values = [hole.value for hole in column]
    first = column[0]
    if first.field == WHEN:
        return condition(first, values, block)
    if first.field == SHORTCUT and isinstance(first.element, Join):
        return _shortcut(values, block)
    has = [index for index, value in enumerate(values) if value is not ABSENT]
    known = [values[index] for index in has]
    if all(type(value) is type(known[0]) and value == known[0] for value in known):
        return known[0]
    for name, others in block.values.items():
        alike = (first.channels and name in block.channels) or first.field == block.holes[name].field
        if alike and known == [others[index] for index in has]:
            return f"${name}"
    if first.channels:
        for name, others in block.values.items():
            if name in block.channels and (factor := ratio(known, [others[index] for index in has])):
                return times(f"${name}", factor)
    inner, outer = (
        [shapes[index] for index in has] for shapes in ([hole.entering for hole in column], entering)
    )
    for shapes, word in ((inner, None), (outer, ENTERING)):
        factor = ratio(known, [shape.channels if shape else None for shape in shapes])
        fits = factor and (first.channels or factor == 1) and word not in block.values
        if factor and fits and (size := _size(shapes)):
            if word is not None:
                block.defaults[word] = size
            return times(f"${word}" if word else size, factor)
    name = free(first.field.rpartition(".")[2], {*block.values, *block.defaults})
    block.values[name] = values
    block.holes[name] = first
    if first.channels:
        block.channels.add(name)
    if (not first.channels or first.field in ONES) and (usual := _usual(first, known)) is not None:
        block.defaults[name] = usual
    return f"${name}"


def _size(shapes: Sequence[Shape | None]) -> str | None:
    """The word for the channels of shapes: those of features have another one."""
    ranks = {bool(shape.rank) for shape in shapes if shape is not None}
    return None if len(ranks) != 1 else "$in.channels" if ranks == {True} else "$in.features"


def _shortcut(values: Sequence[Any], block: Parameters) -> str:
    """The shortcut of a residual: the word that is right for all uses, or a parameter where some uses add nothing."""
    word = next((word for word in (OPTIONAL, PROJECT) if word in values), IDENTITY)
    if False not in values:
        return word
    name = free(SHORTCUT, {*block.values, *block.defaults})
    block.values[name] = [False if value is False else word for value in values]
    block.holes[name] = Hole(Call("", "", [], "", "", 0, None, None), SHORTCUT, word, None, False)
    block.defaults[name] = word
    return f"${name}"


def ratio(values: Sequence[Any], others: Sequence[Any]) -> Fraction | None:
    """The factor that gives all values from the others, if there is a simple one."""
    if not all(
        isinstance(value, int) and isinstance(other, int) and other
        for value, other in zip(values, others, strict=True)
    ):
        return None
    factors = {Fraction(value, other) for value, other in zip(values, others, strict=True)}
    if len(factors) > 1:
        return None
    (factor,) = factors
    simple = (
        min(factor.numerator, factor.denominator) == 1
        and max(factor.numerator, factor.denominator) <= LARGEST
    )
    return factor if simple else None


def times(text: str, factor: Fraction) -> str:
    """The product of an expression and a factor: `$width * 4`, `$width / 2`, `$width`."""
    if factor == 1:
        return text
    return f"{text} * {factor.numerator}" if factor.denominator == 1 else f"{text} / {factor.denominator}"


def _usual(hole: Hole, values: Sequence[Any]) -> Any:
    """The default of a parameter: that of the field if a use has it, else the value that most uses have."""
    if isinstance(hole.element, Layer) and hole.field in ONES:
        default = defaults(hole.element.type).get(hole.field)
        if any(value == default for value in values):
            return default
    (value, count), *_ = Counter(map(repr, values)).most_common(1)
    if count * 2 > len(values):
        return next(item for item in values if repr(item) == value)
    return None


def given(arguments: Mapping[str, Any], usual: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that a use has to write: those that are not the defaults."""
    return {
        name: value
        for name, value in arguments.items()
        if name not in usual or repr(usual[name]) != repr(value)
    }

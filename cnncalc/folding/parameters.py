"""The parameters of a block: from the values that its uses have to as few numbers as possible.

A hole that has one value in all uses is a constant. A number of channels that is always the same multiple of the channels
that enter is `$in.channels * n`. A hole that is always the same multiple of a parameter is that. All others are parameters.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from cnncalc.folding.elements import Call, Layer
from cnncalc.folding.names import free, is_word, snake
from cnncalc.folding.plain import defaults
from cnncalc.folding.shipped import Shipped
from cnncalc.folding.skeletons import Hole

# The largest factor in an expression.
LARGEST = 64
ENTERING = "channels"
# From this number on, parameters of channels have the names of modules.
MANY = 3


@dataclass(slots=True)
class Parameters:
    """The parameters of a block: the values in each use by name, the defaults, and the text of each hole."""

    values: dict[str, list[Any]] = field(default_factory=dict)
    channels: set[str] = field(default_factory=set)
    defaults: dict[str, Any] = field(default_factory=dict)
    texts: list[Any] = field(default_factory=list)
    # For each parameter the hole of the first use that it fills.
    holes: dict[str, Hole] = field(default_factory=dict)

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
    found = Parameters()
    entering = [use.entering.channels if use.entering else None for use in uses]
    for column in zip(*holes, strict=True):
        found.texts.append(_text(column, entering, found))
    return _renamed(found, uses)


def of_shipped(uses: Sequence[Shipped]) -> Parameters:
    """The parameters of a shipped block, with the arguments of all of its uses."""
    names = uses[0].arguments
    return Parameters(
        values={name: [use.arguments[name][0] for use in uses] for name in names},
        channels={name for name in names if names[name][1]},
        defaults=dict(uses[0].usual),
    )


def _renamed(found: Parameters, uses: Sequence[Call]) -> Parameters:
    """The parameters with names that say which numbers of channels they are.

    `filters` is the channels of the block's output. Of others, a single one is the `width`; several have the names
    of the modules.
    """
    leaving = [use.leaving.channels if use.leaving else None for use in uses]
    others = [name for name in found.values if name in found.channels and found.values[name] != leaving]
    names: dict[str, str] = {}
    taken = {name for name in found.values if name not in found.channels} | {*found.defaults}
    for name in found.values:
        if name not in found.channels:
            names[name] = name
            continue
        hole = found.holes[name]
        if found.values[name] == leaving:
            word = "filters"
        elif isinstance(hole.element, Call) and hole.field not in ("filters", "width"):
            word = hole.field
        elif len(others) < MANY:
            word = "width"
        else:
            word = _module(hole, uses[0]) or "width"
        names[name] = free(word, taken)
        taken.add(names[name])
    texts = [
        re.sub(r"\$(\w+)", lambda match: f"${names.get(match[1], match[1])}", text) if isinstance(text, str) else text
        for text in found.texts
    ]
    return Parameters(
        values={names[name]: values for name, values in found.values.items()},
        channels={names[name] for name in found.channels},
        defaults={names.get(name, name): value for name, value in found.defaults.items()},
        texts=texts,
    )


def _module(hole: Hole, use: Call) -> str | None:
    """The path of a layer's module inside the block, as a name: `branch2_0`."""
    path = hole.element.path if isinstance(hole.element, Call) else ""
    if isinstance(hole.element, Layer) and hole.element.scopes:
        path = hole.element.scopes[-1].path
    inside = path.removeprefix(f"{use.path}.")
    if inside == path or not use.path:
        return None
    word = snake(inside.replace(".", "_").split("_conv")[0])
    return word if word.isidentifier() and not is_word(word) else None


def _text(column: Sequence[Hole], entering: Sequence[int | None], found: Parameters) -> Any:
    values = [hole.value for hole in column]
    first = column[0]
    if all(type(value) is type(values[0]) and value == values[0] for value in values):
        return values[0]
    for name, others in found.values.items():
        alike = first.channels and name in found.channels or first.field == found.holes[name].field
        if alike and values == others:
            return f"${name}"
    if first.channels:
        for name, others in found.values.items():
            if name in found.channels and (factor := ratio(values, others)):
                return times(f"${name}", factor)
        if factor := ratio(values, [hole.entering for hole in column]):
            return times("$in.channels", factor)
        if factor := ratio(values, entering):
            found.defaults[ENTERING] = "$in.channels"
            return times(f"${ENTERING}", factor)
    name = _name(first, found)
    found.values[name] = values
    found.holes[name] = first
    if first.channels:
        found.channels.add(name)
    elif (usual := _usual(first, values)) is not None:
        found.defaults[name] = usual
    return f"${name}"


def ratio(values: Sequence[Any], others: Sequence[Any]) -> Fraction | None:
    """The factor that gives all values from the others, if there is a simple one."""
    if not all(isinstance(value, int) and isinstance(other, int) and other for value, other in zip(values, others, strict=True)):
        return None
    factors = {Fraction(value, other) for value, other in zip(values, others, strict=True)}
    if len(factors) > 1:
        return None
    (factor,) = factors
    simple = min(factor.numerator, factor.denominator) == 1 and max(factor.numerator, factor.denominator) <= LARGEST
    return factor if simple else None


def times(text: str, factor: Fraction) -> str:
    """The product of an expression and a factor: `$width * 4`, `$width / 2`, `$width`."""
    if factor == 1:
        return text
    return f"{text} * {factor.numerator}" if factor.denominator == 1 else f"{text} / {factor.denominator}"


def _name(hole: Hole, found: Parameters) -> str:
    name = hole.field
    taken = {*found.values, *found.defaults}
    number = 2
    while name in taken:
        name = f"{hole.field}{number}"
        number += 1
    return name


def _usual(hole: Hole, values: Sequence[Any]) -> Any:
    """The default of a parameter: that of the field if a use has it, else the value that most uses have."""
    if isinstance(hole.element, Layer) and hole.field in ("stride", "dilation"):
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

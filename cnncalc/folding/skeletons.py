"""The skeleton of a part of a network: what two parts must have in common to be one block.

Numbers are no part of it, and neither are activations without arguments: they are holes, which become parameters of
the block, or expressions, or constants if they are equal in all of its uses.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

from cnncalc.folding.elements import Call, Element, Join, Layer, is_absent
from cnncalc.folding.plain import defaults
from cnncalc.folding.residuals import residual
from cnncalc.folding.sugar import takes_sugar
from cnncalc.layers import layer_type
from cnncalc.shape import Shape
from cnncalc.text.arithmetic import Misfit, exact

# What a number of channels follows from is often the channels that enter.
CHANNELS = frozenset(("filters", "units", "groups"))
NONE = "none"
SHORTCUT = "shortcut"
# The hole that says whether a use has an element, and what its other holes have where it does not.
WHEN = "when"


class Absent:
    """The value of a hole of a layer that a use of a block does not have."""

    def __repr__(self) -> str:
        return "absent"


ABSENT = Absent()
# What the names of a norm's fields begin with among those of its layer.
NORM_FIELD = "norm."


class Hole(NamedTuple):
    """A value in one use of a block: which element has it as which field, and the shape that enters the element.

    `channels` says that it is a number of channels. The value of a `shortcut` is a word, or false where shapes agree
    and nothing is added. That of `when` says whether the use has the element: where not, its other holes are `ABSENT`.
    """

    element: Element
    field: str
    value: Any
    entering: Shape | None
    channels: bool


class Skeletons:
    """Skeletons as numbers: equal numbers are equal skeletons. `numbered` gives also the holes, in a fixed order."""

    def __init__(self) -> None:
        self._numbers: dict[object, int] = {}
        self.of_call: dict[int, int] = {}
        # The arguments of calls whose block has parameters.
        self.arguments: dict[int, Mapping[str, tuple[Any, bool]]] = {}

    def numbered(self, call: Call) -> tuple[int, list[Hole]]:
        """The skeleton of a call's body, and its holes."""
        holes: list[Hole] = []
        # What is in an absent call is part of another one.
        entry = call.body[0].reads[0] if call.absent else call.entry
        indices: dict[str, object] = {other: ("other", place) for place, other in enumerate(call.others)}
        indices[entry] = "in"
        key = self._list(call.body, entry, indices, holes)
        return self._number((call.kind, key)), holes

    def copy(self, call: Element, other: Element) -> None:
        """Let a call have the skeleton of another one, which it is a copy of."""
        if id(call) in self.of_call:
            self.of_call[id(other)] = self.of_call[id(call)]

    def alike(self, layer: Layer, other: Layer) -> bool:
        """Whether two layers differ in nothing but their holes."""
        return self._layer(layer, []) == self._layer(other, [])

    def _number(self, key: object) -> int:
        return self._numbers.setdefault(key, len(self._numbers))

    def _list(
        self, elements: Sequence[Element], before: str, indices: dict[str, object], holes: list[Hole]
    ) -> int:
        keys: list[object] = []
        for element in elements:
            reads = tuple(
                "prev" if value == before else indices.get(value, ("outside", value))
                for value in element.reads
            )
            start = len(holes)
            if isinstance(element, Join):
                key: object = self._join(element, indices, holes)
            elif isinstance(element, Call):
                holes.extend(self._holes_of(element))
                key = self.of_call[id(element)]
            else:
                owner = indices.get(f"weights of {element.shares}")
                key = (self._layer(element, holes), owner)
                indices.update({f"weights of {node}": len(indices) for node in element.nodes})
            keys.append((key, reads))
            missing = is_absent(element)
            if missing:
                holes[start:] = [hole._replace(value=ABSENT) for hole in holes[start:]]
            holes.append(Hole(element, WHEN, not missing, None, False))
            indices[f"nothing {len(indices)}" if missing else element.value] = len(indices)
            before = element.value
        return self._number(tuple(keys))

    def _join(self, join: Join, indices: dict[str, object], holes: list[Hole]) -> object:
        parts = residual(join)
        if parts is not None:
            body = self._list(parts.body, join.entry, indices, holes)
            if isinstance(parts.shortcut, str):
                agree = join.alone and join.entering == join.leaving
                value = False if agree else parts.shortcut
                holes.append(Hole(join, SHORTCUT, value, join.entering, False))
                return ("residual", body)
            return ("residual", body, self._list(parts.shortcut, join.entry, indices, holes))
        branches = tuple(self._list(branch, join.entry, indices, holes) for branch in ordered(join))
        return (self._layer(join.layer, holes), branches)

    def _holes_of(self, call: Call) -> Iterable[Hole]:
        for name, (value, channels) in self.arguments.get(id(call), {}).items():
            yield Hole(call, name, value, call.entering, channels)

    def _layer(self, layer: Layer, holes: list[Hole]) -> object:
        fields = complete(layer)
        fixed: list[tuple[str, str]] = []
        open_fields: list[str] = []
        for name in sorted(fields, key=lambda name: (name not in CHANNELS, name)):
            value = fields[name]
            if _is_hole(name, value):
                holes.append(Hole(layer, name, value, layer.entering, name in CHANNELS))
                open_fields.append(name)
            else:
                fixed.append((name, repr(value)))
        norm, arguments = layer.norm or (NONE, {})
        for name, value in sorted(arguments.items()):
            if _is_hole(name, value):
                # What enters a norm is not what enters its layer: it has no `$in`.
                holes.append(Hole(layer, f"{NORM_FIELD}{name}", value, None, name in CHANNELS))
                open_fields.append(f"{NORM_FIELD}{name}")
            else:
                fixed.append((f"{NORM_FIELD}{name}", repr(value)))
        return (layer.type, tuple(fixed), tuple(open_fields), layer.bias, norm, repr(layer.controls))


def ordered(join: Join) -> list[list[Element]]:
    """The branches of a join; where their order is no matter, the empty one first."""
    if not layer_type(join.layer.type).commutes or len(join.branches) != 2:
        return join.branches
    return sorted(join.branches, key=len) if not all(join.branches) else join.branches


def complete(layer: Layer) -> dict[str, Any]:
    """The fields of a layer with numbers that are left out because they are defaults, and with its activation."""
    fields = {**_usual_numbers(layer.type), **layer.fields}
    if takes_sugar(layer.type):
        kind, given = layer.act or (NONE, {})
        fields["act"] = {kind: given} if given else kind
    return fields


@cache
def _usual_numbers(type: str) -> dict[str, Any]:
    """The fields of a layer type with a number as their default."""
    return {name: value for name, value in defaults(type).items() if _is_number(value)}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_hole(name: str, value: Any) -> bool:
    if name == "act":
        return isinstance(value, str)
    if isinstance(value, list):
        return all(map(_is_argument, value))
    return _is_argument(value)


def _is_argument(value: Any) -> bool:
    """Whether a value is a number that can be an argument of a block: some have too many digits to be evaluated."""
    return _is_number(value) and _is_exact(value)


@lru_cache(4096, typed=True)
def _is_exact(number: float) -> bool:
    try:
        exact(number)
    except Misfit:
        return False
    return True

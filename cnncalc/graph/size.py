"""The least number of layers of a spec, counted before any is created: a mistake in a `repeat` costs nothing."""

from collections.abc import Mapping
from typing import Any

from cnncalc.exact import counted
from cnncalc.graph.growing import Growing
from cnncalc.graph.scope import Scope
from cnncalc.record import NamedTuple
from cnncalc.spec import (
    UNREADABLE,
    BlockItem,
    Item,
    MergeItem,
    ResidualItem,
    SequenceItem,
    Spec,
    UnreadableValue,
    ValueExpr,
)
from cnncalc.spec.cycles import every
from cnncalc.text import ExpressionError

# How many uses of blocks with different arguments are counted before the count stops.
EFFORT = 5_000
# How many lists and mappings have their text cached.
KEPT = 100
# How many items may be read for each possible layer: `when` and `only` leave some out.
LOOKS = 4


class _Unknown(Exception):
    pass


class Size(NamedTuple):
    """The number of layers, and the number of items that are read for them: some are left out, some are empty."""

    layers: int
    items: int

    def times(self, count: int) -> "Size":
        return Size(count * self.layers, count * self.items)

    def plus(self, other: "Size") -> "Size":
        return Size(self.layers + other.layers, self.items + other.items)


class Least:
    """Lower bounds of expansions. An item that depends on shapes or repetitions counts as one without layers."""

    def __init__(self, spec: Spec, network_values: Mapping[str, Any], mode: str) -> None:
        self._spec, self._network_values, self._mode = spec, network_values, mode
        self._known: dict[tuple[Any, ...], Size] = {}
        self._deciding: dict[str, frozenset[str]] = {}
        # Lists and mappings with their texts; they are kept so that no other value gets their identity.
        self._spellings: dict[int, tuple[Any, str]] = {}
        # Whether there were too many to count.
        self.gave_up = False

    def of(self, items: tuple[Item, ...], parameters: Mapping[str, Any], depth: int = 0) -> Size:
        """The least size of items."""
        size = Size(0, 0)
        for item in items:
            size = size.plus(self.repeated(item, parameters, depth))
        return size

    def repeated(self, item: Item, parameters: Mapping[str, Any], depth: int = 0) -> Size:
        """The size of an item with its repetitions."""
        controls = item.controls
        if controls.only is not None and controls.only != self._mode:
            return Size(0, 1)
        if controls.when is not None and self._value(controls.when, parameters) is not True:
            return Size(0, 1)
        count = 1 if controls.repeat is None else self._value(controls.repeat, parameters)
        if not isinstance(count, int):
            return Size(0, 1)
        return self.several(item, count, parameters, depth)

    def several(self, item: Item, count: int, parameters: Mapping[str, Any], depth: int = 0) -> Size:
        """The size of these repetitions of an item; the first one counts as empty if `first` changes it."""
        if isinstance(item, BlockItem) and item.first is not None:
            count -= 1
        return self.once(item, parameters, depth).times(max(0, count))

    def once(self, item: Item, parameters: Mapping[str, Any], depth: int = 0) -> Size:
        """The size of one repetition of an item."""
        if depth > 64:
            return Size(0, 1)
        match item:
            case BlockItem():
                return self._block(item, parameters, depth)
            case SequenceItem():
                return self.of(item.items, parameters, depth + 1).plus(Size(0, 1))
            case ResidualItem():
                shortcut = item.shortcut if isinstance(item.shortcut, tuple) else ()
                return self.of((*item.body, *shortcut), parameters, depth + 1).plus(Size(0, 1))
            case MergeItem():
                branches = [item for operand in item.operands for item in operand.branch or ()]
                return self.of(tuple(branches), parameters, depth + 1).plus(Size(1, 1))
        return Size(1, 1)

    def _value(self, given: ValueExpr, parameters: Mapping[str, Any]) -> Any:
        def lookup(name: str) -> Any:
            value = parameters.get(name, self._network_values.get(name))
            if value is None or value is UNREADABLE:
                raise _Unknown
            return value

        try:
            return given.evaluate(lookup)
        except (_Unknown, UnreadableValue, ExpressionError):
            return None

    def _block(self, item: BlockItem, parameters: Mapping[str, Any], depth: int) -> Size:
        block = self._spec.blocks[item.block]
        deciding = self._decides(item.block, depth)
        own: dict[str, Any] = {}
        for name, parameter in block.parameters.items():
            if name not in deciding:
                continue
            if (given := item.call.computed.get(name)) is not None:
                own[name] = self._value(given, parameters)
            elif parameter.default is not None:
                own[name] = self._value(parameter.default, own)
        key = (item.block, *own, *map(self._spelt, own.values()))
        if key not in self._known:
            self.gave_up = self.gave_up or len(self._known) >= EFFORT
            inside = Size(0, 0) if self.gave_up else self.of(block.items, own, depth + 1)
            self._known[key] = inside.plus(Size(0, 1))
        return self._known[key]

    def _spelt(self, value: Any) -> str:
        """A value as text. The text of a long list is cached: many uses of a block may have the same list."""
        if not isinstance(value, tuple | dict):
            return repr(value)
        known = self._spellings.get(id(value))
        if known is not None:
            return known[1]
        spelt = repr(value)
        if len(self._spellings) < KEPT:
            self._spellings[id(value)] = value, spelt
        return spelt

    def _decides(self, name: str, depth: int) -> frozenset[str]:
        """The parameters that the size of a block depends on: uses that differ only in others have the same size."""
        block = self._spec.blocks[name]
        if depth > 64:
            return frozenset(block.parameters)
        if name not in self._deciding:
            words: set[str] = set()
            for item in every(block.items):
                controls = item.controls
                words.update(
                    *(given.words for given in (controls.repeat, controls.when) if given is not None)
                )
                if isinstance(item, BlockItem):
                    inner = self._decides(item.block, depth + 1)
                    calls = [call.computed for call in (item.call, item.first) if call is not None]
                    words.update(*(given[key].words for given in calls for key in inner if key in given))
            for parameter in reversed(tuple(block.parameters.values())):
                if parameter.name in words and parameter.default is not None:
                    words |= parameter.default.words
            self._deciding[name] = frozenset(words & block.parameters.keys())
        return self._deciding[name]


class SizeLimit:
    """Stops an expansion that exceeds its limit of layers, if possible before they are created."""

    def __init__(self, growing: Growing, least: Least) -> None:
        self._growing, self._least = growing, least
        self._looked_at = 0
        self._most_looks = LOOKS * growing.max_nodes
        # Whether the count before the expansion is already too large: then every item is checked.
        self.suspect = self._excessive(least.of(growing.spec.items, {})) or least.gave_up

    def look(self, item: Item, scope: Scope) -> None:
        """Count an item that is read. Raises `TooMany`."""
        self._looked_at += 1
        if self._looked_at > self._most_looks:
            message = f"{self._looked_at - 1:,} items were read, and most are not layers"
            self._growing.too_many(item.span, message, scope)

    def foresee(self, item: Item, count: int, scope: Scope) -> None:
        """Compare the size of these repetitions of an item with the limit. Raises `TooMany`."""
        size = self._least.several(item, count, scope.parameters)
        total = len(self._growing.nodes) + size.layers
        span = item.controls.repeat.span if item.controls.repeat else item.span
        if self._least.gave_up:
            message = f"blocks are used with more than {EFFORT:,} different arguments that decide their size"
            self._growing.too_many(span, message, scope)
        if not self._excessive(Size(total, self._looked_at + size.items)):
            return
        message = f"this makes at least {counted(total, 'layer')}"
        if total <= self._growing.max_nodes:
            message = f"this makes {size.items:,} items to read, and most are not layers"
        self._growing.too_many(span, message, scope)

    def _excessive(self, size: Size) -> bool:
        return size.layers > self._growing.max_nodes or size.items > self._most_looks

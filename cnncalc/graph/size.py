"""How many layers a spec must at least expand to, counted before any is made: a slip in a `repeat` costs nothing."""

from collections.abc import Mapping
from typing import Any

from cnncalc.spec import BlockItem, Given, Item, LayerItem, MergeItem, ResidualItem, SequenceItem, Spec
from cnncalc.text import ExpressionError

# Block uses looked into before the count gives up (and says what it has: a lower bound all the same).
EFFORT = 10_000


class _Unknown(Exception):
    pass


class Least:
    """Lower bounds of expansions. What depends on shapes or repetitions counts as nothing."""

    def __init__(self, spec: Spec, knobs: Mapping[str, Any], mode: str) -> None:
        self._spec, self._knobs, self._mode = spec, knobs, mode
        self._known: dict[tuple[Any, ...], int] = {}
        self._effort = EFFORT

    def of(self, items: tuple[Item, ...], parameters: Mapping[str, Any], depth: int = 0) -> int:
        """The least number of layers that items expand to."""
        return sum(self.repeated(item, parameters, depth) for item in items)

    def repeated(self, item: Item, parameters: Mapping[str, Any], depth: int = 0) -> int:
        """An item with its repetitions."""
        told = item.controls
        if told.when is not None or (told.only is not None and told.only != self._mode):
            return 0
        count = 1 if told.repeat is None else self._value(told.repeat, parameters)
        if not isinstance(count, int):
            return 0
        if isinstance(item, LayerItem | BlockItem) and item.first is not None:
            count -= 1
        return count * self.once(item, parameters, depth) if count > 0 else 0

    def once(self, item: Item, parameters: Mapping[str, Any], depth: int = 0) -> int:
        """One repetition of an item."""
        if depth > 64:
            return 0
        match item:
            case BlockItem():
                return self._block(item, parameters, depth)
            case SequenceItem():
                return self.of(item.items, parameters, depth + 1)
            case ResidualItem():
                shortcut = item.shortcut if isinstance(item.shortcut, tuple) else ()
                return self.of((*item.body, *shortcut), parameters, depth + 1)
            case MergeItem():
                branches = (operand.branch for operand in item.operands if operand.branch)
                return 1 + sum(self.of(branch, parameters, depth + 1) for branch in branches)
        return 1

    def _value(self, given: Given, parameters: Mapping[str, Any]) -> Any:
        def lookup(name: str) -> Any:
            value = parameters.get(name, self._knobs.get(name))
            if value is None:
                raise _Unknown
            return value

        try:
            return given.evaluate(lookup)
        except (_Unknown, ExpressionError):
            return None

    def _block(self, item: BlockItem, parameters: Mapping[str, Any], depth: int) -> int:
        block = self._spec.blocks[item.block]
        own: dict[str, Any] = {}
        for name, parameter in block.parameters.items():
            if (given := item.call.computed.get(name)) is not None:
                own[name] = self._value(given, parameters)
            elif parameter.default is not None:
                own[name] = self._value(parameter.default, own)
        key = (item.block, repr(own))
        if key not in self._known:
            self._effort -= 1
            self._known[key] = self.of(block.items, own, depth + 1) if self._effort > 0 else 0
        return self._known[key]

"""The configuration of one Keras layer: its values with their types checked."""

from typing import Any

from cnncalc.diagnostic import Span
from cnncalc.importers import faults
from cnncalc.importers.building import Building
from cnncalc.spec import nearest
from cnncalc.text import Mapping, Node, Scalar, Sequence, escaped

MOST = 10**9


class BadKerasLayer(Exception):
    """A layer that cannot be read; it is reported."""


def entry(node: "Node | None", *path: str) -> Node | None:
    """The value at a path of keys; None if it is not there."""
    for name in path:
        if not isinstance(node, Mapping):
            return None
        item = node.get(name)
        node = None if item is None else item.value
    return node


def text(node: "Node | None", default: str = "") -> str:
    """A text; the default for anything else."""
    return node.value if isinstance(node, Scalar) and isinstance(node.value, str) else default


def is_null(node: "Node | None") -> bool:
    return node is None or (isinstance(node, Scalar) and node.value is None)


class KerasConfig:
    """A layer's `config`, with the building that its errors are reported to."""

    def __init__(self, node: "Node | None", kind: str, span: Span, building: Building) -> None:
        self.node, self.kind, self.span, self.building = node, kind, span, building

    def at(self, name: str) -> Node | None:
        node = entry(self.node, name)
        return None if is_null(node) else node

    def bad(self, name: str, words: str) -> BadKerasLayer:
        node = self.at(name)
        shown = escaped(node.raw) if isinstance(node, Scalar) else "a list" if node is not None else "nothing"
        self.building.fault(
            faults.BAD_VALUE,
            self.span if node is None else node.span,
            f"`{name}` of `{escaped(self.kind)}` must be {words}, not `{shown}`",
        )
        return BadKerasLayer()

    def number(self, name: str, default: int | None = None, *, low: int = 0) -> int:
        node = self.at(name)
        if node is None:
            if default is None:
                self.building.fault(faults.MISSING_VALUE, self.span, f"`{escaped(self.kind)}` needs `{name}`")
                raise BadKerasLayer
            return default
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= MOST:
            raise self.bad(name, f"a whole number from {low}")
        return value

    def decimal(self, name: str, default: float) -> float:
        node = self.at(name)
        if node is None:
            return default
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e30:
            raise self.bad(name, "a number")
        return value

    def flag(self, name: str, default: bool) -> bool:
        node = self.at(name)
        if node is None:
            return default
        if not isinstance(node, Scalar) or not isinstance(node.value, bool):
            raise self.bad(name, "true or false")
        return node.value

    def word(self, name: str, default: str, known: tuple[str, ...]) -> str:
        node = self.at(name)
        if node is None:
            return default
        word = text(node).lower()
        if word not in known:
            close = nearest(word, known) if word else None
            raise self.bad(
                name, f"one of {', '.join(known)}" + (f" (did you mean {close}?)" if close else "")
            )
        return word

    def numbers(self, name: str, *, low: int = 0) -> list[Any] | None:
        """A list of whole numbers, also in lists; one number is a list of it. None if it is not there."""
        node = self.at(name)
        if node is None:
            return None
        values = _numbers(node, low)
        if values is None:
            raise self.bad(name, f"a list of whole numbers from {low}")
        return values if isinstance(values, list) else [values]

    def sizes(self, name: str, rank: int, default: int, *, low: int = 1) -> int | list[int]:
        """A size for each spatial axis."""
        values = self.numbers(name, low=low)
        if values is None:
            return default
        if len(values) not in (1, rank) or not all(isinstance(value, int) for value in values):
            raise self.bad(name, f"a number, or {rank} numbers")
        return values[0] if len(values) == 1 else values


def _numbers(node: Node, low: int, depth: int = 0) -> Any:
    if isinstance(node, Sequence) and depth < 3 and len(node) <= 100:
        values = [_numbers(item, low, depth + 1) for item in node]
        return None if any(value is None for value in values) else values
    value = node.value if isinstance(node, Scalar) else None
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= MOST:
        return None
    return value

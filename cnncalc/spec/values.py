"""Values as they are written in a spec: constants, expressions, and those that could not be read."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

from cnncalc.diagnostic import Span
from cnncalc.record import NamedTuple
from cnncalc.text import Expression
from cnncalc.vocabulary.values import Value

Lookup: TypeAlias = Callable[[str], Any]
NOTHING: Mapping[str, Any] = MappingProxyType({})


class UnreadableValue(Exception):
    """A value is needed that could not be read. It has been reported at its place: do not report more."""


class _Unreadable:
    """The type of `UNREADABLE`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNREADABLE"


# A value that could not be read: everything that uses it is unknown.
UNREADABLE: Any = _Unreadable()


class ValueExpr(NamedTuple):
    """A value as written: a constant, an expression, or a list or mapping that holds expressions.

    The names in a value from `outside` any block are the network's parameters, wherever it is evaluated. A value
    that is `UNREADABLE` could not be read.
    """

    span: Span
    value: Any
    constant: bool
    outside: bool = False

    def evaluate(self, lookup: Lookup) -> Value:
        """Its plain value. Raises `ExpressionError`, `UnreadableValue`, and the errors of `lookup`."""
        if self.constant:
            return self.value  # type: ignore[no-any-return]
        if self.value is UNREADABLE:
            raise UnreadableValue
        if isinstance(self.value, Expression):
            return self.value.evaluate(lookup)
        if isinstance(self.value, tuple):
            return tuple(item.evaluate(lookup) for item in self.value)
        return {key: item.evaluate(lookup) for key, item in self.value.items()}

    @property
    def words(self) -> frozenset[str]:
        """The `$` names it uses, without the `$`."""
        if self.constant or self.value is UNREADABLE:
            return frozenset()
        if isinstance(self.value, Expression):
            return self.value.names
        parts = self.value.values() if isinstance(self.value, dict) else self.value
        return frozenset().union(*(part.words for part in parts))

    @property
    def reads_input(self) -> bool:
        """Whether it uses `$in`."""
        return any(word.startswith("in.") for word in self.words)


def unreadable(span: Span) -> ValueExpr:
    """A `ValueExpr` for a value that could not be read."""
    return ValueExpr(span, UNREADABLE, False)


class Word(NamedTuple):
    """A name with its place in the text."""

    text: str
    span: Span

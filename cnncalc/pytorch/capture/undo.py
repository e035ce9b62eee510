"""Dictionaries that can go back to what they were: their changes are written down, so that nothing is copied."""

from collections.abc import Hashable
from typing import Any, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
_NOT_THERE = object()


class Changes:
    """The changes of several dictionaries, in order."""

    def __init__(self) -> None:
        self._log: list[tuple[dict[Any, Any], Any, Any]] = []

    def note(self, changed: "dict[Any, Any]", key: Hashable) -> None:
        """Writes down what a dictionary has at a key, before that changes."""
        self._log.append((changed, key, changed.get(key, _NOT_THERE)))

    @property
    def count(self) -> int:
        """How many there are so far: to go back to this point."""
        return len(self._log)

    def back_to(self, count: int) -> None:
        """Takes back all changes after the first `count`."""
        while len(self._log) > count:
            changed, key, before = self._log.pop()
            if before is _NOT_THERE:
                dict.pop(changed, key, None)
            else:
                dict.__setitem__(changed, key, before)


class Undoable(dict[K, V]):
    """A dictionary whose changes are written down. It only takes items: what else changes one is refused."""

    __slots__ = ("_changes",)

    def __init__(self, changes: Changes) -> None:
        super().__init__()
        self._changes = changes

    def __setitem__(self, key: K, value: V) -> None:
        self._changes.note(self, key)
        super().__setitem__(key, value)

    def _refused(self, *_: Any, **__: Any) -> Any:
        raise TypeError("changes of this dictionary are written down: set its items")

    __delitem__ = __ior__ = setdefault = update = pop = popitem = clear = _refused

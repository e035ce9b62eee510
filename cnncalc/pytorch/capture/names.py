"""Names for the layers of a draft: the path of the module, or of the module and the layer."""

from collections.abc import Iterable
from typing import Self

from cnncalc.importers import Scope


class Names:
    """Gives each layer its own name."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = {*taken, "in", "prev", "input", "self"}
        self._last: dict[str, int] = {}

    def new(self, type: str, scopes: tuple[Scope, ...]) -> str:
        """A name that no other layer has: `conv3`."""
        number = self._last.get(type, 0)
        while True:
            number += 1
            name = f"{type}_{number}" if type[-1].isdigit() else f"{type}{number}"
            if name not in self._taken:
                break
        self._last[type] = number
        self._taken.add(name)
        return name

    def copy(self) -> Self:
        """The names so far, apart from those that come."""
        copied = type(self)(())
        copied._taken, copied._last = set(self._taken), dict(self._last)
        return copied

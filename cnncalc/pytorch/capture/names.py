"""Names for the layers of a draft: the type of the layer and a number."""

from collections.abc import Iterable

from cnncalc.pytorch.capture.undo import Changes, Undoable


class Names:
    """Gives each layer its own name."""

    def __init__(self, taken: Iterable[str], changes: Changes) -> None:
        self._taken = frozenset((*taken, "in", "prev", "input", "self"))
        self._last: Undoable[str, int] = Undoable(changes)
        self._new: Undoable[str, bool] = Undoable(changes)

    def new(self, type: str) -> str:
        """A name that no other layer has: `conv3`."""
        number = self._last.get(type, 0)
        while True:
            number += 1
            name = f"{type}_{number}" if type[-1].isdigit() else f"{type}{number}"
            if name not in self._taken and name not in self._new:
                break
        self._last[type] = number
        self._new[name] = True
        return name

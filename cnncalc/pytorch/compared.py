"""One figure, predicted and measured."""

from typing import Any, NamedTuple


class Compared(NamedTuple):
    """One figure, predicted and actual. `actual` None was not measured, and `note` says why."""

    what: str
    predicted: Any
    actual: Any
    note: str = ""

    @property
    def ok(self) -> bool | None:
        if self.actual is None:
            return None
        return bool(self.predicted == self.actual)

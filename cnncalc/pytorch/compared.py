"""One figure, predicted and measured."""

from typing import Any, NamedTuple


class Compared(NamedTuple):
    """One figure, twice. `actual` None was not measured, and `note` says why.

    Where `bound` is true, intervals are predicted that hold the actual ones and may be wider.
    """

    what: str
    predicted: Any
    actual: Any
    note: str = ""
    bound: bool = False

    @property
    def ok(self) -> bool | None:
        if self.actual is None:
            return None
        if self.bound:
            pairs = zip(self.predicted, self.actual, strict=True)
            return all(low <= first and last <= high for (low, high), (first, last) in pairs)
        return bool(self.predicted == self.actual)

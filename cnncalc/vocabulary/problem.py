"""A shape error in the terms of a layer, and the changes that remove it."""

from collections.abc import Callable
from typing import Any

from cnncalc.diagnostic import DiagnosticKind, Severity
from cnncalc.record import NamedTuple


class Change(NamedTuple):
    """Another value of one field (or of `input`, a shape) that removes a problem.

    A change that is not `exact` leaves a remainder that is only padding: with `strict` this is still an error.
    """

    field: str
    value: Any
    exact: bool = True


class _Stated(NamedTuple):
    fault: DiagnosticKind
    message: str
    field: str | None = None
    notes: tuple[str, ...] = ()
    help: "str | Callable[[], str | None] | None" = None
    changes: "tuple[Change, ...] | Callable[[], tuple[Change, ...]]" = ()
    severity: Severity | None = None
    blocking: bool = True
    doubtful: bool = False
    operand: int = 0
    # Keys of layers without arguments: each of them, put before this layer, removes the problem.
    before: tuple[str, ...] = ()


class Problem(_Stated):
    """A shape error, in the layer's own terms: the graph knows the place of `field` in the text.

    `blocking` problems make the output unknown. `doubtful` ones make it unknown unless the spec accepts them: a fix
    changes the shape, so the following layers would be checked against a wrong one. For all others `output` is known.
    Help and changes that need a search can be given as functions. They run only when they are read: a search over
    input sizes builds a network hundreds of times and never reads them.
    """

    __slots__ = ()

    @property
    def help(self) -> str | None:
        """How to fix it."""
        given = super().help
        return given() if callable(given) else given

    @property
    def changes(self) -> tuple[Change, ...]:
        """Values that fix it."""
        given = super().changes
        return given() if callable(given) else given

"""How exact a figure is. Figures are exact unless they have a status and the layer that caused it."""

from typing import Literal

from cnncalc.record import NamedTuple


class NotFollowed(Exception):
    """What positions see cannot be followed: a layer in between reorders them, or there are too many."""


class Inexact(NamedTuple):
    """A figure that is not exact.

    `bound`: the figure is a limit of the real value. `unknown`: there is no figure. `layer` is the name of the layer
    that caused it, `None` if it is not one layer. `at_least` and `at_most` are the known limits of the real value.
    """

    status: Literal["bound", "unknown"]
    layer: str | None = None
    at_least: int | None = None
    at_most: int | None = None

    def asdict(self) -> dict[str, str | int | None]:
        """For JSON: the limits only if there are any."""
        limits = {"at_least": self.at_least, "at_most": self.at_most}
        known = {name: limit for name, limit in limits.items() if limit is not None}
        return {"status": self.status, "layer": self.layer, **known}

"""How far a figure can be trusted. Of an exact figure nothing is said; of any other its status, and who made it so."""

from typing import Literal

from cnncalc.record import NamedTuple


class NotFollowed(Exception):
    """What positions see is not followed: a layer in between puts them into another order, or they are too many."""


class Inexact(NamedTuple):
    """A figure that is not exact.

    `bound`: the figure is a limit that the real value keeps to. `unknown`: there is no figure. `layer` names the layer
    that made it so, `None` where it is not one layer. `at_least` and `at_most` are what is known of the real value.
    """

    status: Literal["bound", "unknown"]
    layer: str | None = None
    at_least: int | None = None
    at_most: int | None = None

    def asdict(self) -> dict[str, str | int | None]:
        """For JSON: the limits only where there are any."""
        limits = {"at_least": self.at_least, "at_most": self.at_most}
        known = {name: limit for name, limit in limits.items() if limit is not None}
        return {"status": self.status, "layer": self.layer, **known}

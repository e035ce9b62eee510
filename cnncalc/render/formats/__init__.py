"""The formats of output: one file each, found by its name, which may render every kind of report.

A command offers the formats that render what it prints. Only the format that is asked for is imported; all of them are
where they are listed: for `--help`, for completion, and after a format that is not known.
"""

from functools import cache

from cnncalc import plugins
from cnncalc.render.formats._format import KINDS, Format

__all__ = ["KINDS", "Format", "format_of", "names", "renders"]


@cache
def names(*kinds: str) -> tuple[str, ...]:
    """The formats that render at least one of these kinds of report: `text` first, then by name."""
    known = sorted(plugins.names(__name__), key=lambda name: (name != "text", name))
    return tuple(name for name in known if renders(name, *kinds))


@cache
def format_of(name: str) -> Format:
    """The format of a name. Raises `ModuleNotFoundError` where there is none."""
    return plugins.only(plugins.load(__name__, name), Format)()


def renders(name: str, *kinds: str) -> bool:
    """Whether there is a format of this name that renders at least one of these kinds of report."""
    return name in plugins.names(__name__) and not format_of(name).kinds.isdisjoint(kinds)

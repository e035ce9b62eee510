"""Pattern notation, as the CS231n notes write networks: `INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> FC`.

A pattern is read into the located tree of an ordinary spec, whose places are those of the pattern. The way back writes
the layers of a chain as a pattern.
"""

from typing import TYPE_CHECKING

from cnncalc.pattern.recognise import is_pattern, means_pattern

if TYPE_CHECKING:
    from cnncalc.pattern.reading import Loaded
    from cnncalc.text import Source

__all__ = ["NAME", "is_pattern", "load", "means_pattern", "numbered"]

NAME = "<pattern>"
"""What messages call a pattern that is given as an argument."""


def numbered(number: int) -> str:
    """What messages call one of several patterns that are given as arguments."""
    return f"{NAME[:-1]} {number}>"


def load(source: "Source") -> "Loaded":
    """The tree of the spec that a pattern says, the faults in it, and what it leaves unsaid."""
    from cnncalc.pattern.reading import load

    return load(source)

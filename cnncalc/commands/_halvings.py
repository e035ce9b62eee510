"""`cnncalc sizes --halvings`: how often sides can be halved."""

import re
from typing import TYPE_CHECKING

import click

from cnncalc.files import is_file

if TYPE_CHECKING:
    from cnncalc.render.halvings import HalvingsReport
    from cnncalc.sizing import Trials

# The sides that the notes recommend.
OF_THE_NOTES = (32, 64, 96, 224, 384, 512)
# The form of an argument that is probably meant as a side, and the form of a valid side.
NUMERIC = re.compile(r"[+-]?[0-9][0-9.,_+xX×eE-]*")
SIDE = re.compile(r"[1-9]\d{0,17}", re.ASCII)


def is_side(word: str | None) -> bool:
    """Whether the argument at the place of a spec is meant as a side."""
    return word is not None and NUMERIC.fullmatch(word) is not None and not is_file(word)


def sides(words: tuple[str, ...]) -> tuple[int, ...]:
    """The given sides in their order, without repetitions. An argument that is not a side is a usage error."""
    for word in words:
        if not SIDE.fullmatch(word):
            what = f"{word!r} is not a side: a whole number, 1 or more, with at most 18 digits"
            raise click.BadParameter(what, param_hint="'[SIDE]...'")
    return tuple(dict.fromkeys(map(int, words)))


def report(given: tuple[int, ...], trials: "Trials | None", name: str) -> "HalvingsReport":
    """Halvings of the given sides; without sides, of the network's input and of the sides that the notes recommend."""
    from cnncalc.render.halvings import HalvingsReport
    from cnncalc.sizing.halvings import halvings, network_halvings

    if trials is None:
        return HalvingsReport(tuple(map(halvings, given or OF_THE_NOTES)))
    network = network_halvings(trials, given or sorted({*trials.own, *OF_THE_NOTES}))
    return HalvingsReport(network.sides, name, network)

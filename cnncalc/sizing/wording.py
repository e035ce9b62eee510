"""Sizes in words: `height and width: multiples of 32`, `352x512`."""

from collections.abc import Iterator

from cnncalc.figure_words import grid as shown
from cnncalc.sizing.fitting import Fitting
from cnncalc.sizing.groupings import Together
from cnncalc.sizing.sides import FittingSide
from cnncalc.sizing.trials import Sizes, Trials


def rules(trials: Trials, fitting: Fitting, *, examples: bool = True) -> list[str]:
    """The sizes that fit, one line for each rule; sides with the same rule share a line. Formulas show a few sizes."""
    labels: dict[str, list[str]] = {}
    for group, side in zip(fitting.groups, fitting.sides, strict=True):
        words = in_words(side) if examples else side.words
        labels.setdefault(words, []).append(_label(trials, group))
    lines = [f"{_listed(names)}: {words}" for words, names in labels.items()]
    return (
        lines if fitting.exact else [*lines, "and some sizes whose sides depend on each other in another way"]
    )


def in_words(side: FittingSide) -> str:
    """A side's rule, with its first sizes if the rule is a formula."""
    some = ", ".join(map(str, side.some(3)))
    return f"{side.words}: {some}, ..." if side.rests and f"{side.period}n" in side.words else side.words


def sizes_in_words(trials: Trials, sizes: Sizes) -> str:
    """`352x512`; of several inputs `left 64x64, right 32x32`."""
    by_input: dict[str, list[int]] = {}
    for axis, size in zip(trials.axes, sizes, strict=True):
        by_input.setdefault(axis.input, []).append(size)
    grids = {name: shown(grid) for name, grid in by_input.items()}
    return ", ".join(grid if len(grids) == 1 else f"{name} {grid}" for name, grid in grids.items())


def _label(trials: Trials, group: Together) -> str:
    several = len({axis.input for axis in trials.axes}) > 1
    names = []
    for index, times in zip(group.axes, group.times, strict=True):
        axis = trials.axes[index]
        name = f"`{axis.input}` {axis.name}" if several else axis.name
        names.append(f"{name}/{times}" if times > 1 else name)
    return " = ".join(names)


def _listed(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def shapes_in_words(trials: Trials, sizes: Sizes) -> Iterator[tuple[str, str]]:
    """Name and whole shape of each input at these sizes, as a spec writes it."""
    left = iter(sizes)
    for name, shape in trials.shapes.items():
        yield name, str(shape._replace(spatial=tuple(next(left) for _ in shape.spatial)))

"""Layers whose weights fit only one size of the input: an fc after `flatten`, a table of positions."""

from cnncalc.analysis.fixed_input import weight_shapes
from cnncalc.graph import Graph
from cnncalc.record import NamedTuple
from cnncalc.sizing.fitting import Fitting
from cnncalc.sizing.trials import Sizes, Trials

# Sizes on each side that are tried for the same weights.
STEPS = 64


class FixedSize(NamedTuple):
    """Layers (name and line) whose weights fit `sizes`: for each group of sides, from one number to another."""

    layers: tuple[tuple[str, int | None], ...]
    ranges: tuple[tuple[int, int], ...]


def fixed(trials: Trials, fitting: Fitting, reference: Sizes) -> FixedSize | None:
    """The layers whose weights change with the size, beginning from `reference`; None if there are none."""
    before = trials.network(reference)
    weights = weight_shapes(before)
    numbers = [reference[group.axes[0]] // group.times[0] for group in fitting.groups]
    changing: dict[str, int | None] = {}
    ranges = []
    for which, side in enumerate(fitting.sides):

        def differing(number: int, which: int = which) -> list[str]:
            other = weight_shapes(
                trials.network(fitting.sizes([*numbers[:which], number, *numbers[which + 1 :]]))
            )
            return [name for name, shapes in weights.items() if other.get(name) != shapes]

        own = numbers[which]
        far = side.above(own * 2 + side.period)
        far = far if far is not None else side.below(own - 1)
        names = differing(far) if far is not None else []
        changing.update((name, _line(before, name)) for name in names)
        low = high = own
        if names:
            for _ in range(STEPS):
                up = side.above(high + 1)
                if up is None or differing(up):
                    break
                high = up
            for _ in range(STEPS):
                down = side.below(low - 1)
                if down is None or differing(down):
                    break
                low = down
        ranges.append((low, high))
    return FixedSize(tuple(changing.items()), tuple(ranges)) if changing else None


def _line(graph: Graph, name: str) -> int | None:
    return graph.line(graph.nodes[graph.by_name[name]])

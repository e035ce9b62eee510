"""After how many positions of a side everything repeats."""

from fractions import Fraction
from math import lcm

from cnncalc.sizing.trials import Sizes, Trials

# The longest period that is looked for.
LONGEST = 1000
# Positions by which a side grows to measure how outputs grow: a multiple of the usual strides.
MANY = 2**12 * 3**3 * 5**2 * 7 * 11 * 13


def periods(trials: Trials, base: Sizes) -> list[int]:
    """For each side a number of positions after which everything repeats.

    Where a side grows by many positions, the output of a layer grows by a fraction of them: one over its stride on the
    input. A layer's own stride counts too, where its output is no grid.
    """
    before = trials.network(base)
    by_axis = []
    for axis in range(len(base)):
        grown = list(base)
        grown[axis] += MANY
        after = trials.network(tuple(grown))
        slopes: dict[int, Fraction] = {}
        period = 1
        for node, grown_node in zip(before.nodes, after.nodes, strict=False):
            if node.shape is None or grown_node.shape is None or node.kind != grown_node.kind:
                continue
            growth = [
                Fraction(abs(large - small), MANY).limit_denominator(LONGEST)
                for small, large in zip(node.shape.torch, grown_node.shape.torch, strict=False)
            ]
            period = lcm(period, *(slope.denominator for slope in growth))
            slopes[node.index] = max(growth)
            if node.fit is not None and node.shape.rank and slopes[node.index]:
                into = max((slopes.get(source, Fraction(0)) for source in node.inputs), default=Fraction(0))
                strides = [
                    Fraction(reach.stride).numerator for reach in node.fit.layer.reach(node.fit.inputs) or ()
                ]
                if max(strides, default=1) < LONGEST:
                    period = lcm(period, *(into.denominator * stride for stride in strides if stride))
        by_axis.append(period)
    return by_axis

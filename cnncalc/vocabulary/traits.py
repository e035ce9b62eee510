"""What follows from the facts of a layer: whether values stay in place, whether it reduces positions, and others.

Each function takes a layer and the shapes of its operands.
"""

from cnncalc.vocabulary.groups import MovesValues
from cnncalc.vocabulary.layer import Inputs, Layer
from cnncalc.vocabulary.limits import ANY, NOT_NEGATIVE
from cnncalc.vocabulary.reach import Reach


def _is_one_by_one(reach: Reach) -> bool:
    """Whether each output position reads one position, and the next one reads the next."""
    (taps, *others) = reach.phases
    alone = not others and taps is not None and taps.number == 1 and reach.shift == 1
    return alone and reach.axis is None and not reach.parts


def keeps_positions(layer: Layer, inputs: Inputs) -> bool:
    """Whether every output position reads one position of its only operand, and neighbours stay neighbours.

    Padding or cropping at the border can move all of them. As in `reach`, statistics of a norm are left out.
    """
    if layer.arity != 1 and not layer.reads_first:
        return False
    reach = layer.reach(inputs)
    same_axes = layer.output(inputs).rank == inputs[0].rank
    return same_axes and reach is not None and all(map(_is_one_by_one, reach))


def is_elementwise(layer: Layer, inputs: Inputs) -> bool:
    """Whether the output has as many values as the input, each at its position and in its channel."""
    return (
        keeps_positions(layer, inputs)
        and layer.output(inputs) == inputs[0]
        and layer.reads_channels(inputs) != "mixed"
    )


def flattens(layer: Layer, inputs: Inputs) -> bool:
    """Whether it puts all values of a volume, as they are, into one row of features."""
    if not isinstance(layer, MovesValues) or not inputs[0].rank:
        return False
    output = layer.output(inputs)
    return not output.rank and output.size == inputs[0].size


def steps(layer: Layer, inputs: Inputs) -> bool:
    """Whether adjacent output positions are more than one input position apart, along any axis."""
    return any(axis_reach.stride > 1 for axis_reach in layer.reach(inputs) or ())


def is_never_negative(layer: Layer, inputs: Inputs) -> bool:
    """Whether its output is never negative, for any input."""
    return layer.limits(inputs, (ANY,) * len(inputs)).within(NOT_NEGATIVE)


def remembers_variance(layer: Layer, inputs: Inputs) -> bool:
    """Whether it normalises by a variance of earlier batches at inference."""
    return any(tensor.name == "running_var" for tensor in layer.buffers(inputs))

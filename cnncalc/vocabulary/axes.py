"""Axes by name: which dimensions of a shape `over` means, and a message if an axis is not there."""

from cnncalc.exact import counted
from cnncalc.shape import Shape
from cnncalc.vocabulary import shape_faults
from cnncalc.vocabulary.layer import Problem
from cnncalc.vocabulary.values import AxisNames
from cnncalc.vocabulary.word_fields import POSITIONS

CHANNELS = "channels"


def listed(over: AxisNames) -> tuple[str, ...]:
    """The words of `over`."""
    return over if isinstance(over, tuple) else (over,)


def dimensions(shape: Shape, over: AxisNames) -> tuple[int, ...]:
    """The dimensions that `over` means, in order and without the batch: 0 is the channels."""
    words = listed(over)
    spatial = POSITIONS in words or "all" in words
    here = [0] if CHANNELS in words else []
    return tuple(here + [index for index, axis in enumerate(shape.axes, 1) if spatial or axis in words])


def absent(shape: Shape, over: AxisNames, field: str = "over") -> Problem | None:
    """A problem for the first axis that the shape does not have."""
    for word in listed(over):
        if word == CHANNELS or word in shape.axes or (shape.rank and word in (POSITIONS, "all")):
            continue
        if not shape.rank:
            return Problem(
                shape_faults.WRONG_AXES,
                f"the input has {counted(shape.channels, 'feature')} and no {'positions' if word == 'all' else word}",
                field,
                help=f"write `{field}: channels`, or put it before `flatten`"
                if field == "over"
                else "put it before `flatten`",
            )
        axes = ", ".join(shape.axes if field == "axis" else (CHANNELS, *shape.axes))
        return Problem(
            shape_faults.WRONG_AXES,
            f"the input ({shape}) has no {word}: its axes are {axes}",
            field,
            help=f"write `{field}: {shape.axes[-1]}`, for example",
        )
    return None

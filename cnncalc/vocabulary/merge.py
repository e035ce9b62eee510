"""What merges have in common: two or more operands whose shapes must match."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary import operand_faults
from cnncalc.vocabulary.groups import ChannelsApart, NoStatistics, OwnOutput, Weightless
from cnncalc.vocabulary.layer import Inputs, Precision, Problem, Reach


class Merge(NoStatistics, ChannelsApart, Weightless, OwnOutput):
    """Joins its operands position by position."""

    autocast: ClassVar[Precision] = "input"
    family: ClassVar[str] = "merge"
    arity = None

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        return (Reach(),) * inputs[0].rank

    def label(self, inputs: Inputs) -> str:
        return self.key.upper()


def offsets(inputs: Inputs, along: int) -> tuple[int, ...]:
    """Where each operand begins, if they lie one after another along a spatial axis."""
    sizes = (shape.spatial[along] for shape in inputs[:-1])
    return tuple(accumulate(sizes, initial=0))


def mismatch(inputs: Inputs, shape: Shape, which: int, axes: tuple[str, ...]) -> Problem | None:
    """A problem for the first operand whose size differs along one of `axes`; None if all are equal."""
    theirs, ours = inputs[which].asdict(), shape.asdict()
    if theirs.keys() != ours.keys():
        return Problem(
            operand_faults.MERGE_MISMATCH,
            f"the operands have different axes: {shape} and {inputs[which]}",
            help=_learned_instead(shape, inputs[which]),
            operand=which,
        )
    differing = [axis for axis in axes if axis in ours and ours[axis] != theirs[axis]]
    if not differing:
        return None
    if "channels" in differing and len(differing) > 1:
        message = f"the operands are {shape} and {inputs[which]}: {_listed(differing)} differ"
    else:
        facts = differences(ours, theirs, differing)
        message = f"the operands have different sizes: {facts} ({shape} and {inputs[which]})"
    return Problem(
        operand_faults.MERGE_MISMATCH,
        message,
        help=_learned_instead(shape, inputs[which]),
        operand=which,
    )


def differences(ours: Mapping[str, int], theirs: Mapping[str, int], axes: Sequence[str]) -> str:
    """The sizes of both along axes where they differ: `28 and 56 in height and width`."""
    alike: dict[str, list[str]] = {}
    for axis in axes:
        alike.setdefault(f"{ours[axis]} and {theirs[axis]}", []).append(axis)
    return " and ".join(f"{sizes} in {_listed(same)}" for sizes, same in alike.items())


def _listed(words: Sequence[str]) -> str:
    """`channels, height and width`."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _learned_instead(shape: Shape, other: Shape) -> str | None:
    """The shape of a learned tensor that fits the other operand."""
    if shape.batched == other.batched:
        return None
    own, whole = (other, shape) if shape.batched else (shape, other)
    if own.positions > 1 or not whole.rank:
        return f"`learned: {whole}` has one number for each value of {whole}"
    channels = f"{whole.channels} channel{'' if whole.channels == 1 else 's'}"
    return (
        f"`learned: {'1x' * whole.rank}{whole.channels}` has one number for each of the {channels} of {whole}"
    )


def elementwise_problems(inputs: Inputs, *, broadcast: bool) -> Iterator[Problem]:
    """Operands with the same shape; with `broadcast`, an axis or the channels of size 1 fit any size.

    One value fits any shape, also one with other axes.
    """
    whole = aligned(inputs) if broadcast else inputs
    shape = whole[0]
    for which in range(1, len(inputs)):
        joined = broadcast_shape(shape, whole[which]) if broadcast else None
        if joined is not None:
            shape = joined
        elif problem := mismatch(whole, shape, which, _unfit(shape, whole[which], broadcast=broadcast)):
            yield problem
            return


def _unfit(shape: Shape, other: Shape, *, broadcast: bool) -> tuple[str, ...]:
    """The axes whose sizes don't fit."""
    ours, theirs = shape.asdict(), other.asdict()
    return tuple(axis for axis in ours if not broadcast or 1 not in (ours[axis], theirs.get(axis, 0)))


def broadcast_shape(shape: Shape, other: Shape) -> Shape | None:
    """PyTorch's broadcasting of two volumes or two rows of features; None if the shapes don't fit.

    The result has a batch if one of them has.
    """
    if shape.rank != other.rank:
        return None
    sizes = []
    for a, b in zip(shape.torch, other.torch, strict=True):
        if a != b and 1 not in (a, b):
            return None
        sizes.append(max(a, b))
    return Shape(sizes[0], tuple(sizes[1:]), shape.batched or other.batched)


def aligned(inputs: Inputs) -> Inputs:
    """The operands as they are broadcast: one value gets the axes of the others, each of size 1."""
    if len({shape.rank for shape in inputs}) == 1:
        return inputs
    # Of one-value operands alone the one with the most axes.
    rank = next((shape.rank for shape in inputs if shape.size > 1), max(shape.rank for shape in inputs))
    return tuple(
        shape._replace(spatial=(1,) * rank) if shape.size == 1 and shape.rank != rank else shape
        for shape in inputs
    )

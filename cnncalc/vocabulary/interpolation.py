"""What resizing layers have in common: the interpolation."""

from collections.abc import Iterator
from typing import Any, Literal

from cnncalc.shape import Shape
from cnncalc.vocabulary import shape_faults
from cnncalc.vocabulary.field import base, flag
from cnncalc.vocabulary.groups import (
    ChannelsApart,
    KeepsNothing,
    NoScratch,
    NoStatistics,
    OwnOutput,
    Weightless,
)
from cnncalc.vocabulary.layer import Call, Change, Inputs, Problem, Reach, Work
from cnncalc.vocabulary.layouts import KeepsFormat
from cnncalc.vocabulary.limits import ANY, Limits
from cnncalc.vocabulary.neighbours import between, nearest
from cnncalc.vocabulary.strides import Lying
from cnncalc.vocabulary.word_fields import choice

# PyTorch's modes: how many input positions an output reads along an axis, and the numbers of axes it supports.
MODES = {
    "nearest": (1, (1, 2, 3)),
    "linear": (2, (1,)),
    "bilinear": (2, (2,)),
    "bicubic": (4, (2,)),
    "trilinear": (2, (3,)),
}


@base
class Interpolation(NoStatistics, ChannelsApart, KeepsFormat, Weightless, NoScratch, OwnOutput, KeepsNothing):
    """A volume with other spatial sizes, by the nearest value or by interpolation."""

    linear = True
    autocast = "float32"
    gradient_format = "gradient"

    mode: Literal["nearest", "linear", "bilinear", "bicubic", "trilinear"] = choice(
        "nearest",
        "interpolation mode: linear for one axis, bilinear or bicubic for two, trilinear for three",
        tuple(MODES),
    )
    align_corners: bool = flag(False, "align the centres of the corner values (not used by nearest)")

    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        """Weighted means of neighbours. The weights are not negative, except for bicubic."""
        return before[0] if MODES[self.mode][0] <= 2 else ANY

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        if self.mode == "bicubic" or (self.mode == "nearest" and inputs[0].rank == 3):
            return None
        return super().gradient_lies(inputs, which, call)

    def sizes(self, inputs: Inputs) -> tuple[int, ...]:
        """Positions of the output along each axis."""
        raise NotImplementedError

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        if problem := mode_problem(self.mode, inputs[0]):
            yield problem

    def output(self, inputs: Inputs) -> Shape:
        return Shape(inputs[0].channels, self.sizes(inputs))

    def work(self, inputs: Inputs) -> Work:
        taps, _ = MODES[self.mode]
        if taps == 1:
            return Work()
        # Axis by axis: taps^(rank - 1) + ... + 1 interpolations of `taps` products each.
        count = self.output(inputs).size * sum(taps**axis for axis in range(inputs[0].rank))
        return Work(multiplies=count * taps, adds=count * (taps - 1))

    def reach(self, inputs: Inputs) -> tuple[Reach, ...] | None:
        """The positions that PyTorch multiplies by a number other than 0, up to rounding."""
        reaches = [self._reach(*sizes) for sizes in zip(inputs[0].spatial, self.sizes(inputs), strict=True)]
        known = [reach for reach in reaches if reach is not None]
        return tuple(known) if len(known) == len(reaches) else None

    def _reach(self, size: int, out: int) -> Reach | None:
        taps, _ = MODES[self.mode]
        if size == out:
            return Reach()
        if size == 1:
            return Reach.everywhere(1)
        if taps == 1:
            return nearest(size, out)
        if self.align_corners:
            # Output o is at o*(W - 1)/(out - 1) in the input.
            return between(size - 1, out - 1, taps) if out > 1 else Reach.window(1, size)
        # Output o is at (o + 1/2)*W/out - 1/2 in the input.
        return between(size, out, taps, centres=True)

    def filling(self) -> dict[str, Any]:
        """The arguments that PyTorch's modules have in common."""
        return {"mode": self.mode} | ({"align_corners": self.align_corners} if self.mode != "nearest" else {})


def mode_problem(mode: str, volume: Shape) -> Problem | None:
    """A mode that does not exist for this number of axes."""
    taps, ranks = MODES[mode]
    if volume.rank in ranks:
        return None
    fit = [mode for mode, (n, of) in MODES.items() if volume.rank in of and n in (taps, 1)]
    axes = "1 spatial axis" if ranks[0] == 1 else f"{ranks[0]} spatial axes"
    return Problem(
        shape_faults.MODE_OF_OTHER_RANK,
        f"{mode} is for {axes}, but the input ({volume}) has {volume.rank}",
        "mode",
        help=f"use {' or '.join(reversed(fit))}",
        changes=tuple(Change("mode", mode) for mode in reversed(fit)),
    )

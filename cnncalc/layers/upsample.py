"""Enlarging a volume by a whole factor."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, ClassVar, Literal

from cnncalc.layers import _faults
from cnncalc.layers._convolution import kernel_text
from cnncalc.layers._field import REQUIRED, PerAxis, choice, flag, per_axis
from cnncalc.layers._groups import KeepsNothing, NoScratch, OwnOutput, Weightless
from cnncalc.layers._layer import Change, Example, Inputs, Problem, Reach, TorchCall, Work, layer
from cnncalc.layers._window import axiswise
from cnncalc.shape import Shape

# PyTorch's words: how many input positions an output reads along an axis, and for how many axes it is defined.
MODES = {
    "nearest": (1, (1, 2, 3)),
    "linear": (2, (1,)),
    "bilinear": (2, (2,)),
    "bicubic": (4, (2,)),
    "trilinear": (2, (3,)),
}


@layer
class Upsample(Weightless, NoScratch, OwnOutput, KeepsNothing):
    """Every axis `scale` times as long, by repeating the nearest value or interpolating between neighbours."""

    family: ClassVar[str] = "shape"
    takes = "volume"
    source: ClassVar[str] = "torch.nn.Upsample"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"scale": 2}, (Shape(16, (13, 13)),)),
        Example({"scale": (2, 3), "mode": "bilinear"}, (Shape(4, (5, 6)),)),
        Example({"scale": 2, "mode": "bicubic", "align_corners": True}, (Shape(4, (5, 6)),)),
        Example({"scale": 4, "mode": "linear"}, (Shape(4, (7,)),)),
        Example({"scale": 2, "mode": "trilinear"}, (Shape(2, (3, 4, 5)),)),
    )

    scale: PerAxis = per_axis(REQUIRED, "how many times as long", main=True)
    mode: Literal["nearest", "linear", "bilinear", "bicubic", "trilinear"] = choice(
        "nearest", "how to fill in: linear for one axis, bilinear or bicubic for two, trilinear", tuple(MODES)
    )
    align_corners: bool = flag(
        False, "interpolate between the centres of the corner values (nearest has no use for it)"
    )

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        rank = inputs[0].rank
        taps, ranks = MODES[self.mode]
        if rank not in ranks:
            fit = [mode for mode, (n, of) in MODES.items() if rank in of and (n == taps or n == 1)]
            yield Problem(
                _faults.MODE_OF_OTHER_RANK,
                f"{self.mode} is for {ranks[0]} spatial axes and the input ({inputs[0]}) has {rank}",
                "mode",
                help=f"write {' or '.join(reversed(fit))}",
                changes=tuple(Change("mode", mode) for mode in reversed(fit)),
            )

    def output(self, inputs: Inputs) -> Shape:
        scales = axiswise(self.scale, inputs[0].rank)
        return Shape(inputs[0].channels, tuple(w * s for w, s in zip(inputs[0].spatial, scales, strict=True)))

    def work(self, inputs: Inputs) -> Work:
        taps, _ = MODES[self.mode]
        if taps == 1:
            return Work()
        # Axis after axis: taps^(rank - 1) + ... + 1 interpolations of `taps` products each.
        count = self.output(inputs).size * sum(taps**axis for axis in range(inputs[0].rank))
        return Work(multiplies=count * taps, adds=count * (taps - 1))

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        volume = inputs[0]
        return tuple(map(self._reach, volume.spatial, axiswise(self.scale, volume.rank)))

    def _reach(self, size: int, scale: int) -> Reach:
        taps, _ = MODES[self.mode]
        if scale == 1:
            return Reach()
        if taps == 1:
            return Reach(1, Fraction(1, scale), 0)
        before = taps // 2 - 1
        if self.align_corners:
            # Output o lies at o*(W - 1)/(S*W - 1) of the input.
            return Reach(taps, Fraction(size - 1, scale * size - 1), -before)
        # Output o lies at (o + 1/2)/S - 1/2 of the input: the first of all left of its first position.
        return Reach(taps, Fraction(1, scale), -before - 1)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        arguments: dict[str, Any] = {
            "scale_factor": axiswise(self.scale, inputs[0].rank),
            "mode": self.mode,
        }
        if self.mode != "nearest":
            arguments["align_corners"] = self.align_corners
        return (TorchCall("nn.Upsample", arguments),)

    def label(self, inputs: Inputs) -> str:
        return f"UPSAMPLE{kernel_text(axiswise(self.scale, inputs[0].rank))}"

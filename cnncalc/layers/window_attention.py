"""Multi-head self-attention within windows."""

from collections.abc import Iterator
from math import prod
from typing import ClassVar, NamedTuple

from cnncalc.layers import _faults
from cnncalc.layers._convolution import kernel_text
from cnncalc.layers._divide import undivided
from cnncalc.layers._field import REQUIRED, PerAxis, integer, per_axis
from cnncalc.layers._groups import OwnOutput
from cnncalc.layers._layer import (
    Example,
    Inputs,
    Kept,
    Problem,
    Reach,
    Tensor,
    TorchCall,
    Weight,
    Work,
    layer,
)
from cnncalc.layers._window import axiswise
from cnncalc.shape import Shape


class Parted(NamedTuple):
    """A volume in windows: positions with the zeros that fill the last ones, windows, positions of each."""

    positions: int
    windows: int
    tokens: int


@layer
class WindowAttention(OwnOutput):
    """Every position asks those of its window: softmax(Q*K^T/sqrt(d) + B)*V in each head, with d = channels/heads.

    B is learned: a number for every head and every distance within a window. A volume that windows do not tile is
    filled up with zeros at the bottom and right. With a `shift` the windows start so many positions further on, and the
    last of them take in the first rows and columns, which a mask keeps from seeing the others; along an axis of one
    window there is no shift. (The mask adds -inf to scores, torchvision's -100, which leaves shares of 10^-44.)
    """

    family: ClassVar[str] = "attention"
    takes = "volume"
    ranks = (2,)
    other_ranks = "`self_attention` is for tokens in one row"
    source: ClassVar[str] = (
        "torchvision.models.swin_transformer.ShiftedWindowAttention; Liu et al. 2021, arXiv 2103.14030"
    )
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"heads": 3, "window": 7}, (Shape(96, (14, 14)),)),
        Example({"heads": 2, "window": 4, "shift": 2}, (Shape(8, (8, 12)),)),
        Example({"heads": 2, "window": (3, 4), "shift": (1, 2)}, (Shape(4, (7, 4)),)),
        Example({"heads": 1, "window": 7, "shift": 3}, (Shape(16, (7, 7)),)),
    )

    heads: int = integer(REQUIRED, "parts the channels; each part attends by itself")
    window: PerAxis = per_axis(REQUIRED, "size of the windows")
    shift: PerAxis = per_axis(0, "how far the windows are shifted, less than their size", low=0)

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        if problem := undivided(inputs[0], self.heads, f"{self.heads} heads", "heads"):
            yield problem
        pairs = zip(inputs[0].axes, axiswise(self.shift, 2), axiswise(self.window, 2), strict=True)
        for axis, shift, window in pairs:
            if shift >= window:
                yield Problem(
                    _faults.SHIFT_OVER_WINDOW,
                    f"{axis}: windows of {window} are shifted by {shift}",
                    "shift",
                    help=f"a shift of {shift % window} parts the volume alike",
                )
                return

    def _padded(self, volume: Shape) -> tuple[int, ...]:
        """The volume's size with the zeros that fill the last windows."""
        sizes = zip(volume.spatial, axiswise(self.window, 2), strict=True)
        return tuple(-(-size // window) * window for size, window in sizes)

    def _shifts(self, volume: Shape) -> tuple[int, ...]:
        """By how much the windows are shifted: not at all along an axis of one window."""
        axes = zip(self._padded(volume), axiswise(self.window, 2), axiswise(self.shift, 2), strict=True)
        return tuple(shift if size > window else 0 for size, window, shift in axes)

    def _parted(self, volume: Shape) -> Parted:
        positions, tokens = prod(self._padded(volume)), prod(axiswise(self.window, 2))
        return Parted(positions, positions // tokens, tokens)

    def output(self, inputs: Inputs) -> Shape:
        return inputs[0]

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        width, distances = inputs[0].channels, [2 * size - 1 for size in axiswise(self.window, 2)]
        table = f"({distances[0]}*{distances[1]})*{self.heads}"
        return (
            Weight("relative_position_bias_table", (prod(distances), self.heads), table),
            Weight("qkv.weight", (3 * width, width), f"3*{width}*{width}"),
            Weight("qkv.bias", (3 * width,), f"3*{width}"),
            Weight("proj.weight", (width, width), f"{width}*{width}"),
            Weight("proj.bias", (width,), str(width)),
        )

    def buffers(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return (Tensor("relative_position_index", (self._parted(inputs[0]).tokens ** 2,), "int64"),)

    def work(self, inputs: Inputs) -> Work:
        width, parted = inputs[0].channels, self._parted(inputs[0])
        rows = self.heads * parted.positions
        scores = rows * parted.tokens
        return Work(
            macs=4 * parted.positions * width * width + 2 * parted.positions * parted.tokens * width,
            multiplies=parted.positions * width,
            adds=4 * parted.positions * width + (3 + any(self._shifts(inputs[0]))) * scores - rows,
            compares=scores - rows,
            exponentials=scores,
            divides=scores,
        )

    def macs_formula(self, inputs: Inputs) -> str:
        width, (positions, _, tokens) = inputs[0].channels, self._parted(inputs[0])
        return f"4*{positions}*{width}*{width} + 2*{positions}*{tokens}*{width}"

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        """The whole window, wherever in it the position that asks: as far back and as far on as ends can see."""
        sizes = map(min, inputs[0].spatial, axiswise(self.window, 2))
        return tuple(Reach(2 * size - 1, 1, 1 - size) for size in sizes)

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return self._steps(inputs)

    def _steps(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """Positions by window; Q, K and V by head; Q scaled; shares of each other; what comes of them, joined."""
        width, (positions, _, tokens) = inputs[0].channels, self._parted(inputs[0])
        return (
            Tensor("windows", (positions, width), batched=True),
            Tensor("heads", (3, positions, width), batched=True),
            Tensor("query", (positions, width), batched=True),
            Tensor("shares", (self.heads, positions, tokens), batched=True),
            Tensor("joined", (positions, width), batched=True),
        )

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        # In units of the windows, with shares of s, all of which live to the end: 5 + 2s at the softmax, whose input
        # lives beside its output; 8 + s as the windows are put together again, twice 1 beside the 6 + s kept.
        _, windows, tokens = self._parted(inputs[0])
        first, _, _, shares, _ = steps = self._steps(inputs)
        more = max(shares.size, 3 * first.size) - first.size - inputs[0].size
        found = [*steps, Tensor("bias", (tokens, tokens, self.heads))]
        if any(self._shifts(inputs[0])):
            found.append(Tensor("mask", (windows, tokens, tokens)))
        return (*found, Tensor("more", (more,), batched=True))

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        volume = inputs[0]
        arguments = {
            "channels": volume.channels,
            "heads": self.heads,
            "window": axiswise(self.window, 2),
            "shift": self._shifts(volume),
            "size": volume.spatial,
        }
        return (TorchCall("own.WindowAttention", arguments),)

    def label(self, inputs: Inputs) -> str:
        shifted = "S" if any(self._shifts(inputs[0])) else ""
        return f"{shifted}W-ATTENTION{kernel_text(axiswise(self.window, 2))}-{self.heads}"

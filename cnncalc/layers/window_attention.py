"""Multi-head self-attention within windows."""

from collections.abc import Iterable, Iterator
from math import prod
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary import faults
from cnncalc.vocabulary.convolution import kernel_text
from cnncalc.vocabulary.divide import undivided
from cnncalc.vocabulary.field import REQUIRED, PerAxis, integer, per_axis
from cnncalc.vocabulary.groups import AnyValues, ChannelsMixed, LastInMemory, NoStatistics, OwnOutput
from cnncalc.vocabulary.layer import (
    Example,
    Inputs,
    Kept,
    Problem,
    Reach,
    Step,
    Tensor,
    TorchCall,
    Weight,
    Work,
    layer,
    weight_gradients,
)
from cnncalc.vocabulary.matrix import BackwardMacs
from cnncalc.vocabulary.partition import Partition, partition
from cnncalc.vocabulary.reach import MOST_PHASES, Taps
from cnncalc.vocabulary.window import axiswise


@layer
class WindowAttention(ChannelsMixed, AnyValues, NoStatistics, LastInMemory, OwnOutput):
    """Every position asks those of its window: softmax(Q*K^T/sqrt(d) + B)*V in each head, with d = channels/heads.

    B is learned: a number for every head and every distance within a window. A volume that windows do not tile is
    filled up with zeros at the bottom and right. With a `shift` the windows start so many positions further on, and the
    last of them take in the first rows and columns, which a mask keeps from seeing the others; along an axis of one
    window there is no shift. (The mask adds -inf to scores, torchvision's -100, which leaves shares of 10^-44.)
    """

    family: ClassVar[str] = "attention"
    autocast = "lower"
    widened = ("shares",)
    takes = "volume"
    ranks = (2,)
    other_ranks = "`self_attention` is for tokens in one row"
    linear = False
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
                    faults.SHIFT_OVER_WINDOW,
                    f"{axis}: windows of {window} are shifted by {shift}",
                    "shift",
                    help=f"a shift of {shift % window} parts the volume alike",
                )
                return

    def _parted(self, volume: Shape) -> Partition:
        return partition(volume, self.window, self.shift)

    def output(self, inputs: Inputs) -> Shape:
        return inputs[0]

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        width, distances = inputs[0].channels, [2 * size - 1 for size in self._parted(inputs[0]).window]
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
            adds=4 * parted.positions * width + (3 + any(parted.shifts)) * scores - rows,
            compares=scores - rows,
            exponentials=scores,
            divides=scores,
        )

    def backward_macs(self, inputs: Inputs, wanted: tuple[bool, ...]) -> BackwardMacs:
        """Of the products over all pairs both factors have gradients; that of what is joined is made in any case."""
        linear = self._parted(inputs[0]).positions * inputs[0].channels ** 2
        pairs = self.work(inputs).macs - 4 * linear
        return BackwardMacs(linear * (4 if any(wanted) else 1) + 2 * pairs, 4 * linear)

    def macs_formula(self, inputs: Inputs) -> str:
        width, parted = inputs[0].channels, self._parted(inputs[0])
        return f"4*{parted.positions}*{width}*{width} + 2*{parted.positions}*{parted.tokens}*{width}"

    def reach(self, inputs: Inputs) -> tuple[Reach, ...] | None:
        """The whole window. Shifted ones are cut where they wrap around: a grid that starts at the shift."""
        shifts = self._parted(inputs[0]).shifts
        if max(axiswise(self.window, 2)) > MOST_PHASES:
            return None
        return tuple(
            Reach(tuple(Taps((at - shift) // size * size + shift, 1, size) for at in range(size)), size)
            for size, shift in zip(axiswise(self.window, 2), shifts, strict=True)
        )

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return self._steps(inputs)

    def _steps(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """Positions by window; Q, K and V by head; Q scaled; shares of each other; what comes of them, joined."""
        width, parted = inputs[0].channels, self._parted(inputs[0])
        return (
            Tensor("windows", (parted.positions, width), batched=True),
            Tensor("heads", (3, parted.positions, width), batched=True),
            Tensor("query", (parted.positions, width), batched=True),
            Tensor("shares", (self.heads, parted.positions, parted.tokens), batched=True),
            Tensor("joined", (parted.positions, width), batched=True),
        )

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        # In units of the windows, with shares of s, all of which live to the end: 5 + 2s at the softmax, whose input
        # lives beside its output; 8 + s as the windows are put together again, twice 1 beside the 6 + s kept.
        parted = self._parted(inputs[0])
        first, _, _, shares, _ = steps = self._steps(inputs)
        more = max(shares.size, 3 * first.size) - first.size - inputs[0].size
        found = [*steps, Tensor("bias", (parted.tokens, parted.tokens, self.heads))]
        if any(parted.shifts):
            found.append(Tensor("mask", (parted.windows, parted.tokens, parted.tokens)))
        return (*found, Tensor("more", (more,), batched=True))

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """The forward's steps in reverse, with a copy wherever positions or heads are put into another order."""
        volume, parted = inputs[0], self._parted(inputs[0])
        table, *entering, weight, bias = weight_gradients(self.weights(inputs))
        windowed, pairs = (parted.positions, volume.channels), (parted.tokens, parted.tokens)
        headed = self.heads > 1 and parted.tokens > 1

        def grad(of: str, *shape: int) -> Tensor:
            return Tensor(f"grad_{of}", shape or windowed, batched=True)

        reorder = (grad("reordered"),) * parted.reorders
        rolls = tuple(grad(f"rolled_{axis}") for axis in reversed(parted.shifted))
        steps = _chain("grad", (*_uncropped(parted), *rolls, *reorder))
        steps.append(
            Step((weight, bias, grad("joined")), (steps[-1].makes[-1].name if steps else "grad", "joined"))
        )
        steps += _chain("grad_joined", (grad("parted"),) * headed)
        scores = grad("scores", parted.windows, self.heads, *pairs)
        shares = scores._replace(name="grad_shares")
        distances = (
            Tensor("grad_bias", (*pairs, self.heads)),
            Tensor("grad_distances", (*pairs, self.heads)),
        )
        steps += (
            Step((grad("value"), shares), (steps[-1].makes[-1].name,)),
            Step((scores,), ("grad_shares", "shares")),
            Step(distances[:1]),
            *_chain("grad_bias", (*distances[1:] * headed, table)),
            Step((grad("key"), grad("scaled")), ("grad_scores", "heads", "query")),
            Step((grad("query"),), ("grad_scaled",)),
            Step((grad("stacked", 3, *windowed),), ("grad_query", "grad_key", "grad_value")),
            Step((grad("heads", 3, *windowed),), ("grad_stacked",)),
        )
        if not wanted[0]:
            return (*steps, Step(tuple(entering), ("grad_heads", "windows")))
        padded = (grad("filled", *volume.torch),) * (parted.padded != volume.spatial)
        back = [
            grad("windows"),
            *(one._replace(name=f"{one.name}_back") for one in (*reorder, *rolls)),
            *padded,
        ]
        back[-1] = back[-1]._replace(name="grad0")
        steps.append(Step((*entering, back[0]), ("grad_heads", "windows")))
        return (*steps, *_chain(back[0].name, back[1:]))

    def gives_view(self, inputs: Inputs) -> bool:
        return True

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        parted = self._parted(inputs[0])
        arguments = {
            "channels": inputs[0].channels,
            "heads": self.heads,
            "window": parted.window,
            "shift": parted.shifts,
            "size": inputs[0].spatial,
        }
        return (TorchCall("own.WindowAttention", arguments),)

    def label(self, inputs: Inputs) -> str:
        parted = self._parted(inputs[0])
        return f"{'S' * any(parted.shifts)}W-ATTENTION{kernel_text(parted.window)}-{self.heads}"


def _chain(first: str, made: Iterable[Tensor]) -> list[Step]:
    """Tensors, each made of the one before it and nothing else."""
    steps = []
    for one in made:
        steps.append(Step((one,), (first,)))
        first = one.name
    return steps


def _uncropped(parted: Partition) -> Iterator[Tensor]:
    """The gradient with the positions of the padding again, set into zeros axis by axis."""
    (height, width), channels = parted.padded, parted.volume.channels
    rows, columns = parted.volume.spatial
    if width > columns:
        yield Tensor("grad_wider", (rows, width, channels), batched=True)
    if height > rows:
        yield Tensor("grad_higher", (height, width, channels), batched=True)

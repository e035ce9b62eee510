"""Multi-head self-attention within windows."""

from collections.abc import Iterator
from math import prod
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary import window_faults
from cnncalc.vocabulary.allocation import alive_at_end
from cnncalc.vocabulary.attending_groups import WEIGHTS, TokenGroups
from cnncalc.vocabulary.attending_windows import AttendingWindows
from cnncalc.vocabulary.convolution import kernel_text
from cnncalc.vocabulary.divide import undivided
from cnncalc.vocabulary.field import REQUIRED, flag, integer, per_axis
from cnncalc.vocabulary.groups import AnyValues, ChannelsMixed, NoStatistics, OwnOutput
from cnncalc.vocabulary.layer import (
    Call,
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
from cnncalc.vocabulary.layouts import LastInMemory
from cnncalc.vocabulary.matrix import BackwardMacs
from cnncalc.vocabulary.partition import Partition, partition
from cnncalc.vocabulary.position_blocks import untiled
from cnncalc.vocabulary.reach import MOST_PHASES, Taps
from cnncalc.vocabulary.relative import TABLE_ZEROS
from cnncalc.vocabulary.strides import Lying, lies
from cnncalc.vocabulary.values import PerAxis
from cnncalc.vocabulary.window import axiswise
from cnncalc.vocabulary.word_fields import choice


@layer
class WindowAttention(ChannelsMixed, AnyValues, NoStatistics, LastInMemory, OwnOutput):
    """Multi-head attention within windows: softmax(Q*K^T/sqrt(d) + B)*V in each head, with d = channels/heads.

    B is learned: one number for every head and every relative position within a window. If windows do not tile the
    volume, zeros are added at the bottom and right. With a `shift`, the windows start that many positions later, and
    the last windows wrap around to the first rows and columns. A mask separates these from the others. There is no
    shift along an axis with one window. (The mask adds -inf to scores; torchvision's adds -100, which leaves weights of
    10^-44.) With `grid`, the positions of a window are spread evenly over the volume instead: of 28 rows, a window of 7
    takes every fourth. `relative: none` leaves B out.
    """

    family: ClassVar[str] = "attention"
    autocast = "lower"
    takes = "volume"
    ranks = (2,)
    other_ranks = "use `self_attention` for tokens in one row"
    linear = False
    only_for_weights = ("windows", "joined", "grad_bias", "grad_distances", TABLE_ZEROS)
    only_for_inputs = ("qkv.weight cast",)
    source: ClassVar[str] = (
        "torchvision.models.swin_transformer.ShiftedWindowAttention; Liu et al. 2021, arXiv 2103.14030; grids: Tu et "
        "al. 2022, arXiv 2204.01697 (MaxViT)"
    )
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"heads": 3, "window": 7}, (Shape(96, (14, 14)),)),
        Example({"heads": 2, "window": 4, "shift": 2}, (Shape(8, (8, 12)),)),
        Example({"heads": 2, "window": (3, 4), "shift": (1, 2)}, (Shape(4, (7, 4)),)),
        Example({"heads": 1, "window": 7, "shift": 3}, (Shape(16, (7, 7)),)),
        Example({"heads": 2, "window": (2, 3), "grid": True}, (Shape(8, (4, 9)),)),
        Example({"heads": 2, "window": 3, "grid": True, "relative": "none"}, (Shape(4, (6, 6)),)),
        Example({"heads": 1, "window": (4, 1)}, (Shape(4, (4, 5)),)),
    )

    heads: int = integer(REQUIRED, "number of attention heads")
    window: PerAxis = per_axis(REQUIRED, "size of the windows")
    shift: PerAxis = per_axis(0, "how far the windows are shifted; smaller than their size", low=0)
    grid: bool = flag(
        False, "spread the positions of each window evenly over the volume, in place of adjacent ones"
    )
    relative: str = choice(
        "offsets",
        "learn a number for every offset between two positions of a window, or none",
        ("offsets", "none"),
    )

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        if problem := undivided(inputs[0], self.heads, f"{self.heads} heads", "heads"):
            yield problem
        pairs = zip(inputs[0].axes, axiswise(self.shift, 2), axiswise(self.window, 2), strict=True)
        for axis, shift, window in pairs:
            if shift >= window:
                yield Problem(
                    window_faults.SHIFT_OVER_WINDOW,
                    f"{axis}: windows of {window} are shifted by {shift}, which is a whole window or more",
                    "shift",
                    help=f"a shift of {shift % window} gives the same windows",
                )
                return
        if not self.grid:
            return
        if any(axiswise(self.shift, 2)):
            yield Problem(
                window_faults.SHIFT_OVER_WINDOW,
                "a window that is spread over the whole volume has no shift",
                "shift",
                help="leave `shift` out, or `grid`",
            )
        yield from untiled(inputs[0], axiswise(self.window, 2), "window", "grids")

    def _partition(self, volume: Shape) -> Partition:
        return partition(volume, self.window, self.shift, self.grid)

    def _groups(self, volume: Shape) -> TokenGroups:
        partition = self._partition(volume)
        return TokenGroups(partition.windows, partition.tokens, volume.channels, self.heads)

    @property
    def _has_table(self) -> bool:
        return self.relative != "none"

    def _attending(self, volume: Shape, call: Call) -> AttendingWindows:
        return AttendingWindows(self._partition(volume), self._groups(volume), self._has_table, call)

    def output(self, inputs: Inputs) -> Shape:
        return inputs[0]

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        width, distances = inputs[0].channels, [2 * size - 1 for size in self._partition(inputs[0]).window]
        table = f"({distances[0]}*{distances[1]})*{self.heads}"
        learned = (Weight("relative_position_bias_table", (prod(distances), self.heads), table),)
        return (
            *learned * self._has_table,
            Weight("qkv.weight", (3 * width, width), f"3*{width}*{width}"),
            Weight("qkv.bias", (3 * width,), f"3*{width}"),
            Weight("proj.weight", (width, width), f"{width}*{width}"),
            Weight("proj.bias", (width,), str(width)),
        )

    def buffers(self, inputs: Inputs) -> tuple[Tensor, ...]:
        index = Tensor("relative_position_index", (self._partition(inputs[0]).tokens ** 2,), "int64")
        return (index,) * self._has_table

    def work(self, inputs: Inputs) -> Work:
        added = self._has_table + any(self._partition(inputs[0]).shifts)
        return self._groups(inputs[0]).work(bias=True, added=added)

    def backward_macs(self, inputs: Inputs, wanted: tuple[bool, ...]) -> BackwardMacs:
        return self._groups(inputs[0]).backward_macs(any(wanted))

    def macs_formula(self, inputs: Inputs) -> str:
        return self._groups(inputs[0]).macs_formula()

    def reach(self, inputs: Inputs) -> tuple[Reach, ...] | None:
        """The whole window. Shifted windows are cut where they wrap around, so the first one starts at the shift."""
        if self.grid:
            return self._grid_reach(inputs[0])
        shifts = self._partition(inputs[0]).shifts
        if max(axiswise(self.window, 2)) > MOST_PHASES:
            return None
        return tuple(
            Reach(tuple(Taps((index - shift) // size * size + shift, 1, size) for index in range(size)), size)
            for size, shift in zip(axiswise(self.window, 2), shifts, strict=True)
        )

    def _grid_reach(self, volume: Shape) -> tuple[Reach, ...] | None:
        """Every n-th position from that of the same remainder on, if there are n windows along the axis."""
        if max(volume.spatial) > MOST_PHASES:
            return None
        axes = zip(volume.spatial, self._partition(volume).counts, axiswise(self.window, 2), strict=True)
        return tuple(
            Reach.table(tuple(Taps(index % count, count, step) for index in range(size)), size, 1)
            for size, count, step in axes
        )

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return self.keeps_of(inputs, Call())

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return alive_at_end(self.forward_of(inputs, Call(training=False, subclasses=True)))

    def forward(self, inputs: Inputs, *, training: bool) -> tuple[Step, ...]:
        return self.forward_of(inputs, Call(training))

    def not_cast(self, inputs: Inputs) -> tuple[str, ...]:
        """The table is added to the scores."""
        return ("relative_position_bias_table",)

    def casts_itself(self, inputs: Inputs) -> bool:
        """The windows are cast."""
        return True

    def keeps_of(self, inputs: Inputs, call: Call) -> tuple[Kept, ...]:
        attending = self._attending(inputs[0], call)
        windows = attending.groups.rows("windows")
        return (
            windows,
            *attending.products.kept(),
            *(attending.groups.wide_square(WEIGHTS),) * attending.widens,
        )

    def forward_of(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        return tuple(self._attending(inputs[0], call).forward())

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        return self.backward_of(inputs, wanted, Call())

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        weights = weight_gradients(self.weights(inputs))
        return tuple(self._attending(inputs[0], call).backward(weights, wanted=wanted[0]))

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        """Channels last; where no copy puts the positions back, as they are in the windows."""
        partition = self._partition(inputs[0])
        whole = partition.padded == inputs[0].spatial and not any(partition.shifts)
        if not whole or partition.put_back is None:
            return super().gradient_lies(inputs, which, call)
        batch, *spatial, channels = partition.put_back
        return lies(inputs[0].torch, (batch, channels, *spatial))

    def gives_view(self, inputs: Inputs) -> bool:
        return True

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        partition = self._partition(inputs[0])
        arguments = {
            "channels": inputs[0].channels,
            "heads": self.heads,
            "window": partition.window,
            "shift": partition.shifts,
            "size": inputs[0].spatial,
        }
        if self.grid:
            arguments["grid"] = True
        if not self._has_table:
            arguments["relative"] = False
        return (TorchCall("own.WindowAttention", arguments),)

    def label(self, inputs: Inputs) -> str:
        partition = self._partition(inputs[0])
        kind = "G" if self.grid else "SW" if any(partition.shifts) else "W"
        return f"{kind}-ATTENTION{kernel_text(partition.window)}-{self.heads}"

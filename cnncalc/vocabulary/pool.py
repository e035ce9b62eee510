"""What pooling layers have in common: a window, no weights, one number from each window and channel."""

from collections.abc import Iterator
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from cnncalc.shape import Shape, Window
from cnncalc.vocabulary.convolution import kernel_text, times
from cnncalc.vocabulary.field import REQUIRED, base, padding, per_axis
from cnncalc.vocabulary.groups import FullOverThreeAxes, NoStatistics, OneAxisAsTwo, OwnOutput, Weightless
from cnncalc.vocabulary.layer import Call, Inputs, Problem, Step, Tensor
from cnncalc.vocabulary.layouts import KeepsFormat
from cnncalc.vocabulary.padding import Ends, PadsApart, padded
from cnncalc.vocabulary.values import Padding, PerAxis
from cnncalc.vocabulary.window import Windowed, axiswise, sliding
from cnncalc.vocabulary.word_fields import choice

if TYPE_CHECKING:
    from cnncalc.vocabulary.matrix import Matrix

# The name of a pooling's indices among its tensors.
INDICES = "indices"


@base
class Pool(
    FullOverThreeAxes, NoStatistics, OneAxisAsTwo, PadsApart, KeepsFormat, Windowed, Weightless, OwnOutput
):
    """Reduces each window to one number, for each channel separately."""

    family: ClassVar[str] = "pooling"
    takes = "volume"
    one_axis = "as two"

    kernel: PerAxis = per_axis(REQUIRED, "size of the window", letter="F", main=True)
    stride: PerAxis | None = per_axis(None, "distance between two windows (default: the kernel)", letter="S")
    padding: Padding = padding(0, "positions around the input")
    rounding: Literal["floor", "ceil"] = choice(
        "floor", "how to round the output size (PyTorch's ceil_mode)", ("floor", "ceil")
    )

    # What padding holds.
    filling: ClassVar[float] = 0.0

    @property
    def step(self) -> PerAxis:
        return self.kernel if self.stride is None else self.stride

    def in_effect(self, inputs: Inputs) -> dict[str, tuple[Any, str]]:
        changes = super().in_effect(inputs)
        return changes if self.stride is not None else changes | {"stride": (self.kernel, "the kernel")}

    @property
    def ceil(self) -> bool:
        return self.rounding == "ceil"

    def windows(self, volume: Shape) -> tuple[Window, ...]:
        return sliding(volume, self.kernel, self.step, self.padding, ceil=self.ceil)

    def taps(self, volume: Shape) -> int:
        """The number of positions that a window reads."""
        return prod(axiswise(self.kernel, volume.rank))

    def output(self, inputs: Inputs) -> Shape:
        return Shape(inputs[0].channels, self.grid(inputs[0]))

    def matrices(self, inputs: Inputs) -> "tuple[Matrix, ...]":
        """A column for each window of a channel, one number out of each column."""
        from cnncalc.vocabulary.matrix import Matrix

        volume, grid = inputs[0], self.grid(inputs[0])
        taps_of = f"({times(*axiswise(self.kernel, volume.rank))})"
        columns, columns_of, channels = prod(grid), f"({times(*grid)})", volume.channels
        return (
            Matrix("X_col", "input", self.taps(volume), columns, taps_of, columns_of, channels, "channel"),
            Matrix("result", "output", 1, columns, "", "", channels, "channel"),
        )

    def connections(self, inputs: Inputs) -> int:
        from cnncalc.vocabulary.connections import reads

        return reads(self.windows(inputs[0])) * inputs[0].channels

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        volume = inputs[0]
        why = (self.refused_padding(window, volume.rank) for window in self.windows(volume))
        if reason := next(filter(None, why), None):
            from cnncalc.vocabulary.window_faults import PADDING_OVER_HALF

            message = f"{reason}: PyTorch's pooling refuses this, so a layer of its own pads before it"
            most = min(window.kernel // 2 for window in self.windows(volume))
            help = f"PyTorch's pooling itself pads with `padding: {most}` or less; the output is then smaller"
            yield Problem(PADDING_OVER_HALF, message, "padding", help=help, blocking=False)
        yield from super().problems(inputs)

    def refused_padding(self, window: Window, rank: int) -> str | None:
        """Why PyTorch's pooling refuses the padding for this number of axes, so that a separate layer must pad."""
        most = max(window.before, window.after)
        if most > window.kernel // 2:
            return f"a padding of {most} is more than half of the kernel ({window.kernel})"
        return None

    def takes_its_padding(self, volume: Shape) -> bool:
        return not any(self.refused_padding(window, volume.rank) for window in self.windows(volume))

    def pads_itself(self, window: Window, rank: int) -> bool:
        """Whether PyTorch's pooling accepts this padding: equal at both ends, at most half the kernel (not dilated)."""
        return window.before == window.after <= window.kernel // 2

    def fits(self, window: Window, rank: int) -> bool:
        return super().fits(window, rank) and (window.span >= 0 or self.overhangs_alone(rank))

    def overhangs_alone(self, rank: int) -> bool:
        """Whether PyTorch's pooling accepts a window that is larger than the padded input (`ceil`), for this rank."""
        raise NotImplementedError

    def why_not(self, window: Window) -> tuple[str, ...]:
        if window.output:
            return (
                f"with three spatial axes PyTorch's {self.key} accepts no window that is larger than its input",
            )
        return super().why_not(window)

    def padding_apart(self, volume: Shape) -> Ends | None:
        """The padding for a separate step, as far as windows reach; None if PyTorch's pooling pads."""
        windows = self.windows(volume)
        if all(self.pads_itself(window, volume.rank) for window in windows):
            return None
        # Only what is read, so that no further window fits: with `ceil` one would start in this padding.
        return tuple(
            (
                window.before,
                max(0, (window.output - 1) * window.stride + window.extent - window.size - window.before),
            )
            for window in windows
        )

    def apart(self, inputs: Inputs) -> Tensor | None:
        ends = self.padding_apart(inputs[0])
        return padded(inputs[0], ends) if ends else None

    def casts_itself(self, inputs: Inputs) -> bool:
        """A padded input is cast after it is padded."""
        return self.apart(inputs) is not None

    def forward_of(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        steps, first = super().forward_of(inputs, call), self.apart(inputs)
        if first is None or not call.casts:
            return steps
        narrow = first._replace(name="narrow", dtype=call.lower)
        before, after, *others = steps
        return (
            before._replace(makes=(narrow,)),
            after._replace(makes=(first, *after.makes), frees=(*after.frees, narrow.name)),
            *others,
        )

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        steps, first = super().backward_of(inputs, wanted, call), self.apart(inputs)
        if first is None or not call.casts or not wanted[0]:
            return steps
        from cnncalc.vocabulary.gradients import in_type

        narrow = first._replace(name="grad_narrow", dtype=call.lower)
        return (
            *steps[:-1],
            Step((narrow,), ("grad_padded",)),
            *in_type(steps[-1:], call.lower, {"grad_padded": narrow.name}),
        )

    def window_arguments(self, inputs: Inputs) -> dict[str, Any]:
        """The arguments that PyTorch's pooling modules have in common."""
        volume = inputs[0]
        apart = self.padding_apart(volume) is not None
        return {
            "kernel_size": axiswise(self.kernel, volume.rank),
            "stride": axiswise(self.step, volume.rank),
            "padding": tuple(0 if apart else window.before for window in self.windows(volume)),
            "ceil_mode": self.ceil and not apart,
        }

    def label(self, inputs: Inputs) -> str:
        rank = inputs[0].rank
        kernel, step = axiswise(self.kernel, rank), axiswise(self.step, rank)
        return f"{self.short}{kernel_text(kernel)}" + (f"/{kernel_text(step)}" if step != kernel else "")

    # The word in the label.
    short: ClassVar[str]

"""Max unpooling: values put back to where a max pooling found them."""

from collections.abc import Iterator
from math import gcd
from typing import Any, ClassVar

from cnncalc.diagnostic import Severity
from cnncalc.exact import counted
from cnncalc.layers.maxpool import MaxPool
from cnncalc.shape import Shape, Window
from cnncalc.vocabulary import operand_faults
from cnncalc.vocabulary.field import REQUIRED
from cnncalc.vocabulary.gradients import first_only
from cnncalc.vocabulary.groups import (
    ChannelsApart,
    FullOnCpu,
    NoStatistics,
    OneAxisAsTwo,
    OwnOutput,
    Weightless,
)
from cnncalc.vocabulary.layer import (
    Call,
    Change,
    Example,
    Inputs,
    Kept,
    Problem,
    Reach,
    Step,
    Tensor,
    TorchCall,
    Work,
    layer,
)
from cnncalc.vocabulary.layer_type import unwritten
from cnncalc.vocabulary.limits import ZERO, Limits
from cnncalc.vocabulary.merge import differences
from cnncalc.vocabulary.pool import INDICES
from cnncalc.vocabulary.reach import MOST_PHASES, Taps
from cnncalc.vocabulary.strides import Lying, channels_last, follows, suggests_last
from cnncalc.vocabulary.unpooling import UNFIT_INDICES, Pooled
from cnncalc.vocabulary.word_fields import name

VALUES = "values"


def _example(read: Shape, pooled: tuple[int, ...], **fields: Any) -> Example:
    """The unpooling of a pooling with these fields, whose output has these sizes."""
    values = Shape(read.channels, pooled)
    return Example(
        {"pool": "pool1", "pooled": Pooled("pool1", MaxPool.key, MaxPool(**fields))}, (values, values, read)
    )


@layer
class MaxUnpool(ChannelsApart, FullOnCpu, NoStatistics, OneAxisAsTwo, Weightless, OwnOutput):
    """Puts each value where the named max pooling found the largest one of its window, and zeros elsewhere.

    The output has the size of what the pooling read. The pooling returns its indices too: 8 bytes for each value of its
    output, which stay in memory until the last unpooling has read them, at inference as well.
    """

    family: ClassVar[str] = "pooling"
    takes = "volume"
    arity = 3
    reads_first = True
    reads_indices = True
    # Of the pooling right before it: the values, and the indices.
    takes_one_value_twice: ClassVar[bool] = True
    autocast = "input"
    linear = True
    source: ClassVar[str] = "torch.nn.MaxUnpool2d; Badrinarayanan et al. 2015, arXiv 1511.00561 (SegNet)"
    examples: ClassVar[tuple[Example, ...]] = (
        _example(Shape(16, (8, 10)), (4, 5), kernel=2),
        _example(Shape(4, (9, 7)), (3, 3), kernel=(2, 3), stride=3, padding=(0, 1)),
        _example(Shape(8, (8,)), (4,), kernel=2),
        _example(Shape(2, (4, 4, 4)), (2, 2, 2), kernel=2),
    )

    pool: str = name(REQUIRED, "the earlier maxpool whose indices it reads", main=True)
    # What the network knows of that pooling. Its output, and what it read, are operands 2 and 3.
    pooled: Pooled = unwritten(Pooled("", "", None))

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        pooled, (values, indices, read) = self.pooled, inputs
        if pooled.pool is None:
            message = (
                f"maxunpool needs the indices of a maxpool, but `{pooled.name}` is of type {pooled.kind}"
            )
            help = self._others(values) or "name a maxpool, or use `upsample`"
            yield Problem(UNFIT_INDICES, message, "pool", help=help, changes=self._changes(), operand=1)
        elif pooled.pads_apart(read):
            message = (
                f"`{pooled.name}` pads in a step before its pooling, so its indices are positions of the padded volume "
                f"and not of its input, {read}"
            )
            help = (
                f"give `{pooled.name}` the same padding at both ends, at most half the kernel: PyTorch's pooling then "
                "pads itself"
            )
            yield Problem(UNFIT_INDICES, message, "pool", help=help, operand=1)
        elif values != indices:
            yield self._mismatch(values, indices)
        else:
            yield from self._overlaps(read)

    def _others(self, values: Shape) -> str | None:
        """Poolings that fit, for a help."""
        names = " or ".join(f"`{other}`" for other in self.pooled.others)
        return f"write {names}: the output has the same shape, {values}" if names else None

    def _changes(self) -> tuple[Change, ...]:
        return tuple(Change("pool", other) for other in self.pooled.others if self.pooled.constant)

    def _mismatch(self, values: Shape, indices: Shape) -> Problem:
        ours, theirs = values.asdict(), indices.asdict()
        pool = self.pooled.name
        message = f"{values} enters, but `{pool}` has indices of {indices}: "
        if ours.keys() != theirs.keys():
            message, help = f"{message}other axes", None
        else:
            differing = [axis for axis in ours if ours[axis] != theirs[axis]]
            message += differences(ours, theirs, differing)
            # Each index is for one value of one channel.
            help = (
                f"a 1x1 conv with {counted(indices.channels, 'filter')} before it gives as many channels"
                if differing == ["channels"]
                else None
            )
        help = (
            self._others(values)
            or help
            or f"unpool where the volume has the shape that `{pool}` gave, {indices}"
        )
        return Problem(
            operand_faults.MERGE_MISMATCH, message, "pool", help=help, changes=self._changes(), operand=1
        )

    def _overlaps(self, read: Shape) -> Iterator[Problem]:
        for axis, window in zip(read.axes, self.pooled.windows(read), strict=True):
            reach = _back(window)
            joint = window.output > 1 and reach and any(taps and taps.number > 1 for taps in reach.phases)
            if joint:
                message = (
                    f"the windows of `{self.pooled.name}` overlap along the {axis} (they are {window.extent} wide and "
                    f"{window.stride} apart): where two windows have the same maximum, only one of their values is kept"
                )
                ways = [f"`stride: {window.extent}`"]
                ways += [f"`kernel: {window.stride}`"] if window.dilation == 1 else []
                help = f"write {' or '.join(ways)} in `{self.pooled.name}`: its windows then do not overlap"
                yield Problem(
                    UNFIT_INDICES, message, "pool", help=help, severity=Severity.WARNING, blocking=False
                )
                return

    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        return ZERO.joined(before[0])

    def output(self, inputs: Inputs) -> Shape:
        return Shape(inputs[0].channels, inputs[2].spatial)

    def work(self, inputs: Inputs) -> Work:
        return Work()

    def reach(self, inputs: Inputs) -> tuple[Reach, ...] | None:
        """A position reads the windows that it is in; whether a value arrives there depends on the image."""
        reaches = [_back(window) for window in self.pooled.windows(inputs[2])]
        known = tuple(reach for reach in reaches if reach is not None)
        return known if len(known) == len(reaches) else None

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return (1,)

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return ()

    def _has_last(self, volume: Shape, call: Call) -> bool:
        """Whether it computes with channels last in memory: only a CPU, over two axes."""
        return call.real_on_cpu and volume.rank == 2 and suggests_last(volume.torch, call.lies())

    def forward_of(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        """Values and indices that are in another memory format than the output are copied first."""
        if call.subclasses:
            return (Step(),)
        last = self._has_last(inputs[0], call)
        named = zip((VALUES, INDICES), inputs[:2], (None, "int64"), strict=True)
        copies = tuple(
            Tensor(f"{word}_copied", shape.torch, dtype, batched=True)
            for which, (word, shape, dtype) in enumerate(named)
            if not follows(shape.torch, call.lies(which), call.images, last=last)
        )
        return (Step(copies),)

    def reads_view(self, inputs: Inputs) -> bool:
        """The gradient is gathered from a view with one axis of positions, and viewed with the input's axes again."""
        return True

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        return channels_last(self.output(inputs).torch) if self._has_last(inputs[0], call) else None

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        return super().backward(inputs, first_only(wanted))

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        """The gradient is copied first if it is in another memory format than the indices."""
        output, (step,) = self.output(inputs), self.backward(inputs, wanted)
        last = inputs[1].rank > 1 and suggests_last(inputs[1].torch, call.lies(1))
        if follows(output.torch, call.grad, call.images, last=last):
            return (step,)
        copied = Tensor("grad_copied", output.torch, batched=True)
        return (step._replace(makes=(copied, *step.makes)),)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        windows = self.pooled.windows(inputs[2])
        arguments: dict[str, Any] = {
            "kernel_size": tuple(window.kernel for window in windows),
            "stride": tuple(window.stride for window in windows),
            "padding": tuple(window.before for window in windows),
            "dilation": tuple(window.dilation for window in windows),
            "output_size": inputs[2].spatial,
        }
        return (TorchCall("own.MaxUnpool", arguments),)

    def label(self, inputs: Inputs) -> str:
        return "UNPOOL"


def _back(window: Window) -> Reach | None:
    """The windows that each position of a pooling's input is in; None for a position in none."""
    if window.stride > MOST_PHASES:
        return None
    phases: list[Taps | None] = []
    # With gaps between kernel elements only some windows, evenly spaced, have an element at a position.
    step = window.dilation // gcd(window.dilation, window.stride)
    for position in range(window.stride):
        # Window o has elements at o*S - P, o*S - P + dilation ..., o*S - P + F - 1.
        first = -(-(position + window.before - window.extent + 1) // window.stride)
        last = (position + window.before) // window.stride
        inside = (
            index
            for index in range(first, min(last, first + step - 1) + 1)
            if (position + window.before - index * window.stride) % window.dilation == 0
        )
        start = next(inside, None)
        phases.append(None if start is None else Taps(start, step, (last - start) // step + 1))
    return Reach(tuple(phases), 1)

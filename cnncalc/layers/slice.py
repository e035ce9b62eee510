"""A range of channels, or of positions along an axis."""

from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from cnncalc.shape import Shape
from cnncalc.vocabulary import shape_faults
from cnncalc.vocabulary.field import integer
from cnncalc.vocabulary.gradients import passed
from cnncalc.vocabulary.layer import Call, Change, Example, Inputs, Problem, Reach, Step, TorchCall, layer
from cnncalc.vocabulary.part import Part
from cnncalc.vocabulary.region import Ranges
from cnncalc.vocabulary.strides import Lying, Strides
from cnncalc.vocabulary.word_fields import choice


@layer
class Slice(Part):
    """Takes every `step`-th one from `start` up to, but not including, `stop`, as a Python slice does."""

    one_of_views = False
    source: ClassVar[str] = "torch.Tensor indexing; torch.split"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"stop": 4}, (Shape(16, (8, 8)),)),
        Example({"start": 1, "step": 2}, (Shape(10),)),
        Example({"axis": "width", "start": 1, "stop": 7, "step": 2}, (Shape(3, (6, 8)),)),
        Example({"axis": "length", "start": 1}, (Shape(3, (6,)),)),
    )

    axis: Literal["channels", "length", "depth", "height", "width"] = choice(
        "channels",
        "the axis to slice (channels: also the features)",
        ("channels", "length", "depth", "height", "width"),
    )
    start: int = integer(0, "index of the first one, from 0", low=0)
    stop: int | None = integer(None, "index after the last one (default: the end)")
    step: int = integer(1, "distance between two taken indices")

    def _dimension(self, shape: Shape) -> int:
        """0 for the channels, then the spatial axes."""
        return 0 if self.axis == "channels" else 1 + shape.axes.index(self.axis)

    def in_effect(self, inputs: Inputs) -> dict[str, tuple[Any, str]]:
        return {"stop": (self._taken(inputs[0]).stop, "the end")} if self.stop is None else {}

    def _taken(self, shape: Shape) -> range:
        size = shape.torch[self._dimension(shape)]
        return range(self.start, size if self.stop is None else self.stop, self.step)

    def _whole(self, shape: Shape) -> bool:
        """Whether everything is taken: PyTorch's indexing then does nothing."""
        return self.step == 1 and len(self._taken(shape)) == shape.torch[self._dimension(shape)]

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        shape = inputs[0]
        if self.axis != "channels" and self.axis not in shape.axes:
            axes = ", ".join(("channels", *shape.axes))
            yield Problem(
                shape_faults.WRONG_AXES, f"the input ({shape}) has no {self.axis}: it has {axes}", "axis"
            )
            return
        size, taken = shape.torch[self._dimension(shape)], self._taken(shape)
        if not taken or taken.stop > size:
            help, changes = self._inside(size, len(taken))
            yield Problem(
                shape_faults.OUT_OF_RANGE,
                f"the slice takes {self.axis} from {taken.start} up to {taken.stop} (not included), "
                + (f"but the input has {size}" if taken else "which are none"),
                "stop" if self.stop is not None else "start",
                help=help,
                changes=changes,
            )

    def _inside(self, size: int, count: int) -> tuple[str, tuple[Change, ...]]:
        """What to write so that the slice is in an axis of this size; it takes `count` now."""
        if self.start < size:
            return f"write `stop: {size}` to take all up to the end", (Change("stop", size),)
        if self.stop is None or self.stop > size:
            start = max(0, size - max(1, count))
            more = "" if self.stop is None else f" and `stop: {size}`"
            return f"write `start: {start}`{more}: indices go from 0 to {size - 1}", ()
        return f"write a `start` below {self.stop}, such as `start: 0`", (Change("start", 0),)

    def output(self, inputs: Inputs) -> Shape:
        sizes = list(inputs[0].torch)
        sizes[self._dimension(inputs[0])] = len(self._taken(inputs[0]))
        return Shape(sizes[0], tuple(sizes[1:]))

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        return tuple(
            Reach.window(1, self.step, self.start) if axis == self.axis else Reach()
            for axis in inputs[0].axes
        )

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """Zeros, with the gradient written into them; a view if everything is taken."""
        return (passed(wanted),) if self._whole(inputs[0]) else super().backward(inputs, wanted)

    def part(self, inputs: Inputs) -> Ranges:
        taken = [range(size) for size in inputs[0].torch]
        taken[self._dimension(inputs[0])] = self._taken(inputs[0])
        return tuple(taken)

    def strides(self, inputs: Inputs, strides: Strides) -> Strides:
        dimension = self._dimension(inputs[0])
        return (*strides[:dimension], strides[dimension] * self.step, *strides[dimension + 1 :])

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        return call.grad if self._whole(inputs[0]) else None

    def reads_view(self, inputs: Inputs) -> bool:
        return self._whole(inputs[0])

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        taken = self._taken(inputs[0])
        arguments = {"start": taken.start, "stop": taken.stop, "step": taken.step}
        return (TorchCall("own.Slice", {"dim": 1 + self._dimension(inputs[0]), **arguments}),)

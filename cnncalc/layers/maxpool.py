"""Max pooling over one to three spatial axes."""

from math import inf
from typing import ClassVar

from cnncalc.shape import Shape, Window
from cnncalc.vocabulary.field import dilation
from cnncalc.vocabulary.groups import PicksValues
from cnncalc.vocabulary.layer import (
    Call,
    Example,
    Inputs,
    Kept,
    Precision,
    Step,
    Tensor,
    TorchCall,
    Work,
    layer,
)
from cnncalc.vocabulary.layer_type import unwritten
from cnncalc.vocabulary.limits import Limits
from cnncalc.vocabulary.padding import constant_pad_call
from cnncalc.vocabulary.pool import INDICES, Pool
from cnncalc.vocabulary.strides import Lying
from cnncalc.vocabulary.values import PerAxis
from cnncalc.vocabulary.window import axiswise, sliding


@layer
class MaxPool(PicksValues, Pool):
    """The largest value of each window; padding never wins."""

    autocast = "input"
    linear = False
    filling = -inf
    gives_indices = True
    source: ClassVar[str] = "torch.nn.MaxPool2d; CS231n notes, Pooling Layer"
    short: ClassVar[str] = "POOL"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"kernel": 2, "stride": 2}, (Shape(64, (224, 224)),)),
        Example({"kernel": 3, "stride": 2, "padding": 1}, (Shape(16, (15, 15)),)),
        Example({"kernel": 3, "stride": 2, "rounding": "ceil"}, (Shape(16, (14, 14)),)),
        Example({"kernel": 2}, (Shape(4, (10,)),)),
        Example({"kernel": 2, "dilation": 2, "stride": 1}, (Shape(4, (6, 6, 6)),)),
        Example({"kernel": 3, "stride": 2, "padding": "same"}, (Shape(4, (14, 15)),)),
    )

    dilation: PerAxis = dilation()
    # Whether an unpooling reads its indices: the network says so.
    indexed: bool = unwritten(False)

    @property
    def returns_indices(self) -> bool:
        return self.indexed

    def autocast_on_cpu(self, inputs: Inputs) -> Precision:
        """Where it returns indices, another operation (`max_pool3d_with_indices`), which autocast leaves alone."""
        return "input" if self.indexed else super().autocast_on_cpu(inputs)

    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        """A window that reads only padding gives minus infinity."""
        for window in self.windows(inputs[0]):
            padding = max(window.before, window.after)
            if padding >= window.kernel or (padding and window.dilation > 1):
                return before[0]._replace(low=-inf)
        return before[0]

    def windows(self, volume: Shape) -> tuple[Window, ...]:
        return sliding(volume, self.kernel, self.step, self.padding, self.dilation, ceil=self.ceil)

    def pads_itself(self, window: Window, rank: int) -> bool:
        # If kernel elements are farther apart than the input is long, the input may be between two of them. PyTorch's
        # pooling then gives an invalid index, and its backward pass writes there: a crash (2.13).
        return super().pads_itself(window, rank) and (not window.before or window.dilation <= window.size)

    def overhangs_alone(self, rank: int) -> bool:
        return True

    def work(self, inputs: Inputs) -> Work:
        return Work(compares=self.output(inputs).size * (self.taps(inputs[0]) - 1))

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return (self.apart(inputs) or 0, self._indices(inputs))

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        first = self.apart(inputs)
        # With one axis the operations of a CPU, which needs no indices if no backward pass follows.
        indices = () if inputs[0].rank == 1 and not self.indexed else (self._indices(inputs),)
        return (first, *indices) if first else indices

    def forward_of(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        """With one axis a CPU needs no indices if no backward pass follows (`max_pool1d`)."""
        steps = super().forward_of(inputs, call)
        if inputs[0].rank > 1 or self.indexed or (call.device == "cpu" and not call.subclasses):
            return steps
        *first, last = steps
        return (*first, last._replace(makes=(*last.makes, self._indices(inputs))))

    def _indices(self, inputs: Inputs) -> Tensor:
        return Tensor(INDICES, self.output(inputs).torch, "int64", batched=True)

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        """As the input; over one axis a CPU leaves values in order, without a gradient to come."""
        in_order = call.real_on_cpu and not call.training and inputs[0].rank == 1 and not self.indexed
        return None if in_order else super().lies(inputs, call)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        dilation = axiswise(self.dilation, inputs[0].rank)
        arguments = {**self.window_arguments(inputs), "dilation": dilation}
        arguments |= {"return_indices": True} if self.indexed else {}
        call = TorchCall(f"nn.MaxPool{inputs[0].rank}d", arguments)
        ends = self.padding_apart(inputs[0])
        return (constant_pad_call(ends, self.filling), call) if ends else (call,)

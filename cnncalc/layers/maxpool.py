"""Max pooling over one to three spatial axes."""

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from cnncalc.layers._field import PerAxis, per_axis
from cnncalc.layers._layer import Example, Inputs, Kept, Tensor, TorchCall, Work
from cnncalc.layers._pool import Pool
from cnncalc.layers._window import axiswise, sliding
from cnncalc.shape import Shape, Window


@dataclass(frozen=True)
class MaxPool(Pool):
    """The largest value of each window; padding never wins."""

    source: ClassVar[str] = "torch.nn.MaxPool2d; CS231n notes, Pooling Layer"
    short: ClassVar[str] = "POOL"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"kernel": 2, "stride": 2}, (Shape(64, (224, 224)),)),
        Example({"kernel": 3, "stride": 2, "padding": 1}, (Shape(16, (15, 15)),)),
        Example({"kernel": 3, "stride": 2, "rounding": "ceil"}, (Shape(16, (14, 14)),)),
        Example({"kernel": 2}, (Shape(4, (10,)),)),
        Example({"kernel": 2, "dilation": 2, "stride": 1}, (Shape(4, (6, 6, 6)),)),
    )

    dilation: PerAxis = per_axis(1, "distance between two taps; 1 is dense")

    def windows(self, volume: Shape) -> tuple[Window, ...]:
        return sliding(
            volume, self.kernel, self.step, self.padding, self.dilation, ceil=self.rounding == "ceil"
        )

    def work(self, inputs: Inputs) -> Work:
        taps = prod(axiswise(self.kernel, inputs[0].rank))
        return Work(compares=self.output(inputs).size * (taps - 1))

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return (0, Tensor("indices", self.output(inputs).torch, "int64", batched=True))

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        dilation = axiswise(self.dilation, inputs[0].rank)
        arguments = {**self.window_arguments(inputs), "dilation": dilation}
        return (TorchCall(f"nn.MaxPool{inputs[0].rank}d", arguments),)

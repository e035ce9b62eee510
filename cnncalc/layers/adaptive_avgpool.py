"""Average pooling to a given size."""

from math import prod
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.adaptive_pool import AdaptivePool, MeanOfAll, all_read
from cnncalc.vocabulary.groups import NoScratch
from cnncalc.vocabulary.layer import Call, Example, Inputs, Kept, TorchCall, Work, layer
from cnncalc.vocabulary.strides import Lying


@layer
class AdaptiveAvgPool(MeanOfAll, AdaptivePool, NoScratch):
    """The mean of each of `output_size` windows. Together they cover an input of any size."""

    linear = True
    source: ClassVar[str] = "torch.nn.AdaptiveAvgPool2d"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"output_size": 7}, (Shape(16, (14, 14)),)),
        Example({"output_size": (1, 3)}, (Shape(4, (8, 8)),)),
        Example({"output_size": 1}, (Shape(4, (3, 5, 5)),)),
        Example({"output_size": 6}, (Shape(4, (10,)),)),
    )

    def work(self, inputs: Inputs) -> Work:
        volume, out = inputs[0], self.output(inputs)
        taps = prod(all_read(size, count) for size, count in zip(volume.spatial, out.spatial, strict=True))
        return Work(adds=volume.channels * (taps - out.positions), divides=out.size)

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        return None if self.output(inputs).positions == 1 else super().gradient_lies(inputs, which, call)

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        # For one output position PyTorch computes a mean, whose backward pass needs no values.
        return () if self.output(inputs).positions == 1 else (0,)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall(f"nn.AdaptiveAvgPool{inputs[0].rank}d", {"output_size": self.sizes(inputs)}),)

    def label(self, inputs: Inputs) -> str:
        return f"AVGPOOL->{self.size_text(inputs)}"

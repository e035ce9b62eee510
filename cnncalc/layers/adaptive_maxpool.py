"""Max pooling to a given size."""

from math import prod
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.adaptive_pool import AdaptivePool, all_read
from cnncalc.vocabulary.layer import Example, Inputs, Kept, Tensor, TorchCall, Work, layer


@layer
class AdaptiveMaxPool(AdaptivePool):
    """The largest value of each of `output_size` windows. Together they cover an input of any size."""

    linear = False
    source: ClassVar[str] = "torch.nn.AdaptiveMaxPool2d"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"output_size": 7}, (Shape(16, (14, 14)),)),
        Example({"output_size": (1, 3)}, (Shape(4, (8, 8)),)),
        Example({"output_size": 1}, (Shape(4, (3, 5, 5)),)),
        Example({"output_size": 6}, (Shape(4, (10,)),)),
    )

    def work(self, inputs: Inputs) -> Work:
        volume, out = inputs[0], self.output(inputs)
        taps = prod(all_read(size, count) for size, count in zip(volume.spatial, out.spatial, strict=True))
        return Work(compares=volume.channels * (taps - out.positions))

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return 0, *self.scratch(inputs)

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return (Tensor("indices", self.output(inputs).torch, "int64", batched=True),)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall(f"nn.AdaptiveMaxPool{inputs[0].rank}d", {"output_size": self.sizes(inputs)}),)

    def label(self, inputs: Inputs) -> str:
        return f"POOL->{self.size_text(inputs)}"

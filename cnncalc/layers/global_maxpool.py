"""Maximum over all positions."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.global_pool import GlobalPool
from cnncalc.vocabulary.layer import Example, Inputs, Kept, Tensor, TorchCall, Work, layer


@layer
class GlobalMaxPool(GlobalPool):
    """The largest value of each channel: a volume with one position."""

    linear = False
    source: ClassVar[str] = "torch.nn.AdaptiveMaxPool2d(1)"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(512, (7, 7)),)),
        Example({}, (Shape(8, (30,)),)),
        Example({}, (Shape(8, (3, 5, 5)),)),
    )

    def work(self, inputs: Inputs) -> Work:
        return Work(compares=inputs[0].channels * (inputs[0].positions - 1))

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return (0, *self.scratch(inputs))

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return (Tensor("indices", self.output(inputs).torch, "int64", batched=True),)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall(f"nn.AdaptiveMaxPool{inputs[0].rank}d", {"output_size": 1}),)

    def label(self, inputs: Inputs) -> str:
        return "GLOBAL-POOL"

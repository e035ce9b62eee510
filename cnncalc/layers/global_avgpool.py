"""Average over all positions."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.adaptive_pool import MeanOfAll
from cnncalc.vocabulary.global_pool import GlobalPool
from cnncalc.vocabulary.groups import KeepsNothing
from cnncalc.vocabulary.layer import Example, Inputs, TorchCall, Work, layer


@layer
class GlobalAvgPool(MeanOfAll, GlobalPool, KeepsNothing):
    """The mean of each channel: a volume with one position."""

    gradient_format = "in order"
    linear = True
    source: ClassVar[str] = "torch.nn.AdaptiveAvgPool2d(1); Lin et al. 2013, arXiv 1312.4400"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(512, (7, 7)),)),
        Example({}, (Shape(8, (30,)),)),
        Example({}, (Shape(8, (3, 5, 5)),)),
    )

    def work(self, inputs: Inputs) -> Work:
        volume = inputs[0]
        return Work(adds=volume.channels * (volume.positions - 1), divides=volume.channels)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall(f"nn.AdaptiveAvgPool{inputs[0].rank}d", {"output_size": 1}),)

    def label(self, inputs: Inputs) -> str:
        return "GLOBAL-AVGPOOL"

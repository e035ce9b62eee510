"""Blocks of positions to channels."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.layer import Example, Inputs, Problem, Reach, layer
from cnncalc.vocabulary.position_blocks import PositionBlocks, divided, places, untiled
from cnncalc.vocabulary.strides import Strides, regrouped


@layer
class SpaceToDepth(PositionBlocks):
    """Turns every block of r positions along each axis into channels: each axis is r times shorter.

    YOLOv2's passthrough layer and YOLOv5's Focus do this. With `order: crd` it is `pixel_unshuffle`.
    """

    source: ClassVar[str] = "tf.nn.space_to_depth; ONNX SpaceToDepth; Redmon & Farhadi 2016, arXiv 1612.08242"
    module: ClassVar[str] = "own.SpaceToDepth"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"block": 2}, (Shape(64, (26, 26)),)),
        Example({"block": 3, "order": "crd"}, (Shape(2, (6, 9)),)),
        Example({"block": 2}, (Shape(8, (30,)),)),
        Example({"block": 2}, (Shape(2, (4, 6, 6)),)),
    )

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        yield from untiled(inputs[0], self.block, "block", "blocks")

    def output(self, inputs: Inputs) -> Shape:
        volume = inputs[0]
        each = self.block**volume.rank
        return Shape(volume.channels * each, tuple(size // self.block for size in volume.spatial))

    def joined(self, inputs: Inputs, strides: Strides) -> Strides | None:
        volume, step = inputs[0], strides[0]
        by_position = self.order == "dcr"
        inside = places(self.block, volume.rank, step * volume.channels if by_position else step)
        channel = step if by_position else step * self.block**volume.rank
        axes = (stride for pair in zip(strides[1:], inside, strict=True) for stride in pair)
        return regrouped(divided(volume, self.block), (channel, *axes), volume.torch)

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        return (Reach.window(self.block, self.block),) * inputs[0].rank

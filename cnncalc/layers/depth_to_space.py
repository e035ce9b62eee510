"""Channels to blocks of positions."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.divide import undivided
from cnncalc.vocabulary.layer import Example, Inputs, Problem, Reach, layer
from cnncalc.vocabulary.position_blocks import PositionBlocks
from cnncalc.vocabulary.reach import enlarged
from cnncalc.vocabulary.strides import Strides, regrouped


@layer
class DepthToSpace(PositionBlocks):
    """Turns channels into blocks of r positions along each axis, which is r times longer.

    The reverse of `space_to_depth`. With `order: crd` it is `pixel_shuffle`.
    """

    source: ClassVar[str] = "tf.nn.depth_to_space; ONNX DepthToSpace; Shi et al. 2016, arXiv 1609.05158"
    module: ClassVar[str] = "own.DepthToSpace"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"block": 2}, (Shape(64, (14, 14)),)),
        Example({"block": 3, "order": "crd"}, (Shape(9, (5, 6)),)),
        Example({"block": 2}, (Shape(8, (15,)),)),
        Example({"block": 2}, (Shape(16, (2, 3, 3)),)),
    )

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        each = self.block ** inputs[0].rank
        if problem := undivided(inputs[0], each, f"blocks of {each}"):
            yield problem

    def output(self, inputs: Inputs) -> Shape:
        volume = inputs[0]
        each = self.block**volume.rank
        return Shape(volume.channels // each, tuple(size * self.block for size in volume.spatial))

    def joined(self, inputs: Inputs, strides: Strides) -> Strides | None:
        volume = inputs[0]
        channels, *inside = strides
        sizes = self.arranged(self.output(inputs).channels, (self.block,) * volume.rank)
        blocks = tuple(stride * self.block for stride in inside)
        of_channels = self.arranged(channels, tuple(inside))
        return regrouped((*sizes, *volume.spatial), (*of_channels, *blocks), volume.torch)

    def reach(self, inputs: Inputs) -> tuple[Reach, ...] | None:
        reach = enlarged(self.block)
        return None if reach is None else (reach,) * inputs[0].rank

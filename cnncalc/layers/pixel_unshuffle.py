"""Positions to channels."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.field import REQUIRED, integer
from cnncalc.vocabulary.groups import KeepsNothing, MovesValues, NoScratch, OwnOutput, Weightless
from cnncalc.vocabulary.layer import Example, Inputs, Problem, Reach, TorchCall, Work, layer
from cnncalc.vocabulary.layouts import KeepsFormat
from cnncalc.vocabulary.position_blocks import untiled


@layer
class PixelUnshuffle(MovesValues, KeepsFormat, Weightless, NoScratch, OwnOutput, KeepsNothing):
    """Turns every square of r x r positions into r*r channels. No value is lost, and each axis is r times shorter."""

    family: ClassVar[str] = "shape"
    takes = "volume"
    gradient_format = "gradient"
    ranks = (2,)
    source: ClassVar[str] = "torch.nn.PixelUnshuffle; Shi et al. 2016, arXiv 1609.05158"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"downscale_factor": 2}, (Shape(16, (14, 14)),)),
        Example({"downscale_factor": 3}, (Shape(2, (6, 9)),)),
    )

    downscale_factor: int = integer(REQUIRED, "r: the factor by which each axis shrinks", main=True)

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        yield from untiled(inputs[0], self.downscale_factor, "downscale_factor", "squares")

    def output(self, inputs: Inputs) -> Shape:
        factor = self.downscale_factor
        return Shape(inputs[0].channels * factor**2, tuple(size // factor for size in inputs[0].spatial))

    def work(self, inputs: Inputs) -> Work:
        return Work()

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        return (Reach.window(self.downscale_factor, self.downscale_factor),) * inputs[0].rank

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("nn.PixelUnshuffle", {"downscale_factor": self.downscale_factor}),)

    def label(self, inputs: Inputs) -> str:
        return f"PIXEL-UNSHUFFLE{self.downscale_factor}"

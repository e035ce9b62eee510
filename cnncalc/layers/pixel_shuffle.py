"""Channels to positions."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.divide import undivided
from cnncalc.vocabulary.field import REQUIRED, integer
from cnncalc.vocabulary.groups import KeepsNothing, MovesValues, NoScratch, OwnOutput, Weightless
from cnncalc.vocabulary.layer import Example, Inputs, Problem, Reach, TorchCall, Work, layer
from cnncalc.vocabulary.layouts import KeepsFormat
from cnncalc.vocabulary.reach import enlarged


@layer
class PixelShuffle(MovesValues, KeepsFormat, Weightless, NoScratch, OwnOutput, KeepsNothing):
    """Turns every r*r channels into a square of r x r positions of one channel."""

    family: ClassVar[str] = "shape"
    takes = "volume"
    gradient_format = "gradient"
    ranks = (2,)
    source: ClassVar[str] = "torch.nn.PixelShuffle; Shi et al. 2016, arXiv 1609.05158"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"upscale_factor": 2}, (Shape(64, (14, 14)),)),
        Example({"upscale_factor": 3}, (Shape(9, (5, 6)),)),
    )

    upscale_factor: int = integer(REQUIRED, "r: the factor by which each axis grows", main=True)

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        square = self.upscale_factor**2
        if problem := undivided(inputs[0], square, f"squares of {square}"):
            yield problem

    def output(self, inputs: Inputs) -> Shape:
        factor = self.upscale_factor
        return Shape(inputs[0].channels // factor**2, tuple(size * factor for size in inputs[0].spatial))

    def work(self, inputs: Inputs) -> Work:
        return Work()

    def reach(self, inputs: Inputs) -> tuple[Reach, ...] | None:
        reach = enlarged(self.upscale_factor)
        return None if reach is None else (reach,) * inputs[0].rank

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("nn.PixelShuffle", {"upscale_factor": self.upscale_factor}),)

    def label(self, inputs: Inputs) -> str:
        return f"PIXEL-SHUFFLE{self.upscale_factor}"

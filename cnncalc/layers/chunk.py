"""One of several equal pieces of the channels."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.exact import counted
from cnncalc.shape import Shape
from cnncalc.vocabulary import shape_faults
from cnncalc.vocabulary.divide import undivided
from cnncalc.vocabulary.field import REQUIRED, integer
from cnncalc.vocabulary.layer import (
    Change,
    Example,
    Inputs,
    Problem,
    Step,
    Tensor,
    TorchCall,
    gradients,
    layer,
)
from cnncalc.vocabulary.part import Part
from cnncalc.vocabulary.region import Ranges


@layer
class Chunk(Part):
    """Splits the channels into `of` equal pieces and takes one of them."""

    source: ClassVar[str] = "torch.chunk; Ma et al. 2018, arXiv 1807.11164 (ShuffleNet V2)"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"of": 2, "index": 0}, (Shape(116, (28, 28)),)),
        Example({"of": 3, "index": 2}, (Shape(12),)),
        Example({"of": 2, "index": 1}, (Shape(4, (10,)),)),
    )

    one_of_views = True

    of: int = integer(REQUIRED, "number of pieces")
    index: int = integer(REQUIRED, "which piece, counted from 0", low=0)

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        if self.index >= self.of:
            last = self.of - 1
            message = (
                f"there is no piece {self.index}: the channels are split into {counted(self.of, 'piece')}"
            )
            help = f"they count from 0: the last one is {last}"
            yield Problem(
                shape_faults.OUT_OF_RANGE, message, "index", help=help, changes=(Change("index", last),)
            )
        if problem := undivided(inputs[0], self.of, f"{self.of} pieces", "of"):
            yield problem

    def output(self, inputs: Inputs) -> Shape:
        return Shape(inputs[0].channels // self.of, inputs[0].spatial)

    def part(self, inputs: Inputs) -> Ranges:
        each = inputs[0].channels // self.of
        channels = range(self.index * each, (self.index + 1) * each)
        return channels, *map(range, inputs[0].spatial)

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """Zeros for every other piece, and all pieces joined (`split_backward`)."""
        others = [
            Tensor(f"zeros{index}", self.output(inputs).torch, batched=True) for index in range(self.of - 1)
        ]
        return (Step((*others, *gradients(inputs, wanted))),)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("own.Chunk", {"chunks": self.of, "index": self.index}),)

"""One of the tokens."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.exact import counted
from cnncalc.shape import Shape
from cnncalc.vocabulary import shape_faults
from cnncalc.vocabulary.field import integer
from cnncalc.vocabulary.layer import Call, Change, Example, Inputs, Problem, Reach, TorchCall, layer
from cnncalc.vocabulary.part import Part
from cnncalc.vocabulary.region import Ranges
from cnncalc.vocabulary.strides import Lying, Strides, channels_last
from cnncalc.vocabulary.tokens import OfTokens


@layer
class SelectToken(OfTokens, Part):
    """Takes one token, as features."""

    family: ClassVar[str] = "shape"
    one_of_views = False
    source: ClassVar[str] = "torch.select; torchvision.models.VisionTransformer"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(768, (197,)),)),
        Example({"index": 4}, (Shape(8, (5,)),)),
    )

    index: int = integer(0, "which token, counted from 0 (the class token)", low=0, main=True)

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        if self.index >= inputs[0].positions:
            last = inputs[0].positions - 1
            message = f"there is no token {self.index}: the input has {counted(last + 1, 'token')}"
            help = f"they count from 0: the last one is {last}"
            yield Problem(
                shape_faults.OUT_OF_RANGE, message, "index", help=help, changes=(Change("index", last),)
            )

    def output(self, inputs: Inputs) -> Shape:
        return Shape(inputs[0].channels)

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        return (Reach.window(1, 1, self.index),)

    def part(self, inputs: Inputs) -> Ranges:
        return range(inputs[0].channels), range(self.index, self.index + 1)

    def strides(self, inputs: Inputs, strides: Strides) -> Strides:
        return strides[:1]

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        return channels_last(inputs[0].torch)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("own.SelectToken", {"index": self.index}),)

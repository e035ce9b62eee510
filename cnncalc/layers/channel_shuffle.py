"""Channels interleaved between groups."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.divide import undivided
from cnncalc.vocabulary.field import REQUIRED, integer
from cnncalc.vocabulary.gradients import passed
from cnncalc.vocabulary.groups import (
    GivesView,
    KeepsNothing,
    MovesValues,
    NoScratch,
    OwnOutput,
    Pointwise,
    Weightless,
)
from cnncalc.vocabulary.layer import Call, Example, Inputs, Problem, Step, TorchCall, Work, layer
from cnncalc.vocabulary.strides import Lying


@layer
class ChannelShuffle(MovesValues, GivesView, Weightless, NoScratch, OwnOutput, KeepsNothing, Pointwise):
    """Reorders the channels: the first channel of each group, then the second of each group, and so on."""

    family: ClassVar[str] = "shape"
    source: ClassVar[str] = "torch.nn.ChannelShuffle; Zhang et al. 2017, arXiv 1707.01083 (ShuffleNet)"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"groups": 2}, (Shape(116, (28, 28)),)),
        Example({"groups": 3}, (Shape(12, (10,)),)),
        Example({"groups": 4}, (Shape(8),)),
    )

    groups: int = integer(REQUIRED, "number of groups of channels", main=True)

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        if problem := undivided(inputs[0], self.groups, f"{self.groups} groups", "groups"):
            yield problem

    def work(self, inputs: Inputs) -> Work:
        return Work()

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """A copy in the original order; a view where both orders are the same."""
        return (passed(wanted),) if self.reads_view(inputs) else super().backward(inputs, wanted)

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        return call.grad if self.reads_view(inputs) else None

    def reads_view(self, inputs: Inputs) -> bool:
        return self.groups in (1, inputs[0].channels)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("own.ChannelShuffle", {"groups": self.groups}),)

    def label(self, inputs: Inputs) -> str:
        return f"SHUFFLE{self.groups}"

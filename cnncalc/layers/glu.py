"""Gated linear unit."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.activation import SHAPES
from cnncalc.vocabulary.divide import undivided
from cnncalc.vocabulary.groups import (
    ChannelsMixed,
    KeepsInput,
    NoScratch,
    NoStatistics,
    OwnOutput,
    Pointwise,
    Weightless,
)
from cnncalc.vocabulary.layer import Call, Example, Inputs, Problem, TorchCall, Work, layer
from cnncalc.vocabulary.layouts import LikeOperands
from cnncalc.vocabulary.limits import ZERO, Limits
from cnncalc.vocabulary.strides import Lying, channels_last, suggests_last


@layer
class GLU(ChannelsMixed, NoStatistics, LikeOperands, Weightless, KeepsInput, NoScratch, OwnOutput, Pointwise):
    """The first half of the channels times the sigmoid of the second half. The output has half as many channels."""

    family: ClassVar[str] = "activation"
    autocast = "input"
    linear = False
    source: ClassVar[str] = "torch.nn.GLU(dim=1); Dauphin et al. 2016, arXiv 1612.08083"
    examples: ClassVar[tuple[Example, ...]] = SHAPES

    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        return before[0].joined(ZERO)

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        """In order; on tensors of a subclass, whose gradient is two halves side by side, as the input."""
        last = call.subclasses and suggests_last(inputs[0].torch, call.lies())
        return channels_last(inputs[0].torch) if last else None

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        if problem := undivided(inputs[0], 2, "two halves"):
            yield problem

    def output(self, inputs: Inputs) -> Shape:
        return Shape(inputs[0].channels // 2, inputs[0].spatial)

    def work(self, inputs: Inputs) -> Work:
        values = self.output(inputs).size
        return Work(multiplies=values, adds=values, divides=values, exponentials=values)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("nn.GLU", {"dim": 1}),)

    def label(self, inputs: Inputs) -> str:
        return "GLU"

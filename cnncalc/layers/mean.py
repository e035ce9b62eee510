"""The mean over axes."""

from typing import ClassVar, Literal

from cnncalc.shape import Shape
from cnncalc.vocabulary.field import another_word
from cnncalc.vocabulary.groups import KeepsNothing, PicksValues
from cnncalc.vocabulary.layer import Call, Example, Inputs, Work, layer
from cnncalc.vocabulary.reduction import OVER, REDUCTIONS, Reduction, divided_gradient
from cnncalc.vocabulary.strides import Lying
from cnncalc.vocabulary.values import AxisNames
from cnncalc.vocabulary.word_fields import POSITIONS, axes, choice


@layer
class Mean(Reduction, PicksValues, KeepsNothing):
    """The mean over axes, for each channel separately unless they are channels: features, if over all positions."""

    autocast = "input"
    linear = True
    module: ClassVar[str] = "own.Mean"
    source: ClassVar[str] = "torch.mean"
    examples: ClassVar[tuple[Example, ...]] = (
        *REDUCTIONS,
        Example({"axis": "height"}, (Shape(4, (5, 6)),)),
        Example({"axis": "depth"}, (Shape(8, (3, 4, 5)),)),
    )

    over: AxisNames = axes(POSITIONS, f"{OVER}; `all` is the same as positions", main=True, also=("all",))
    axis: Literal["all", "length", "depth", "height", "width"] | None = another_word(
        "over",
        choice(
            None,
            "another word for `over`, for one spatial axis or all",
            ("all", "length", "depth", "height", "width"),
        ),
    )

    @property
    def field(self) -> str:
        return "over" if self.axis is None else "axis"

    @property
    def reduced(self) -> AxisNames:
        return self.axis or self.over

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        return divided_gradient(self, inputs, call)

    def work(self, inputs: Inputs) -> Work:
        means = self.output(inputs).size
        return Work(adds=inputs[0].size - means, divides=means)

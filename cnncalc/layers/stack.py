"""Operands side by side along a new axis."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.shape import AXES, Shape
from cnncalc.vocabulary import shape_faults
from cnncalc.vocabulary.gradients import PassesGradient
from cnncalc.vocabulary.groups import JoinsInWidest, KeepsNothing, NoScratch, PicksValues
from cnncalc.vocabulary.layer import Call, Example, Inputs, Problem, TorchCall, Work, layer
from cnncalc.vocabulary.merge import Merge, mismatch
from cnncalc.vocabulary.strides import Lying, channels_last, lies, steps, suggests_last
from cnncalc.vocabulary.word_fields import SPATIAL_WORDS, choice

MOST_AXES = max(AXES)


@layer
class Stack(PicksValues, PassesGradient, JoinsInWidest, Merge, KeepsNothing, NoScratch):
    """Puts operands of one shape side by side along a new spatial axis, which has one position for each of them.

    Volumes of two axes become one of depth, height and width; rows become a volume of height and width; features become
    a row with a length. `over` names the new axis in the output (default: its first one); the others stay in order.
    `concat` joins along an axis that is there already. Receptive fields after it are unknown: each position along the
    new axis sees what one of the operands sees.
    """

    linear = True
    source: ClassVar[str] = "torch.stack"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(16, (7, 5)),) * 3),
        Example({"over": "width"}, (Shape(4, (5, 6)),) * 2),
        Example({}, (Shape(8, (10,)),) * 2),
        Example({"over": "width"}, (Shape(8, (10,)),) * 4),
        Example({}, (Shape(10),) * 5),
    )

    over: str | None = choice(
        None, "the new axis, by its name in the output (default: the output's first)", SPATIAL_WORDS
    )

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        shape = inputs[0]
        if shape.rank == MOST_AXES:
            yield Problem(
                shape_faults.WRONG_AXES,
                f"stack adds an axis, but its operands ({shape}) have {MOST_AXES} already: {', '.join(shape.axes)}",
                help="`concat: {of: [...], over: depth}` joins along one of them",
            )
            return
        axes = AXES[shape.rank + 1]
        if self.over is not None and self.over not in axes:
            yield Problem(
                shape_faults.WRONG_AXES,
                f"operands of {shape} stacked have {', '.join(axes)}, and no {self.over}",
                "over",
                help=f"write `over: {axes[0]}`, or leave it out",
            )
            return
        for which in range(1, len(inputs)):
            if problem := mismatch(inputs, shape, which, tuple(shape.asdict())):
                yield problem
                return

    def _dim(self, shape: Shape) -> int:
        """The new dimension of an image; 0 is the channels."""
        return 1 + (0 if self.over is None else AXES[shape.rank + 1].index(self.over))

    def output(self, inputs: Inputs) -> Shape:
        channels, *sizes = inputs[0].torch
        sizes.insert(self._dim(inputs[0]) - 1, len(inputs))
        return Shape(channels, tuple(sizes))

    def work(self, inputs: Inputs) -> Work:
        return Work()

    def reach(self, inputs: Inputs) -> None:  # type: ignore[override]
        return None

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        """PyTorch joins along the axis after the new one, and views that as two; a new last axis puts all in order."""
        has_next = self._dim(inputs[0]) < len(inputs[0].torch)
        last = all(suggests_last(shape.torch, call.lies(which)) for which, shape in enumerate(inputs))
        return channels_last(self.output(inputs).torch) if has_next and last else None

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        """One position of the gradient of the output."""
        strides = list(steps(self.output(inputs).torch, call.grad))
        del strides[1 + self._dim(inputs[0])]
        return lies(inputs[which].torch, tuple(strides))

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("torch.stack", {"dim": 1 + self._dim(inputs[0])}, operands="list"),)

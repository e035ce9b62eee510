"""Volumes joined along their channels, or along another axis."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.axes import absent, dimensions
from cnncalc.vocabulary.gradients import PassesGradient, passed
from cnncalc.vocabulary.groups import JoinsInWidest, KeepsNothing, NoScratch, PicksValues
from cnncalc.vocabulary.layer import Call, Example, Inputs, Problem, Step, Tensor, TorchCall, Work, layer
from cnncalc.vocabulary.merge import Merge, mismatch
from cnncalc.vocabulary.strides import Lying, channels_last, lies, steps, suggests_last
from cnncalc.vocabulary.word_fields import AXIS_WORDS, choice


@layer
class Concat(PicksValues, PassesGradient, JoinsInWidest, Merge, KeepsNothing, NoScratch):
    """Joins the channels of its operands, one operand after the other, or another axis: `{of: [a, b], over: height}`.

    All other sizes must be the same. A learned tensor among them is joined to every image.
    """

    linear = True
    flattens = True
    without_batch = "some"
    source: ClassVar[str] = "torch.cat; Szegedy et al. 2014, arXiv 1409.4842 (inception)"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(64, (28, 28)), Shape(128, (28, 28)))),
        Example({}, (Shape(10), Shape(3), Shape(3))),
        Example({"over": "height"}, (Shape(4, (5, 6)), Shape(4, (1, 6)), Shape(4, (3, 6)))),
        Example({"over": "length"}, (Shape(8, (7,)), Shape(8, (4,)))),
    )

    over: str = choice("channels", "the axis along which the operands are joined", AXIS_WORDS[:-1])

    def _dim(self, shape: Shape) -> int:
        """The axis as a dimension of an image; 0 is the channels."""
        return dimensions(shape, self.over)[0]

    def joins_along(self, inputs: Inputs) -> int | None:
        dim = self._dim(inputs[0])
        return dim - 1 if dim else None

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        if problem := absent(inputs[0], self.over):
            yield problem
            return
        others = tuple(axis for axis in ("channels", *inputs[0].axes) if axis != self.over)
        for which in range(1, len(inputs)):
            if problem := mismatch(inputs, inputs[0], which, others):
                yield problem
                return

    def output(self, inputs: Inputs) -> Shape:
        dim = self._dim(inputs[0])
        sizes = list(inputs[0].torch)
        sizes[dim] = sum(shape.torch[dim] for shape in inputs)
        return Shape(sizes[0], tuple(sizes[1:]))

    def work(self, inputs: Inputs) -> Work:
        return Work()

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """A view for each operand. Of a learned tensor, the sum of its view over the images, the last one first."""
        own = tuple(want and shape.batched for want, shape in zip(wanted, inputs, strict=True))
        sums = (
            Step((Tensor(f"grad{which}", shape.torch),))
            for which, shape in reversed(list(enumerate(inputs)))
            if wanted[which] and not shape.batched
        )
        return (passed(own), *sums)

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        """In channels-last format if all operands are (`cat_compute_output_memory_format`)."""
        last = all(suggests_last(shape.torch, call.lies(which)) for which, shape in enumerate(inputs))
        return channels_last(self.output(inputs).torch) if last else None

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        """Part of the gradient of the output; of a learned tensor a sum, in order."""
        if not inputs[which].batched:
            return None
        output = call.output or self.output(inputs)
        return lies(inputs[which].torch, steps(output.torch, call.grad))

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        dim = self._dim(inputs[0]) + 1
        learned = tuple(which for which, shape in enumerate(inputs) if not shape.batched)
        if learned:
            return (TorchCall("own.Concat", {"dim": dim, "rank": inputs[0].rank, "learned": learned}),)
        return (TorchCall("torch.cat", {"dim": dim}, operands="list"),)

"""Neighbouring positions joined into one."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.gradients import passed, unpadded
from cnncalc.vocabulary.groups import KeepsNothing, NoStatistics, OwnOutput, PicksValuesOrZero, Weightless
from cnncalc.vocabulary.layer import Example, Inputs, Reach, Step, Tensor, TorchCall, Work, gradients, layer
from cnncalc.vocabulary.layouts import LastInMemory


@layer
class PatchMerging(NoStatistics, PicksValuesOrZero, LastInMemory, Weightless, OwnOutput, KeepsNothing):
    """Joins the channels of every square of 2x2 positions to the channels of one position.

    The order is upper left, lower left, upper right, lower right, so that torchvision's weights fit the next layer
    (`pixel_unshuffle` keeps the four values of a channel together). An odd size is padded with zeros. In a Swin
    transformer, `ln2d` and a `linear` layer to half the channels follow.
    """

    family: ClassVar[str] = "shape"
    autocast = "input"
    takes = "volume"
    ranks = (2,)
    linear = True
    source: ClassVar[str] = (
        "torchvision.models.swin_transformer.PatchMerging; Liu et al. 2021, arXiv 2103.14030"
    )
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(96, (56, 56)),)),
        Example({}, (Shape(4, (5, 6)),)),
        Example({}, (Shape(2, (7, 1)),)),
    )

    def _odd(self, volume: Shape) -> tuple[int, ...]:
        """Zeros at the end of each axis."""
        return tuple(size % 2 for size in volume.spatial)

    def output(self, inputs: Inputs) -> Shape:
        return Shape(4 * inputs[0].channels, tuple(-(-size // 2) for size in inputs[0].spatial))

    def work(self, inputs: Inputs) -> Work:
        return Work()

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        return (Reach.window(2, 2),) * 2

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        if not any(self._odd(inputs[0])):
            return ()
        merged = self.output(inputs)
        return (Tensor("padded", (merged.channels, *merged.spatial), batched=True),)

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """The gradient in the order of positions: a copy if there is more than one row.

        Another copy removes the padding, if there is any.
        """
        padded = self.scratch(inputs)
        if self.output(inputs).spatial[0] == 1:
            return (Step(gradients(inputs, wanted), ("grad",)),) if padded else (passed(wanted),)
        if not padded:
            return (Step(gradients(inputs, wanted), ("grad",)),)
        return Step((padded[0]._replace(name="grad_padded"),), ("grad",)), unpadded(inputs)

    def gives_view(self, inputs: Inputs) -> bool:
        return True

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("own.PatchMerging", {"padding": self._odd(inputs[0])}),)

    def label(self, inputs: Inputs) -> str:
        return "PATCH-MERGING"

"""A learned tensor."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.field import REQUIRED, number
from cnncalc.vocabulary.groups import (
    AnyValues,
    ChannelsApart,
    KeepsNothing,
    NoScratch,
    NoStatistics,
    OwnOutput,
)
from cnncalc.vocabulary.layer import Example, Inputs, Reach, Step, Tensor, TorchCall, Weight, Work, layer
from cnncalc.vocabulary.layouts import InOrder
from cnncalc.vocabulary.word_fields import shape_text
from cnncalc.vocabulary.written_shape import of_text


@layer
class Learned(ChannelsApart, AnyValues, NoStatistics, InOrder, KeepsNothing, NoScratch, OwnOutput):
    """A learned tensor: reads nothing, and gives a parameter of this shape, which is the same for every image.

    `learned: 1` is one number, `learned: 1x1x64` one for each of 64 channels of a volume, and `learned: 14x14x64` one
    for each value; without spatial axes it is features. It has no batch. `concat` puts it beside each image (a class
    token), arithmetic combines it with each image (weights, positions), and a function of each value gives a tensor
    without a batch again. All other layers need a batch.
    """

    family: ClassVar[str] = "arithmetic"
    arity = 0
    gives_parameter = True
    autocast = "promotes"
    linear = True
    source: ClassVar[str] = "torch.nn.Parameter; Tan et al. 2020, arXiv 1911.09070 (BiFPN)"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"shape": 1}, ()),
        Example({"shape": "1x1x64"}, ()),
        Example({"shape": "1x192", "init": 0.0}, ()),
        Example({"shape": "2x3x4x8"}, ()),
    )

    shape: int | str = shape_text(REQUIRED, "its shape, without the batch", main=True)
    init: float = number(1.0, "initial value of all its numbers")

    def _own(self) -> Shape:
        known = of_text(self.shape) if isinstance(self.shape, str) else Shape(self.shape)
        assert known is not None, f"{self.shape} is no shape"
        return known._replace(batched=False)

    def output(self, inputs: Inputs) -> Shape:
        return self._own()

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        return (Weight("weight", self._own().torch, str(self.shape).replace("x", "*")),)

    def buffers(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return ()

    def work(self, inputs: Inputs) -> Work:
        return Work()

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        """It reads no positions."""
        return ()

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """The gradient that arrives is that of the parameter (`AccumulateGrad`)."""
        return (Step(passes=(("weight", "grad"),)),)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("own.Learned", {"shape": self._own().torch, "init": self.init}),)

    def label(self, inputs: Inputs) -> str:
        return f"LEARNED-{self.shape}"

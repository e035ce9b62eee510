"""Zeros around a volume."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.field import REQUIRED, padding
from cnncalc.vocabulary.groups import KeepsNothing, PicksValuesOrZero
from cnncalc.vocabulary.layer import Example, Inputs, Reach, TorchCall, layer
from cnncalc.vocabulary.pad_layer import PadLayer
from cnncalc.vocabulary.padding import ZerosAround, zero_pad_call
from cnncalc.vocabulary.values import Padding, Sides


@layer
class ZeroPad(PicksValuesOrZero, ZerosAround, PadLayer, KeepsNothing):
    """Adds zeros around a volume."""

    source: ClassVar[str] = "torch.nn.ZeroPad2d"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"padding": 3}, (Shape(3, (224, 224)),)),
        Example({"padding": Sides(bottom=1, right=1)}, (Shape(8, (9, 9)),)),
        Example({"padding": (1,)}, (Shape(4, (10,)),)),
        Example({"padding": (0, 1, 2)}, (Shape(2, (4, 4, 4)),)),
        Example({"padding": Sides(left=2)}, (Shape(4, (10,)),)),
        Example({"padding": Sides(front=1, right=2)}, (Shape(2, (3, 4, 4)),)),
    )

    padding: Padding = padding(REQUIRED, "zeros around the input", main=True, by_window=False)

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        return tuple(Reach.window(1, 1, -before) for before, _ in self.ends(inputs[0]))

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (zero_pad_call(self.ends(inputs[0])),)

"""What padding layers have in common that repeat values of the input."""

from typing import ClassVar

from cnncalc.vocabulary.field import base
from cnncalc.vocabulary.groups import KeepsInput, PicksValues
from cnncalc.vocabulary.layer import Inputs, Reach, TorchCall
from cnncalc.vocabulary.pad_layer import PadLayer
from cnncalc.vocabulary.padding import torch_order


@base
class EdgePad(PicksValues, PadLayer, KeepsInput):
    """Adds values of the volume around it."""

    formats = (2,)
    gradient_format = "in order"
    # The PyTorch module, without its number of axes.
    module: ClassVar[str]

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        """As with zeros: positions around the input count as outside of it, wherever their values come from."""
        return tuple(Reach.window(1, 1, -before)._replace(beyond=True) for before, _ in self.ends(inputs[0]))

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall(f"{self.module}{inputs[0].rank}d", {"padding": torch_order(self.ends(inputs[0]))}),)

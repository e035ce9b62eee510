"""What padding layers have in common that repeat values of the input."""

from typing import ClassVar

from cnncalc.vocabulary.field import base
from cnncalc.vocabulary.groups import KeepsInput, PicksValues
from cnncalc.vocabulary.layer import Call, Inputs, Reach, TorchCall
from cnncalc.vocabulary.pad_layer import PadLayer
from cnncalc.vocabulary.padding import torch_order
from cnncalc.vocabulary.strides import Lying, channels_last, suggests_last


@base
class EdgePad(PicksValues, PadLayer, KeepsInput):
    """Adds values of the volume around it."""

    formats = (2,)
    # The PyTorch module, without its number of axes.
    module: ClassVar[str]

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        """As with zeros: positions around the input count as outside of it, wherever their values come from."""
        return tuple(Reach.window(1, 1, -before)._replace(beyond=True) for before, _ in self.ends(inputs[0]))

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        """As the input, on a CPU over three axes too."""
        if call.real_on_cpu:
            last = suggests_last(inputs[0].torch, call.lies())
            return channels_last(self.output(inputs).torch) if last else None
        return super().lies(inputs, call)

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        """As the input on a CPU, else in order."""
        last = call.real_on_cpu and suggests_last(inputs[0].torch, call.lies())
        return channels_last(inputs[0].torch) if last else None

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall(f"{self.module}{inputs[0].rank}d", {"padding": torch_order(self.ends(inputs[0]))}),)

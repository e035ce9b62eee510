"""What padding layers have in common that repeat values of the input."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.vocabulary.edges import EDGES, Edges
from cnncalc.vocabulary.field import base
from cnncalc.vocabulary.groups import PicksValues
from cnncalc.vocabulary.layer import Call, Inputs, Kept, Precision, Problem, Reach, Step, TorchCall
from cnncalc.vocabulary.pad_layer import PadLayer
from cnncalc.vocabulary.strides import Lying


@base
class EdgePad(PicksValues, PadLayer):
    """Adds values of the volume around it."""

    # The mode, as a convolution calls it.
    mode: ClassVar[str]
    # The layer to use where there is too little to fill the padding with.
    instead: ClassVar[str] = "`replication_pad`"

    @property
    def edges(self) -> Edges:
        """What PyTorch does in this mode."""
        return EDGES[self.mode]

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        yield from self.edges.problems(inputs[0], self.ends(inputs[0]), self.padding, self.instead)

    def autocast_on_cpu(self, inputs: Inputs) -> Precision:
        return self.edges.autocast_on_cpu(inputs[0].rank)

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        """As with zeros: positions around the input count as outside of it, wherever their values come from."""
        return tuple(Reach.window(1, 1, -before)._replace(beyond=True) for before, _ in self.ends(inputs[0]))

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return (0,) if self.edges.kept else ()

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        steps = self.edges.backward(inputs, self.ends(inputs[0]), call) if any(wanted) else ()
        return tuple(
            step._replace(frees=tuple("grad" if name == "grad_padded" else name for name in step.frees))
            for step in steps
        )

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        return self.edges.lies(inputs[0], self.output(inputs), call)

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        return self.edges.gradient_lies(inputs[0], call)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (self.edges.call(self.ends(inputs[0])),)

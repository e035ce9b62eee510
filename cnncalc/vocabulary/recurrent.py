"""What recurrent layers have in common: a state that each position of a sequence updates, from the first one on."""

from abc import abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar

from cnncalc.diagnostic import Severity
from cnncalc.shape import Shape
from cnncalc.vocabulary import field_faults
from cnncalc.vocabulary.families import RECURRENT
from cnncalc.vocabulary.field import REQUIRED, base, flag, integer, number
from cnncalc.vocabulary.groups import ChannelsMixed, GivesView, NoStatistics, OwnOutput
from cnncalc.vocabulary.layer import (
    Call,
    Inputs,
    Kept,
    Problem,
    Reach,
    Step,
    Tensor,
    TorchCall,
    Weight,
    Work,
)
from cnncalc.vocabulary.layouts import LastInMemory, PutsInOrder
from cnncalc.vocabulary.limits import Limits
from cnncalc.vocabulary.matrix import BackwardMacs
from cnncalc.vocabulary.recurrent_backward import casts_back, scans_back
from cnncalc.vocabulary.strides import as_rows


@base
class Recurrent(ChannelsMixed, NoStatistics, PutsInOrder, LastInMemory, GivesView, OwnOutput):
    """A recurrent layer over the length of a sequence. Its output is the state at every position.

    With `layers`, each layer reads the states of the one before it.
    """

    family: ClassVar[str] = RECURRENT
    takes = "volume"
    ranks = (1,)
    other_ranks = "`unstack: {over: height, index: 0}` makes a sequence of a volume whose height is 1"
    autocast = "lower"
    casts_are_cached = False
    one_operation = True
    linear = False
    # How many values each unit computes at a position: a row of products for each of them.
    gates: ClassVar[int]

    hidden: int = integer(
        REQUIRED, "size of the state: the channels of the output (of each direction)", main=True, example=64
    )
    layers: int = integer(1, "number of layers, one after another")
    bidirectional: bool = flag(False, "also read from the end to the start; the output has both states")
    bias: bool = flag(True, "add two learned numbers for each gate: one for the input, one for the state")
    dropout: float = number(
        0.0,
        "probability with which training sets a state to 0 that the next layer reads; others are scaled by 1/(1 - p)",
        low=0,
        high=1,
    )

    @property
    def only_for_weights(self) -> tuple[int | str, ...]:  # type: ignore[override]
        return (
            *(0, "copied", "previous"),
            *(f"dropped_l{layer}" for layer in range(self.layers - 1)),
            *(f"narrow_bias_{of}_{end}" for end in self._ends for of in ("ih", "hh")),
        )

    @property
    def _ends(self) -> list[str]:
        """What the names of weights and tensors end with, for each layer and direction."""
        return [f"l{layer}{direction}" for layer in range(self.layers) for direction in self.directions]

    @property
    def _drops(self) -> bool:
        """Whether there is dropout: it is between two layers."""
        return self.layers > 1 and self.dropout > 0

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        if self.dropout and self.layers == 1:
            yield Problem(
                field_faults.DROPOUT_OF_ONE_LAYER,
                f"`dropout: {self.dropout:g}` has no effect: it acts between the layers in this one, and there is "
                "only one",
                "dropout",
                help="remove it, write `layers: 2` or more, or put the layer `dropout` after this one",
                severity=Severity.WARNING,
                blocking=False,
            )

    @property
    def directions(self) -> tuple[str, ...]:
        """What PyTorch writes after the names of each direction's weights."""
        return ("", "_reverse") if self.bidirectional else ("",)

    @property
    def stacked(self) -> int:
        return self.layers

    @property
    def _width(self) -> int:
        return self.hidden * len(self.directions)

    def entering(self, inputs: Inputs) -> Iterator[tuple[int, int]]:
        """The number of each layer, and the channels that it reads."""
        return ((layer, self._width if layer else inputs[0].channels) for layer in range(self.layers))

    def output(self, inputs: Inputs) -> Shape:
        return Shape(self._width, inputs[0].spatial)

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        return tuple(
            weight
            for layer, channels in self.entering(inputs)
            for direction in self.directions
            for weight in self.weights_of(layer, channels, direction)
        )

    def weights_of(self, layer: int, channels: int, direction: str) -> tuple[Weight, ...]:
        """The weights of one direction of one layer."""
        rows, end = self.gates * self.hidden, f"l{layer}{direction}"
        sized = f"{self.gates}*{self.hidden}" if self.gates > 1 else str(self.hidden)
        biases = (Weight(f"bias_{of}_{end}", (rows,), sized) for of in ("ih", "hh") if self.bias)
        return (
            Weight(f"weight_ih_{end}", (rows, channels), f"({sized})*{channels}"),
            Weight(f"weight_hh_{end}", (rows, self.hidden), f"({sized})*{self.hidden}"),
            *biases,
        )

    def buffers(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return ()

    @abstractmethod
    def of_a_unit(self) -> Work:
        """What a unit computes at one position, without products of matrices and biases."""

    def work(self, inputs: Inputs) -> Work:
        length = inputs[0].positions
        scans = length * len(self.directions) * self.hidden
        products = sum(channels + self.hidden for _, channels in self.entering(inputs))
        unit, all_units = self.of_a_unit(), scans * self.layers
        # The two products of a gate are added, and so are two biases.
        adds = unit.adds + self.gates * (1 + 2 * self.bias)
        return Work(
            macs=scans * self.gates * products,
            multiplies=unit.multiplies * all_units,
            adds=adds * all_units,
            compares=unit.compares * all_units,
            divides=unit.divides * all_units,
            exponentials=unit.exponentials * all_units,
        )

    def macs_formula(self, inputs: Inputs) -> str:
        length, directions = inputs[0].positions, "2*" * self.bidirectional
        gates = f"{self.gates}*" if self.gates > 1 else ""
        each = f"{length}*{directions}({gates}{self.hidden})"
        first = f"{each}*({inputs[0].channels} + {self.hidden})"
        if self.layers == 1:
            return first
        more = f"{self.layers - 1}*" if self.layers > 2 else ""
        return f"{first} + {more}{each}*({self._width} + {self.hidden})"

    def backward_macs(self, inputs: Inputs, wanted: tuple[bool, ...]) -> BackwardMacs:
        """The state before the first position is constant, so that no gradient is computed for it."""
        length = inputs[0].positions
        rows = len(self.directions) * self.gates * self.hidden
        data = sum(
            channels * length * (layer > 0 or any(wanted)) + self.hidden * (length - 1)
            for layer, channels in self.entering(inputs)
        )
        return BackwardMacs(rows * data, self.work(inputs).macs)

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        """In one direction: a position and all before it."""
        length = inputs[0].positions
        if self.bidirectional:
            return (Reach.everywhere(length),)
        return (Reach.up_to(length),)

    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        return Limits(-1, 1)

    def scan_keeps(self, length: int, end: str) -> tuple[Tensor, ...]:
        """What one direction of a layer keeps of its gates, for the backward pass."""
        return (Tensor(f"gates_{end}", (length, self.gates * self.hidden), batched=True),)

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        length = inputs[0].positions
        scans = (tensor for end in self._ends for tensor in self.scan_keeps(length, end))
        states = (self._states(length, layer) for layer in range(self.layers - 1))
        masks, dropped = self._dropping(length)
        return (0, *scans, *states, *masks, *dropped, "output")

    def _dropping(self, length: int) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
        """For all layers but the last: the factors of the states, and the states times these."""
        masks, dropped = (
            tuple(
                Tensor(f"{name}_l{layer}", (length, self._width), batched=True)
                for layer in range(self.layers - 1)
                if self._drops
            )
            for name in ("mask", "dropped")
        )
        return masks, dropped

    @property
    def differs_in_training(self) -> bool:  # type: ignore[override]
        return self._drops

    def keeps_of(self, inputs: Inputs, call: Call) -> tuple[Kept, ...]:
        """Nothing of the states that are dropped only in training."""
        if call.training or not self._drops:
            return super().keeps_of(inputs, call)
        return type(self)(**{**vars(self), "dropout": 0.0}).keeps_of(inputs, call)

    def forward(self, inputs: Inputs, *, training: bool) -> tuple[Step, ...]:
        """In training the last layer reads dropped states, which are not kept if the weights are frozen."""
        dropped = self._dropping(inputs[0].positions)[1][-1:] if training else ()
        return (Step((*dropped, *self.scratch(inputs))),)

    def _states(self, length: int, layer: int) -> Tensor:
        return Tensor(f"states_l{layer}", (length, self._width), batched=True)

    def scan_scratch(self, length: int) -> tuple[Tensor, ...]:
        """What a scan needs beside what it keeps: the state before the first position, the products of one position."""
        return (
            Tensor("start", (self.hidden,), batched=True),
            Tensor("products", (self.gates * self.hidden,), batched=True),
        )

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        length, last = inputs[0].positions, self.layers - 1
        before = (self._states(length, last - 1),) if last else ()
        kept = self.scan_keeps(length, f"l{last}{self.directions[-1]}")
        return (*before, *kept, *self.scan_scratch(length))

    def not_cast(self, inputs: Inputs) -> tuple[str, ...]:
        """Biases are added in place."""
        return tuple(weight.name for weight in self.weights(inputs) if weight.is_bias)

    def forward_of(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        """The input is cast, and copied if that is needed, before the weights are cast."""
        first, *others = super().forward_of(inputs, call)
        names: tuple[int | str, ...] = (0, *(weight.name for weight in self.weights(inputs)))
        if not self.copies(inputs, call) or not call.casts:
            return first._replace(casts=names if call.casts else ()), *others
        copied, *makes = first.makes
        return Step((copied,), casts=names[:1]), first._replace(makes=tuple(makes), casts=names[1:]), *others

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        steps = super().backward_of(inputs, wanted, call)
        return tuple(casts_back(self, steps, inputs, wanted, call)) if call.autocast else steps

    def copies(self, inputs: Inputs, call: Call) -> bool:
        return not as_rows(inputs[0].torch, call.lies(), call.images)

    def copies_gradient(self, inputs: Inputs, call: Call) -> bool:
        return False

    @abstractmethod
    def scan_gradients(self, length: int) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
        """The gradients of a scan that its weights' gradients are computed from, and what it needs for a moment."""

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        return tuple(scans_back(self, inputs, wanted))

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        arguments: dict[str, Any] = {
            "input_size": inputs[0].channels,
            "hidden_size": self.hidden,
            "num_layers": self.layers,
            "bias": self.bias,
            "bidirectional": self.bidirectional,
        }
        if self._drops:
            arguments["dropout"] = self.dropout
        return (TorchCall(f"own.{type(self).__name__}", arguments),)

    def label(self, inputs: Inputs) -> str:
        return f"{'BI' * self.bidirectional}{self.key.upper()}-{self.hidden}"

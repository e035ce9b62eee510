"""The base class of layers: the facts that every layer type states, from its fields and the shapes of its inputs."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from cnncalc.record import NamedTuple
from cnncalc.shape import Shape
from cnncalc.vocabulary.allocation import (
    PARAMETERS,
    STATISTICS,
    SUMS,
    Allocating,
    Inputs,
    Kept,
    Step,
    Storage,
    Tensor,
    Weight,
    cast_names,
    gradients,
    stored_type,
    weight_gradients,
)
from cnncalc.vocabulary.call import Call
from cnncalc.vocabulary.layer_type import Frozen, layer
from cnncalc.vocabulary.limits import Limits
from cnncalc.vocabulary.operands import Channels, TakesOperands, WithoutBatch
from cnncalc.vocabulary.problem import Change, Problem
from cnncalc.vocabulary.reach import Reach
from cnncalc.vocabulary.torch_call import TorchCall, call_text

if TYPE_CHECKING:
    from cnncalc.vocabulary.matrix import BackwardMacs, Matrix

# A layer type imports from here all that its facts are made of.
__all__ = [
    "PARAMETERS",
    "STATISTICS",
    "SUMS",
    "Call",
    "Change",
    "Channels",
    "Example",
    "Inputs",
    "Kept",
    "Layer",
    "Precision",
    "Problem",
    "Reach",
    "Step",
    "Storage",
    "Tensor",
    "TorchCall",
    "Weight",
    "WithoutBatch",
    "Work",
    "call_text",
    "cast_names",
    "gradients",
    "layer",
    "stored_type",
    "weight_gradients",
]

# The type in which a layer computes under torch.autocast: the lower one, float32, the widest of its inputs and weights
# (PyTorch's own type promotion), the widest of its inputs, or that too, to which all of them are cast first.
Precision: TypeAlias = Literal["lower", "float32", "promotes", "input", "widest"]


class Work(NamedTuple):
    """Operations on one image, by kind. MACs are the products of conv, fc and matmul, without biases."""

    macs: int = 0
    multiplies: int = 0
    adds: int = 0
    compares: int = 0
    divides: int = 0
    exponentials: int = 0


class Example(NamedTuple):
    """An example of a layer: its fields and input shapes. The conformance test, the docs and the comparisons use it."""

    fields: Mapping[str, Any]
    inputs: Inputs


class Layer(Frozen, TakesOperands, Allocating):
    """One layer type: a frozen record of `vocabulary.field` fields, in a file with the name of its YAML key.

    A new layer type must state all facts below. None has a default, because a default could be wrong without notice:
    `@layer` raises `TypeError` with the names of all missing facts. Shared bases state most of them; a layer inherits
    from those that are true for it (`vocabulary.groups`, `layouts`, `activation`, `pool`, `convolution`, `merge`,
    `pad_layer`, `part` ...).

    Identity:

    - `family`: the group in the reference. `source`: the PyTorch call or the paper that it follows.
    - `examples`: fields and input shapes, for each number of axes. Every test of layers runs them.
    - `output`: its shape. `torch`: the PyTorch calls that build it. `label`: its name in the course's notation.

    Cost:

    - `weights`, `buffers`, `work`: parameters, saved state, and operations on one image.
    - `keeps`, `scratch`, `storage`: what is kept for the backward pass, what the forward pass allocates, and where the
      output is stored. `one_of_views`: whether the output is one of several views made at once.
      (All that memory depends on is declared in `vocabulary.allocation`, what it reads in `vocabulary.operands`.)
    - `autocast`: the type in which it computes under torch.autocast; `autocast_on_cuda` if it depends on
      more than the layer type, `autocast_on_cpu` if it is different on a CPU.

    What it does to values (the traits; tests/layers/test_traits.py compares each of them with PyTorch):

    - `reach`: which positions an output position reads. From it follow whether values stay where they are
      (`traits.keeps_positions`) and whether its output has fewer positions (`traits.steps`).
    - `reads_channels`: one channel, one channel and a statistic of its group, or several.
    - `linear`: whether it is linear at inference, up to a constant.
    - `limits`: the range of its output values; whether it is never negative follows from it.
    - `takes_statistics`: whether it computes statistics over positions at inference, which `reach` leaves out.
    - `cancels_bias`: whether it removes the mean of each channel, so that a bias before it has no effect.

    An activation (`vocabulary.activation`) states `gives`, `leaves` and `keeps_sign`, from which its `limits` follow.
    """

    key: ClassVar[str]
    family: ClassVar[str]
    source: ClassVar[str]
    examples: ClassVar[tuple[Example, ...]]
    # Whether its output is its own parameter: no tensor is stored for it.
    gives_parameter: ClassVar[bool] = False
    # Whether it removes the mean of each channel in training, so that a bias before it has no effect.
    cancels_bias: ClassVar[bool]
    # Whether it computes statistics over the positions of a channel at inference, which `reach` leaves out.
    takes_statistics: ClassVar[bool]
    # Whether at inference its output is a linear function of its operands, up to a constant.
    linear: ClassVar[bool]
    # The type in which it computes under torch.autocast on CUDA.
    autocast: ClassVar[Precision]
    # Whether nothing is known of it but what a spec states: an operation that has no layer here.
    opaque: ClassVar[bool] = False
    # Whether `norm:` and `act:` may be written inside it.
    takes_sugar: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        cls.key = cls.__module__.rpartition(".")[2]

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        """Problems with these inputs, beyond their number, rank and kind (checked for every layer in the same way)."""
        return iter(())

    def normalised(self, inputs: Inputs, images: int, *, training: bool) -> int | None:
        """The number of values for each mean and variance, in a batch of this many images.

        Only for layers that PyTorch refuses to run if this is 1; None for all others, and if the layer uses saved
        statistics.
        """
        return None

    @abstractmethod
    def output(self, inputs: Inputs) -> Shape:
        """Shape of the output; called only where no problem blocks."""

    @abstractmethod
    def work(self, inputs: Inputs) -> Work:
        """Operations on one image at inference."""

    @abstractmethod
    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        """The range of the output values, in training too, if the values of each operand are within `before`.

        The range can be wider than the real one, but never narrower.
        """

    def autocast_on_cuda(self, inputs: Inputs, lower: str) -> Precision:
        """The type in which it computes under torch.autocast to `lower` on CUDA: as `autocast` says.

        Some operations read the lower type and compute in float32 without a copy of what they read: "promotes".
        """
        return self.autocast

    def autocast_on_cpu(self, inputs: Inputs) -> Precision:
        """The type in which it computes under torch.autocast on a CPU, which has its own list of float32 operations."""
        return "input" if self.autocast == "float32" else self.autocast

    @abstractmethod
    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        """The calls that build it, in order; none if PyTorch has no such layer."""

    @abstractmethod
    def label(self, inputs: Inputs) -> str:
        """Its name in the course's notation: `CONV3-64`, `POOL2`, `FC`."""

    @property
    def skipped(self) -> float:
        """The probability with which training leaves out what comes before it: all values of an image are zero then."""
        return 0.0

    def changes_nothing(self, inputs: Inputs, *, training: bool) -> bool:
        """Whether its output has the values of its input, in their order: it is there for its name, or for training."""
        if self.storage(training=training) is not Storage.VIEW or len(inputs) != 1:
            return False
        output = self.output(inputs)
        # A volume of one position and its features are the same values.
        return inputs[0] == output or inputs[0].size == inputs[0].channels == output.channels == output.size

    @property
    def in_code(self) -> "Layer":
        """The layer that its PyTorch code is read as: itself, unless the code of another one is the same."""
        return self

    @property
    def stacked(self) -> int:
        """How many layers of its type it is, one after another."""
        return 1

    def macs_formula(self, inputs: Inputs) -> str:
        """The MACs as a product with numbers; empty if there are none (a test checks that both are equal)."""
        return ""

    def in_effect(self, inputs: Inputs) -> dict[str, tuple[Any, str]]:
        """For fields that are left out or contain a rule: the resulting value for these inputs, and why (or "").

        All other fields have their own value; None means that there is no value. Where the network decides (`inplace`),
        the network knows.
        """
        return {}

    def backward_macs(self, inputs: Inputs, wanted: tuple[bool, ...]) -> "BackwardMacs":
        """Multiply-adds of the backward pass, for the gradients of the operands that are `wanted` and of all weights.

        Every product of an operand and a weight gives two: one for the gradient of either. (A test counts those of
        PyTorch's backward pass for every layer's examples: a layer with other products says so.)
        """
        from cnncalc.vocabulary.matrix import BackwardMacs

        macs = self.work(inputs).macs
        return BackwardMacs(macs if any(wanted) else 0, macs)

    def matrices(self, inputs: Inputs) -> "tuple[Matrix, ...]":
        """The layer as a product of matrices (im2col); none where it is no such product."""
        return ()

    def connections(self, inputs: Inputs) -> int | None:
        """Pairs of an output value and an input value that it reads; None where the layer does not count them."""
        return None

    def arithmetic(self, inputs: Inputs) -> tuple[tuple[str, str], ...]:
        """More lines for `explain`: a name, and its arithmetic with numbers."""
        return ()

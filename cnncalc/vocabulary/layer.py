"""The base class of layers: the facts that every layer type states, from its fields and the shapes of its inputs."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import FrozenInstanceError, dataclass
from types import MappingProxyType
from typing import Any, ClassVar, Literal, TypeAlias, TypeVar, dataclass_transform, get_origin

from cnncalc.record import NamedTuple
from cnncalc.shape import Shape
from cnncalc.vocabulary.allocation import (
    PARAMETERS,
    STATISTICS,
    SUMS,
    Allocating,
    Call,
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
from cnncalc.vocabulary.limits import Limits
from cnncalc.vocabulary.matrix import BackwardMacs, Matrix
from cnncalc.vocabulary.problem import Change, Problem
from cnncalc.vocabulary.reach import Reach

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

# Which channels of an operand an output value reads: one; one, scaled or shifted by a statistic of its group (the mean
# of a norm, the sum of a softmax); or several.
Channels: TypeAlias = Literal["apart", "scaled", "mixed"]

# The type in which a layer computes under torch.autocast: the lower one, float32, the widest of its inputs and weights
# (PyTorch's own type promotion), the widest of its inputs, or that too, to which all of them are cast first.
Precision: TypeAlias = Literal["lower", "float32", "promotes", "input", "widest"]

# Which operands of a layer can be without a batch: none, some if another has one, or all.
WithoutBatch: TypeAlias = Literal["none", "some", "all"]


class Work(NamedTuple):
    """Operations on one image, by kind. MACs are the products of conv, fc and matmul, without biases."""

    macs: int = 0
    multiplies: int = 0
    adds: int = 0
    compares: int = 0
    divides: int = 0
    exponentials: int = 0


class TorchCall(NamedTuple):
    """The PyTorch call of a layer, as data: a module to build, or a function of the inputs.

    `nn.*` and `own.*` are modules (`torch.nn`; `cnncalc.pytorch.modules`, where PyTorch has no module),
    `torch.*` and `F.*` functions. `operands` says how the inputs are passed: as arguments, as one list, two at a time,
    or only the first one. Python's `operator.*` takes numbers too.
    """

    target: str
    arguments: Mapping[str, Any] = MappingProxyType({})
    operands: Literal["arguments", "list", "fold", "first"] = "arguments"
    # If there are numbers among the operands of a fold: all operands, with None for tensors.
    numbers: tuple[float | None, ...] = ()
    # A function of torch.nn.utils.parametrizations that is applied to the module.
    parametrization: str = ""
    # The shape in which each operand of a fold is viewed first; None: as it is, (): all are.
    views: tuple[tuple[int, ...] | None, ...] = ()


def call_text(call: TorchCall) -> str:
    """A call as PyTorch code, without its operands, unless there are numbers among them."""
    numbers = ["x" if number is None else f"{number!r}" for number in call.numbers]
    arguments = [f"{name}={value!r}" for name, value in call.arguments.items()]
    text = f"{call.target}({', '.join((*numbers, *arguments))})"
    return f"{call.parametrization}({text})" if call.parametrization else text


class Example(NamedTuple):
    """An example of a layer: its fields and input shapes. The conformance test, the docs and the comparisons use it."""

    fields: Mapping[str, Any]
    inputs: Inputs


T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def layer(cls: type[T]) -> type[T]:
    """Turns a class into a layer type: a dataclass. (`Layer` defines comparison, repr and immutability for all.)

    Raises `TypeError` with the names of all missing facts if the class does not state every fact.
    """
    annotated = [item for base in cls.__mro__ for item in getattr(base, "__annotations__", {}).items()]
    facts = [name for name, kind in annotated if get_origin(kind) is ClassVar and not hasattr(cls, name)]
    if missing := [*facts, *sorted(getattr(cls, "__abstractmethods__", ()))]:
        raise TypeError(f"the layer type {cls.__name__} does not state: {', '.join(missing)}")
    return dataclass(eq=False, repr=False)(cls)


class Layer(Allocating):
    """One layer type: a frozen dataclass of `vocabulary.field` fields, in a file with the name of its YAML key.

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
      (All that memory depends on is declared in `vocabulary.allocation`.)
    - `autocast`: the type in which it computes under torch.autocast; `autocast_on_cpu` if it is different on a CPU.

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
    # The kind of its input: a volume (1 to 3 spatial axes), features, or any.
    takes: ClassVar[Literal["volume", "features", "any"]] = "any"
    # The numbers of spatial axes that it accepts.
    ranks: ClassVar[tuple[int, ...]] = (1, 2, 3)
    # Which layer to use for other numbers of axes.
    other_ranks: ClassVar[str | None] = None
    # The number of inputs; None: two or more (a merge), 0: it reads nothing.
    arity: ClassVar[int | None] = 1
    # The fewest operands of a merge. If one is enough and none is named, it reads what enters.
    fewest: ClassVar[int] = 2
    # Whether its output is its own parameter: no tensor is stored for it.
    gives_parameter: ClassVar[bool] = False
    # Whether operands can be without a batch, as learned tensors are: none of them, some (if another has one), or all;
    # then its output has none either.
    without_batch: ClassVar[WithoutBatch] = "none"
    # Whether its operands may be numbers too.
    takes_numbers: ClassVar[bool] = False
    # Whether the same value twice as operands makes sense, as for a square.
    takes_one_value_twice: ClassVar[bool] = False
    # Whether the order of two operands is no matter: a + b is b + a.
    commutes: ClassVar[bool] = False
    # Whether an operand that is the same layer may be replaced by its operands: [[a, b], c] is [a, b, c].
    flattens: ClassVar[bool] = False
    # Whether it reads only the values of its first operand, and only the size of the others.
    reads_first: ClassVar[bool] = False
    # Whether it reads the indices of its second operand, a max pooling, and the size of the third, which that read.
    reads_indices: ClassVar[bool] = False
    # Whether it can return the index of each of its values among those that it reads.
    gives_indices: ClassVar[bool] = False
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

    # As in a frozen dataclass, which would compile two functions for every type at start-up.
    def __setattr__(self, name: str, value: object) -> None:
        if name in vars(self) or name not in getattr(self, "__dataclass_fields__", ()):
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"
        )

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
    def reach(self, inputs: Inputs) -> tuple[Reach, ...] | None:
        """Which positions an output position reads, for each spatial axis of the first input.

        None if this is not known, for example if positions of several axes are reordered. A layer without spatial axes
        (features) returns ().
        """

    def joins_along(self, inputs: Inputs) -> int | None:
        """The spatial axis along which its operands lie one after another; None if each one reaches everywhere."""
        return None

    def reads_whole(self, inputs: Inputs) -> tuple[int, ...]:
        """The operands of a merge of which every output position reads all positions: `reach` is that of the others.

        Operands are numbers. If the first is one of them, its `reach` is everywhere too.
        """
        return ()

    @abstractmethod
    def reads_channels(self, inputs: Inputs) -> Channels:
        """Which channels of an operand an output value reads.

        Filters that read all channels mix them, even if there is only one channel.
        """

    @abstractmethod
    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        """The range of the output values, in training too, if the values of each operand are within `before`.

        The range can be wider than the real one, but never narrower.
        """

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
    def returns_indices(self) -> bool:
        """Whether it returns its indices besides its output, because an unpooling reads them."""
        return False

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

    def backward_macs(self, inputs: Inputs, wanted: tuple[bool, ...]) -> BackwardMacs:
        """Multiply-adds of the backward pass, for the gradients of the operands that are `wanted` and of all weights.

        Every product of an operand and a weight gives two: one for the gradient of either. (A test counts those of
        PyTorch's backward pass for every layer's examples: a layer with other products says so.)
        """
        macs = self.work(inputs).macs
        return BackwardMacs(macs if any(wanted) else 0, macs)

    def matrices(self, inputs: Inputs) -> tuple[Matrix, ...]:
        """The layer as a product of matrices (im2col); none where it is no such product."""
        return ()

    def connections(self, inputs: Inputs) -> int | None:
        """Pairs of an output value and an input value that it reads; None where the layer does not count them."""
        return None

    def arithmetic(self, inputs: Inputs) -> tuple[tuple[str, str], ...]:
        """More lines for `explain`: a name, and its arithmetic with numbers."""
        return ()

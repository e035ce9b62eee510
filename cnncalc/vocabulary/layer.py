"""The vocabulary of layers: what every layer type says of itself, purely, from its fields and its inputs' shapes."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import FrozenInstanceError, dataclass
from enum import Enum
from math import prod
from types import MappingProxyType
from typing import Any, ClassVar, Literal, TypeAlias, TypeVar, dataclass_transform, get_origin

from cnncalc.diagnostic import DiagnosticKind, Severity
from cnncalc.record import NamedTuple
from cnncalc.shape import Shape
from cnncalc.vocabulary.limits import Limits
from cnncalc.vocabulary.matrix import BackwardMacs, Matrix
from cnncalc.vocabulary.reach import Reach as Reach
from cnncalc.vocabulary.strides import Lying

Inputs: TypeAlias = tuple[Shape, ...]

# What an output value reads of the channels of an operand: one of them; one, scaled or shifted by what all of its group
# have in common (the statistics of a norm, the sum of a softmax); or several, each with a part of its own.
Channels: TypeAlias = Literal["apart", "scaled", "mixed"]

# The type that torch.autocast has a layer compute in: the lower one, float32, the widest of its inputs and weights (as
# PyTorch promotes types by itself), or that of its inputs.
Precision: TypeAlias = Literal["lower", "float32", "promotes", "input"]


# The type of a tensor that is as the layer's parameters are, whatever it computes in: statistics under autocast.
PARAMETERS = "parameters"


class Tensor(NamedTuple):
    """A tensor a layer owns. `shape` has no batch unless `batched`; `dtype` None is the type it computes in."""

    name: str
    shape: tuple[int, ...]
    dtype: str | None = None
    batched: bool = False

    @property
    def size(self) -> int:
        """How many values (an image's, where batched)."""
        return prod(self.shape)


class Weight(NamedTuple):
    """A parameter: PyTorch's name and shape, and the count as the course writes it (`(3*3*64)*128`)."""

    name: str
    shape: tuple[int, ...]
    formula: str
    trainable: bool = True

    @property
    def size(self) -> int:
        return prod(self.shape)

    @property
    def is_bias(self) -> bool:
        return self.name.endswith("bias")


class Work(NamedTuple):
    """Operations on one image, by kind. MACs are the products of conv, fc and matmul, biases left out."""

    macs: int = 0
    multiplies: int = 0
    adds: int = 0
    compares: int = 0
    divides: int = 0
    exponentials: int = 0


class Storage(Enum):
    """Where an output lives: in a tensor of its own, in its first input's, or as a view of it.

    `WHERE_SAFE` overwrites the input only where nothing else needs it: whether that holds is the graph's to say.
    """

    OWN = "own"
    VIEW = "view"
    IN_PLACE = "in place"
    WHERE_SAFE = "in place where safe"


# What autograd keeps of a layer until its backward: an operand by number, its output, or a tensor of its own.
Kept: TypeAlias = int | Literal["output"] | Tensor


class Step(NamedTuple):
    """One operation of a pass: the tensors it makes, and by name what it reads for the last time.

    Operands go by number, and what was made or kept by its name. In a backward pass `grad` is the gradient of the
    output, `grad0` that of the first operand, and gradients of weights have the weight's name: what a step has made of
    these reaches its place behind it. `passes` are gradients that are (or are views of) another's tensor:
    `("grad0", "grad")`. What no step is the last to read waits for the end of the last one.
    """

    makes: tuple[Tensor, ...] = ()
    frees: "tuple[int | str, ...]" = ()
    passes: tuple[tuple[str, str], ...] = ()


class Call(NamedTuple):
    """How PyTorch runs a layer, as far as what it allocates depends on it.

    `lying` says how each operand lies in memory (left out: in order), `grad` how the gradient of the output does.
    `subclasses`: tensors are of a subclass, such as fake ones, which some of PyTorch's operations treat otherwise.
    `alone`: the batch is one image, whose channels may be rows of a matrix where those of several are none.
    `dtype` is the type that convolutions compute in, `output` the shape of the output, where the caller has it.
    """

    training: bool = True
    device: str = "cpu"
    lying: tuple[Lying, ...] = ()
    grad: Lying = None
    subclasses: bool = False
    alone: bool = False
    dtype: str = "float32"
    output: Shape | None = None

    @property
    def images(self) -> int:
        """How many images there are, as far as it matters: one, or several."""
        return 1 if self.alone else 2

    def lies(self, which: int = 0) -> Lying:
        """How an operand lies."""
        return self.lying[which] if self.lying else None


class TorchCall(NamedTuple):
    """The PyTorch call that is this layer, as data: a module to build or a function of the inputs.

    `nn.*` and `own.*` are modules (`torch.nn`; `cnncalc.pytorch.modules`, for what PyTorch has no module of its own),
    `torch.*` and `F.*` functions. `operands` says how the inputs are given: as arguments, as one list, two at a time,
    or only the first of them.
    """

    target: str
    arguments: Mapping[str, Any] = MappingProxyType({})
    operands: Literal["arguments", "list", "fold", "first"] = "arguments"


class Change(NamedTuple):
    """Another value of one field (or of `input`, a shape) that removes a problem.

    One that is not `exact` leaves a remainder that is only padding: under `strict` it helps nothing.
    """

    field: str
    value: Any
    exact: bool = True


class _Stated(NamedTuple):
    fault: DiagnosticKind
    message: str
    field: str | None = None
    notes: tuple[str, ...] = ()
    help: "str | Callable[[], str | None] | None" = None
    changes: "tuple[Change, ...] | Callable[[], tuple[Change, ...]]" = ()
    severity: Severity | None = None
    blocking: bool = True
    doubtful: bool = False
    operand: int = 0


class Problem(_Stated):
    """A fault of shapes, told in the layer's own terms: the graph knows where in the text `field` stands.

    The output is still known where `output` can say it: `blocking` problems leave it unknown, `doubtful` ones unless
    the spec accepts them (mending one gives another shape, and what follows would be checked against the wrong one).
    Help and changes that take a search may be given as functions: they run when somebody reads them, and a search over
    sizes of the input, which builds a network hundreds of times, reads none.
    """

    __slots__ = ()

    @property
    def help(self) -> str | None:
        """What to do about it."""
        given = super().help
        return given() if callable(given) else given

    @property
    def changes(self) -> tuple[Change, ...]:
        """Values that remove it."""
        given = super().changes
        return given() if callable(given) else given


class Example(NamedTuple):
    """Fields and input shapes that show a layer at work: the conformance test, the docs and the proofs use it."""

    fields: Mapping[str, Any]
    inputs: Inputs


T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def layer(cls: type[T]) -> type[T]:
    """Make a layer type of a class: a dataclass. (`Layer` compares, shows and freezes all of them alike.)

    Raises `TypeError` for a class that leaves a fact out, and names every one that is missing.
    """
    annotated = [item for base in cls.__mro__ for item in getattr(base, "__annotations__", {}).items()]
    facts = [name for name, kind in annotated if get_origin(kind) is ClassVar and not hasattr(cls, name)]
    if missing := [*facts, *sorted(getattr(cls, "__abstractmethods__", ()))]:
        raise TypeError(f"the layer type {cls.__name__} does not state: {', '.join(missing)}")
    return dataclass(eq=False, repr=False)(cls)


class Layer(ABC):
    """One layer type: a frozen dataclass of `vocabulary.field` fields, in a file named as its YAML key.

    What a new layer type must state. Nothing here has a default, for a silent one could be wrong: `@layer` raises
    `TypeError` with the names of all that is missing. Shared bases state most of it; a layer inherits from those that
    are true of it (`vocabulary.groups`, `activation`, `pool`, `convolution`, `merge`, `pad_layer`, `part` ...).

    What it is:

    - `family`: the word under which the reference lists it. `source`: the PyTorch call or the paper that it mirrors.
    - `examples`: fields and input shapes, over several numbers of axes. Every test of layers runs them.
    - `output`: its shape. `torch`: the calls that build it. `label`: its name in the course's notation.

    What it costs:

    - `weights`, `buffers`, `work`: parameters, saved state, and operations on one image.
    - `keeps`, `scratch`, `storage`: what waits for the backward pass, what the forward pass allocates, and where the
      output lies. `one_of_views`: whether the output is one of several views that are made at once.
    - `autocast`: the type that it computes in under torch.autocast; `autocast_on_cpu` where a CPU's list is another.

    What it does to values (the traits; tests/layers/test_traits.py holds each of them to PyTorch):

    - `reach`: which positions an output position reads. From it follow whether values stay where they are
      (`traits.keeps_positions`) and whether there are fewer positions behind it (`traits.steps`).
    - `reads_channels`: of the channels, one, one and what is common to all, or several.
    - `linear`: whether it is linear at inference, up to a constant.
    - `limits`: between which values its output lies; whether it is never negative follows from it.
    - `takes_statistics`: whether at inference it measures the positions of a channel, which `reach` leaves out.
    - `cancels_bias`: whether it takes the mean out of each channel, and a bias before it with that.

    An activation (`vocabulary.activation`) states `gives`, `leaves` and `keeps_sign`, from which its `limits` follow.
    """

    key: ClassVar[str]
    family: ClassVar[str]
    source: ClassVar[str]
    examples: ClassVar[tuple[Example, ...]]
    # What it takes: a volume (1 to 3 spatial axes), features, or any.
    takes: ClassVar[Literal["volume", "features", "any"]] = "any"
    # How many spatial axes its volumes may have.
    ranks: ClassVar[tuple[int, ...]] = (1, 2, 3)
    # What to write for a volume with another number of them.
    other_ranks: ClassVar[str | None] = None
    # How many inputs; None: two or more (a merge).
    arity: ClassVar[int | None] = 1
    # Whether one value as two of its operands means something, as the square of it does.
    takes_one_value_twice: ClassVar[bool] = False
    # Whether it reads the values of its first operand only, and no more than the size of the others.
    reads_first: ClassVar[bool] = False
    # Whether it takes the mean out of each channel in training, so that a bias before it has no effect.
    cancels_bias: ClassVar[bool]
    # Whether at inference it takes statistics of the positions of a channel, which `reach` leaves out.
    takes_statistics: ClassVar[bool]
    # Whether at inference its output is a linear function of its operands, up to a constant.
    linear: ClassVar[bool]
    # The type torch.autocast has it compute in on CUDA.
    autocast: ClassVar[Precision]
    # Tensors of its own that are there in float32 too then, because an operation inside computes in that.
    widened: ClassVar[tuple[str, ...]] = ()
    # Whether its output is one of several views made at once: PyTorch does not let these be overwritten.
    one_of_views: ClassVar[bool]
    # Whether `norm:` and `act:` may be written inside it.
    takes_sugar: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        cls.key = cls.__module__.rpartition(".")[2]

    # As a frozen dataclass has it, which would have two functions compiled for every type as the program starts.
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
        """What is wrong with these inputs, beyond their number, rank and kind (checked for every layer alike)."""
        return iter(())

    def normalised(self, inputs: Inputs, images: int, *, training: bool) -> int | None:
        """How many values of a batch of so many images one mean and one variance are taken over.

        Only of layers that PyTorch refuses to run where that is 1; None for all others, and where the layer takes
        statistics that are there already.
        """
        return None

    @abstractmethod
    def output(self, inputs: Inputs) -> Shape:
        """Shape of the output; called only where no problem blocks."""

    @abstractmethod
    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        """Parameters, in PyTorch's order."""

    @abstractmethod
    def buffers(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """State that is saved but not learned, in PyTorch's order."""

    @abstractmethod
    def work(self, inputs: Inputs) -> Work:
        """Operations on one image at inference."""

    @abstractmethod
    def reach(self, inputs: Inputs) -> tuple[Reach, ...] | None:
        """Which positions an output position reads, for each spatial axis of the first input.

        None where that is not known, as where positions of several axes are put into another order. A layer that has no
        axes to read along (features) says nothing: ().
        """

    @abstractmethod
    def reads_channels(self, inputs: Inputs) -> Channels:
        """What an output value reads of the channels of an operand.

        Filters that read all channels mix them, also where there is but one.
        """

    @abstractmethod
    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        """Between which values the output lies, in training too, where the values of each operand lie as `before` says.

        They may be wider than the values are, never narrower.
        """

    @abstractmethod
    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        """What autograd keeps for the backward pass in training on the CPU, parameters left out."""

    @abstractmethod
    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """What the forward at inference allocates beside its output and frees before it returns, at its peak.

        In training, a tensor of the same name in `keeps` is this one, kept.
        """

    def autocast_on_cpu(self, inputs: Inputs) -> Precision:
        """The type torch.autocast has it compute in on a CPU, whose list of what stays in float32 is another one."""
        return "input" if self.autocast == "float32" else self.autocast

    def dtype_of(self, kept: Tensor, storage: Storage, device: str) -> str | None:
        """The type of a kept tensor of its own on a device (`cuda`), with the output in such a storage."""
        return kept.dtype

    def forward(self, inputs: Inputs, *, training: bool) -> tuple[Step, ...]:
        """What the forward pass allocates beside its output, PyTorch call by PyTorch call.

        Most layers are one call. Of several, each lets go of the operands that no later one reads. The last makes the
        output, unless another says so by that name, and what is kept and stated by none of them.
        """
        return (Step(self.scratch(inputs)),)

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """What the backward pass allocates, for the gradients of the operands that are `wanted` and of all weights.

        Most layers are one operation, which makes all of their gradients; none where the input itself is handed on.
        (A test follows every layer's examples through PyTorch's autograd: one that is not says so.)
        """
        return (Step(gradients(inputs, wanted) + weight_gradients(self.weights(inputs))),)

    def keeps_of(self, inputs: Inputs, call: Call) -> tuple[Kept, ...]:
        """As `keeps`, in a call whose operands may lie otherwise than in order."""
        return self.keeps(inputs)

    def forward_of(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        """As `forward`, in a call whose operands may lie otherwise than in order."""
        return self.forward(inputs, training=call.training)

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        """As `backward`, in a call whose operands and gradient may lie otherwise than in order."""
        return self.backward(inputs, wanted)

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        """How the output lies, where it has a tensor of its own: in order, unless the layer says otherwise."""
        return None

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        """How the gradient of an operand lies, where one is made: in order, unless the layer says otherwise."""
        return None

    def turns_gradient(self, inputs: Inputs, weight: Weight, call: Call) -> bool:
        """Whether the gradient of a weight is made in another order than the weight's, and copied into that."""
        return False

    @abstractmethod
    def storage(self, *, training: bool) -> Storage:
        """Where the output lives."""

    def gives_view(self, inputs: Inputs) -> bool:
        """Whether an output with storage of its own is a view to autograd, of what an operation inside has made."""
        return False

    def reads_view(self, inputs: Inputs) -> bool:
        """Whether operations inside read a view of the input: its gradient then is a view, too."""
        return self.gives_view(inputs)

    @abstractmethod
    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        """The calls that build it, one after another; none where PyTorch has no such layer."""

    @abstractmethod
    def label(self, inputs: Inputs) -> str:
        """Its name in the course's notation: `CONV3-64`, `POOL2`, `FC`."""

    def macs_formula(self, inputs: Inputs) -> str:
        """The MACs as a product with the numbers in; empty where there are none (a test holds both equal)."""
        return ""

    def in_effect(self, inputs: Inputs) -> dict[str, tuple[Any, str]]:
        """Of fields that are left out, or say a rule: the value that comes of it over these inputs, and why (or "").

        Fields that are not here have their own value, and what is left out of them means nothing. Where the network
        decides (`inplace`), the network says.
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
        """More lines for `explain`: what, and its arithmetic with the numbers in."""
        return ()


def gradients(inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Tensor, ...]:
    """A gradient for each operand that wants one, each a tensor of its own."""
    return tuple(
        Tensor(f"grad{at}", shape.torch, batched=True)
        for at, (shape, want) in enumerate(zip(inputs, wanted, strict=True))
        if want
    )


def weight_gradients(weights: tuple[Weight, ...]) -> tuple[Tensor, ...]:
    """A gradient for each weight that learns."""
    return tuple(Tensor(one.name, one.shape) for one in weights if one.trainable)

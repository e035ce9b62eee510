"""What it takes to run a layer: its tensors, the steps that allocate and free them, and where they are stored."""

from abc import ABC, abstractmethod
from enum import Enum
from math import prod
from typing import ClassVar, Literal, Self, TypeAlias

from cnncalc.record import NamedTuple
from cnncalc.shape import Shape
from cnncalc.vocabulary.attention_kernels import Asked, kernel
from cnncalc.vocabulary.call import Call
from cnncalc.vocabulary.cudnn import CudnnConvolution
from cnncalc.vocabulary.strides import Lying

Inputs: TypeAlias = tuple[Shape, ...]

# The type of a tensor that has the type of the layer's parameters, whatever the layer computes in: statistics under
# autocast.
PARAMETERS = "parameters"
# Statistics of a batch: the type of the parameters, or on fake tensors that of the input.
STATISTICS = "statistics"
# The same as that of the parameters, but at least float32: what sums up parameters of a lower type.
SUMS = "sums"


def stored_type(dtype: str | None, parameters: str) -> str:
    """The type of a tensor of a layer, where the model has parameters of the type `parameters`."""
    if dtype == SUMS:
        return "float64" if parameters == "float64" else "float32"
    return parameters if dtype in (None, PARAMETERS, STATISTICS) else dtype


class Tensor(NamedTuple):
    """A tensor of a layer.

    `shape` has no batch unless `batched`; `dtype` None is the type that the layer computes in.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str | None = None
    batched: bool = False

    @property
    def size(self) -> int:
        """The number of values (of one image, if batched)."""
        return prod(self.shape)


class Weight(NamedTuple):
    """A parameter: PyTorch's name and shape, and its size in the course's notation (`(3*3*64)*128`)."""

    name: str
    shape: tuple[int, ...]
    formula: str
    trainable: bool = True

    @property
    def size(self) -> int:
        return prod(self.shape)

    @property
    def is_bias(self) -> bool:
        """By its name: `bias`, `in_proj_bias`, or those of recurrent layers, `bias_ih_l0`."""
        return self.name.endswith("bias") or self.name.startswith("bias_")


class Storage(Enum):
    """Where an output is stored: in a new tensor, in the tensor of the first input, or as a view of it.

    `WHERE_SAFE` overwrites the input only if nothing else needs it, which the graph decides.
    """

    OWN = "own"
    VIEW = "view"
    IN_PLACE = "in place"
    WHERE_SAFE = "in place where safe"


# What autograd keeps until the backward pass of a layer: an operand by number, its output, or another tensor.
Kept: TypeAlias = int | Literal["output"] | Tensor


class Step(NamedTuple):
    """One operation of a pass: the tensors it allocates, and the names of those that it reads for the last time.

    Operands have numbers; allocated and kept tensors have names. In a backward pass `grad` is the gradient of the
    output, `grad0` that of the first operand, and gradients of weights have the weight's name; these are final after
    the step that allocates them. `passes` are gradients that are another tensor, or views of it: `("grad0", "grad")`.
    A tensor that no step reads for the last time stays until the end of the last step.

    `casts` are the operands (by number) and weights (by name) that autocast casts for this step only, in PyTorch's
    order: the last argument of an operation first. What no step names is cast before the first one, for all steps. In a
    backward pass `casts` are those whose gradients are cast back after the step; all others are cast back when the
    gradients of all that were cast together are there, in the reverse order. (What needs no cast may be named too.)
    """

    makes: tuple[Tensor, ...] = ()
    frees: "tuple[int | str, ...]" = ()
    passes: tuple[tuple[str, str], ...] = ()
    casts: "tuple[int | str, ...]" = ()


class Allocating(ABC):
    """The facts of a layer from which its memory follows. `vocabulary.layer.Layer` says what each one means."""

    # Whether its output is one of several views made at once: PyTorch does not let these be overwritten.
    one_of_views: ClassVar[bool]
    # Whether autocast itself casts its weights, and then keeps them until it ends. A module of our own can cast those
    # that it multiplies with, only for itself.
    casts_are_cached: ClassVar[bool] = True
    # What it keeps, and what its backward pass makes besides gradients, only for the gradients of its own weights: by
    # name, or by operand. Nothing of it is there if the weights are frozen.
    only_for_weights: ClassVar[tuple[int | str, ...]] = ()
    # What it keeps only for the gradients of its operands: by name, or by operand. Nothing of it is kept if no operand
    # needs a gradient, as in the first layer of a network.
    only_for_inputs: ClassVar[tuple[int | str, ...]] = ()

    # Whether PyTorch computes it otherwise in training, as `module.training` says: not only autograd keeps something.
    differs_in_training: ClassVar[bool] = False
    # Whether devices can take its statistics together (`nn.SyncBatchNorm`).
    synchronises: ClassVar[bool] = False
    # Whether autograd keeps its buffers, other than counters.
    keeps_buffers: ClassVar[bool] = False
    # Whether its backward pass is one operation to autograd, which then keeps what it needs until the end of all steps.
    one_operation: ClassVar[bool] = False

    def not_cast(self, inputs: Inputs) -> tuple[str, ...]:
        """The names of parameters that autocast leaves as they are, where it casts the others.

        From some it first computes what it multiplies with; others it only adds, in another operation.
        """
        return ()

    def casts_itself(self, inputs: Inputs) -> bool:
        """Whether the layer states where its first operand is cast: not as it is, but after a step (`Call.casts`)."""
        return False

    @abstractmethod
    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        """Parameters, in PyTorch's order."""

    @abstractmethod
    def buffers(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """State that is saved but not trained, in PyTorch's order."""

    @abstractmethod
    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        """What autograd keeps for the backward pass in training on the CPU, without parameters."""

    def spared(self, inputs: Inputs, passes: tuple[bool, ...]) -> set[int | str]:
        """What of `keeps` is not kept if only the operands that are true in `passes` need a gradient."""
        return set()

    def as_frozen(self) -> Self:
        """The layer as it is if its weights need no gradient: another only if `only_for_weights` does not say all."""
        return self

    @abstractmethod
    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """The temporary tensors of the forward pass at inference, at their peak; without the output.

        In training, a tensor with the same name in `keeps` is the same tensor.
        """

    def dtype_of(self, kept: Tensor, storage: Storage, device: str) -> str | None:
        """The type of one of its kept tensors on a device (`cuda`), for this storage of the output."""
        return kept.dtype

    def forward(self, inputs: Inputs, *, training: bool) -> tuple[Step, ...]:
        """What the forward pass allocates besides its output, one step for each PyTorch call.

        Most layers are one call. With several calls, each frees the operands that no later call reads. The last call
        allocates the output, unless another step names it, and all kept tensors that no step names.
        """
        return (Step(self.scratch(inputs)),)

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """What the backward pass allocates, for the gradients of the `wanted` operands and of all weights.

        Most layers have one operation, which computes all gradients; none if the layer returns its input itself.
        (A test follows the examples of every layer through PyTorch's autograd.)
        """
        return (Step(gradients(inputs, wanted) + weight_gradients(self.weights(inputs))),)

    def keeps_of(self, inputs: Inputs, call: Call) -> tuple[Kept, ...]:
        """As `keeps`, for a call whose operands can have another memory layout."""
        return self.keeps(inputs)

    def forward_of(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        """As `forward`, for a call whose operands can have another memory layout."""
        return self.forward(inputs, training=call.training)

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        """As `backward`, for a call whose operands and gradient can have another memory layout."""
        return self.backward(inputs, wanted)

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        """The memory layout of the output, if it has a new tensor: in order, unless the layer says otherwise."""
        return None

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        """The memory layout of the gradient of an operand, if it has one: in order, unless the layer says otherwise."""
        return None

    def turns_gradient(self, inputs: Inputs, weight: Weight, call: Call) -> bool:
        """Whether the gradient of a weight is computed in another layout than the weight's, and then copied."""
        return False

    def in_cudnn(self, inputs: Inputs) -> CudnnConvolution | None:
        """The convolution for which cuDNN may need a workspace; None where there is none.

        Depthwise convolutions have kernels of their own, PyTorch's and cuDNN's, which need none.
        """
        return None

    def most_images(self, inputs: Inputs, call: Call) -> int | None:
        """The most images of which its kernel on CUDA can count the values: PyTorch refuses more. None for no limit."""
        return None

    @abstractmethod
    def storage(self, *, training: bool) -> Storage:
        """Where the output is stored."""

    def gives_view(self, inputs: Inputs) -> bool:
        """Whether autograd treats a new output tensor as a view of the result of an operation inside."""
        return False

    def fused_attention(self, inputs: Inputs, call: Call) -> Asked | None:
        """What `scaled_dot_product_attention` is asked for; None for a layer that does not call it."""
        return None

    def attention_kernel(self, inputs: Inputs, call: Call) -> str | None:
        """The kernel that computes it: one of `attention_kernels`, or another function of PyTorch."""
        asked = self.fused_attention(inputs, call)
        return None if asked is None else kernel(asked, call)

    def reads_view(self, inputs: Inputs) -> bool:
        """Whether operations inside read a view of the input: its gradient is then a view too."""
        return self.gives_view(inputs)


def cast_names(weights: tuple[Weight, ...], *operands: int) -> tuple[int | str, ...]:
    """The arguments of an operation in the order in which autocast casts them: the last one first."""
    return (*(weight.name for weight in reversed(weights)), *reversed(operands))


def gradients(inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Tensor, ...]:
    """A gradient for each operand that needs one, each in a new tensor."""
    return tuple(
        Tensor(f"grad{index}", shape.torch, batched=True)
        for index, (shape, want) in enumerate(zip(inputs, wanted, strict=True))
        if want
    )


def weight_gradients(weights: tuple[Weight, ...]) -> tuple[Tensor, ...]:
    """A gradient for each trainable weight."""
    return tuple(Tensor(weight.name, weight.shape) for weight in weights if weight.trainable)


def alive_at_end(steps: tuple[Step, ...]) -> tuple[Tensor, ...]:
    """What the steps before the last one leave, without the output."""
    alive: dict[int | str, Tensor] = {}
    for step in steps[:-1]:
        alive |= {tensor.name: tensor for tensor in step.makes}
        for name in step.frees:
            alive.pop(name, None)
    return tuple(tensor for name, tensor in alive.items() if name != "output")

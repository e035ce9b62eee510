"""How PyTorch runs a layer, as far as its allocations depend on it."""

from cnncalc.record import NamedTuple
from cnncalc.shape import Shape
from cnncalc.vocabulary.strides import Lying
from cnncalc.vocabulary.torch_versions import NEWEST, TorchVersion


class Call(NamedTuple):
    """How PyTorch runs a layer, as far as its allocations depend on it.

    `lying` is the memory layout of each operand (default: in order), `grad` that of the output's gradient.
    `subclasses`: the tensors are of a subclass, such as fake tensors, which some operations treat differently.
    `alone`: the batch is one image, whose channels can be rows of a matrix even if those of several images cannot.
    `dtype` is the type that convolutions compute in, `output` the shape of the output, if the caller has it.
    `autocast`: the layer computes in another type than that of its parameters, which are cast; `casts`: its first
    operand, which is in float32, is cast too. `entering` are the types of its operands under autocast, `lower` the type
    that products have there. `frozen`: the weights need no gradient. `attention`
    is the kernel that was asked for, `capability` that of the GPU. `wanted`: the operands that need a gradient, if that
    is known. `torch` is PyTorch's version, `synced` how many devices take statistics together.
    """

    training: bool = True
    device: str = "cpu"
    lying: tuple[Lying, ...] = ()
    grad: Lying = None
    subclasses: bool = False
    alone: bool = False
    dtype: str = "float32"
    output: Shape | None = None
    autocast: bool = False
    casts: bool = False
    entering: tuple[str, ...] = ()
    lower: str | None = None
    frozen: bool = False
    attention: str = "auto"
    capability: tuple[int, int] | None = None
    wanted: tuple[bool, ...] = ()
    torch: TorchVersion = NEWEST
    synced: int = 0

    @property
    def images(self) -> int:
        """The number of images, as far as it matters: one, or several."""
        return 1 if self.alone else 2

    @property
    def reads(self) -> str:
        """The type of its first operand."""
        return self.entering[0] if self.entering else self.dtype

    @property
    def enters_narrow(self) -> bool:
        """Whether autocast has computed its first operand in the lower type."""
        return self.lower is not None and self.entering[:1] == (self.lower,)

    @property
    def narrow_on_cpu(self) -> bool:
        """The same, on a CPU, where autocast keeps other operations in float32 than on CUDA."""
        return self.device == "cpu" and self.enters_narrow

    @property
    def real_on_cpu(self) -> bool:
        """Whether a CPU's own kernels compute it: fake tensors have other ones for some operations."""
        return self.device == "cpu" and not self.subclasses

    def lies(self, which: int = 0) -> Lying:
        """The memory layout of an operand."""
        return self.lying[which] if self.lying else None

"""The description of a loss: its targets, and what its two passes allocate and free."""

from abc import ABC, abstractmethod
from typing import ClassVar, Literal, TypeAlias

from cnncalc.record import NamedTuple

# One number for each value of the output, one for each position, or one in all.
Extent: TypeAlias = Literal["values", "positions", "one"]


# The type of the output.
OUTPUT = "output"


class LossTensor(NamedTuple):
    """A tensor that a loss makes. `dtype` None is the type that it computes in, `OUTPUT` that of the output."""

    name: str
    extent: Extent = "values"
    dtype: str | None = None


# In order: a tensor is made, or (`-name`) the name of one is dropped.
LossProgram: TypeAlias = tuple[LossTensor | str, ...]

CAST = LossTensor("output in float32")
LOSS = LossTensor("loss", "one")


class LossCall(NamedTuple):
    """How PyTorch runs it: whether autocast casts the output first, on a CPU; `real` tensors or those of a subclass.

    What a kernel needs for a moment inside one operation is there for real tensors only.
    """

    casts: bool = False
    cpu: bool = False
    real: bool = True


class Loss(ABC):
    """One loss over an output and its targets, averaged, in a file named as its key.

    `targets`: a class for each position (`classes`, int64), a number for each value (`values`), or none. `in_float32`
    says whether autocast computes it in float32.
    """

    key: ClassVar[str]
    source: ClassVar[str]
    targets: ClassVar[Literal["classes", "values"] | None] = "values"
    in_float32: ClassVar[bool] = True

    def __init_subclass__(cls) -> None:
        cls.key = cls.__module__.rpartition(".")[2]

    @abstractmethod
    def forward(self, call: LossCall) -> LossProgram:
        """What the forward pass makes, `LOSS` among it; what is not dropped stays for the backward pass."""

    @abstractmethod
    def backward(self, call: LossCall) -> LossProgram:
        """What the backward pass makes. At its end only `grad` is left, the gradient of the output."""


def kept_cast(call: LossCall) -> LossProgram:
    """The output in float32, which the backward pass reads too."""
    return (CAST,) if call.casts else ()


def cast_read(call: LossCall) -> LossProgram:
    """The same, read for the last time."""
    return (f"-{CAST.name}",) if call.casts else ()

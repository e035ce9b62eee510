"""A way to compute filters from parameters in every call. Loaded for a layer that has one: most have none."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from cnncalc.vocabulary.layer import PARAMETERS, Call, Step, Tensor, TorchCall, Weight, Work


def own(name: str, shape: tuple[int, ...]) -> Tensor:
    """A tensor of the computation, in the type of the parameters."""
    return Tensor(name, shape, PARAMETERS)


class Computation(ABC):
    """A way to compute filters. `shape` is the filters' shape, as PyTorch has it."""

    # The parameter that has the shape of the filters.
    main: ClassVar[str]
    # Whether the gradient of that parameter has the memory layout of the filters' gradient.
    keeps_layout: ClassVar[bool] = False
    # The names of its parameters: autocast does not cast them.
    parameters: ClassVar[tuple[str, ...]]

    @abstractmethod
    def stored(self, plain: tuple[Weight, ...]) -> tuple[Weight, ...]:
        """The parameters instead of those without the computation, the first of which are the filters."""

    @abstractmethod
    def buffers(self, shape: tuple[int, ...]) -> tuple[Tensor, ...]:
        """Its buffers, in PyTorch's order."""

    @abstractmethod
    def work(self, shape: tuple[int, ...]) -> Work:
        """The operations of the computation at inference."""

    @abstractmethod
    def kept(self, shape: tuple[int, ...]) -> tuple[Tensor, ...]:
        """What autograd keeps of the computation, beside the filters."""

    def narrow(self, call: Call) -> tuple[str, ...]:
        """The names of what is kept in the lower type under autocast."""
        return ()

    @abstractmethod
    def forward(self, shape: tuple[int, ...], filters: Tensor, call: Call) -> Iterator[Step]:
        """The operations that make the `filters`."""

    @abstractmethod
    def backward(self, shape: tuple[int, ...], grad: str, call: Call, *, turned: bool) -> Iterator[Step]:
        """From the gradient of the filters (`grad`) to those of the parameters.

        `turned`: that gradient is in another memory layout than the parameter.
        """

    @abstractmethod
    def call(self, call: TorchCall) -> TorchCall:
        """PyTorch's call, from that of the layer without the computation."""

"""What an optimizer says of itself: the state it keeps for each parameter, and what a step allocates."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar


class Optimizer(ABC):
    """One optimizer of `torch.optim`, in a file named as its key.

    `options` are the arguments that change what it allocates, with PyTorch's defaults. `fused` says whether PyTorch has
    a kernel that does the whole step at once, `counts` whether each parameter has a `step` counter. An `eager`
    optimizer makes its state when it is created, also for parameters that no gradient reaches.
    """

    key: ClassVar[str]
    source: ClassVar[str]
    options: ClassVar[Mapping[str, float]]
    fused: ClassVar[bool] = True
    counts: ClassVar[bool] = True
    eager: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        cls.key = cls.__module__.rpartition(".")[2]

    def __init__(self, **options: float) -> None:
        self.settings = {**self.options, **options}

    @abstractmethod
    def state(self) -> tuple[str, ...]:
        """The tensors it keeps for each parameter, of the parameter's size."""

    @abstractmethod
    def foreach(self) -> tuple[str, ...]:
        """What a step over lists of tensors allocates, in order: a name makes a list as large as the parameters.

        A name that comes again replaces the list before, once the new one is made; `-name` frees it. All are freed at
        the end.
        """

    @abstractmethod
    def single(self) -> tuple[str, ...]:
        """What a step allocates for one parameter after another, as in `foreach`; variables stay until the next."""

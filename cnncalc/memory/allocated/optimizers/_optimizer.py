"""The description of an optimizer: the state it keeps for each parameter, and what a step allocates."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar


class Optimizer(ABC):
    """One optimizer of `torch.optim` (or of a library that its source names), in a file named as its key.

    `options` are the arguments that change what it allocates, with PyTorch's defaults. `fused` says whether PyTorch has
    a kernel that does the whole step at once, `lists` whether it can work on lists of tensors. `counts` are the numbers
    that each parameter has besides, such as a `step` counter; with `counts_all` there is one for all. An `eager`
    optimizer makes its state when it is created, also for parameters that no gradient reaches. `state_width` are the
    bytes of a value of its state (None: as the parameter's), `shared` the bytes that it has once for all parameters.
    """

    key: ClassVar[str]
    source: ClassVar[str]
    options: ClassVar[Mapping[str, float]]
    fused: ClassVar[bool] = True
    lists: ClassVar[bool] = True
    counts: ClassVar[int] = 1
    counts_all: ClassVar[bool] = False
    state_width: ClassVar[int | None] = None
    shared: ClassVar[int] = 0
    eager: ClassVar[bool] = False

    def __init_subclass__(cls) -> None:
        cls.key = cls.__module__.rpartition(".")[2]

    def __init__(self, **options: float) -> None:
        self.settings = {**self.options, **options}

    @abstractmethod
    def state(self) -> tuple[str, ...]:
        """The tensors it keeps for each parameter, of the parameter's size."""

    def sizes(self, values: int, width: int) -> Mapping[str, int]:
        """Bytes of each tensor that it keeps for a parameter of this number of values, each of `width` bytes."""
        return dict.fromkeys(self.state(), values * width)

    @abstractmethod
    def foreach(self) -> tuple[str, ...]:
        """What a step over lists of tensors allocates, in order: a name makes a list as large as the parameters.

        A name that comes again replaces the list before, once the new one is made; `-name` frees it. All are freed at
        the end.
        """

    @abstractmethod
    def single(self) -> tuple[str, ...]:
        """What a step allocates for one parameter after another, as in `foreach`; variables stay until the next."""

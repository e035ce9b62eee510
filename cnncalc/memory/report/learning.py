"""What training stores for each learned parameter: the course's factor ("at least 3 or so"), by optimizer."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cnncalc.memory.allocated import optimizers
from cnncalc.memory.setup import Setup
from cnncalc.record import NamedTuple
from cnncalc.shape import DTYPES

NO_OPTIONS: Mapping[str, Any] = MappingProxyType({})


class Learning(NamedTuple):
    """The tensors of a parameter's size that training stores: it, its gradient, and the optimizer's `state`.

    `optimizer` is its key, None where none is chosen, with its `options`; `state` are PyTorch's names of what it keeps.
    The counters of steps that some keep, one number for each tensor, are left out. `share` is the size of a value of
    the state beside one of the parameters: less than 1 in 8 bits.
    """

    optimizer: str | None
    state: tuple[str, ...]
    options: Mapping[str, Any] = NO_OPTIONS
    share: float = 1

    @property
    def factor(self) -> float:
        """How many values are stored for each parameter: 2 without state; a whole number if the state's values are."""
        return 2 + len(self.state) * self.share


# The optimizer that the notes assume if none is named.
MOMENTUM = Learning(None, ("momentum",))


def learning_of(setup: Setup) -> Learning:
    """What the optimizer of a setup stores."""
    kind = optimizers.optimizer_type(setup.optimizer)
    state = kind(**setup.options).state()
    return Learning(setup.optimizer, state, setup.options, _share(kind, setup.dtype))


def _share(kind: type[optimizers.Optimizer], dtype: str) -> float:
    """How large a value of the state is beside one of the parameters."""
    return 1 if kind.state_width is None else kind.state_width / DTYPES[dtype]


def factors(dtype: str = "float32") -> dict[str, float]:
    """The factor of every optimizer with its defaults, and with each of its options that stores more."""
    result = {}
    for name in optimizers.names():
        kind = optimizers.optimizer_type(name)
        share = _share(kind, dtype)
        plain = result[name] = Learning(name, kind().state(), share=share).factor
        for option, default in kind.options.items():
            factor = Learning(
                name, kind(**{option: True if isinstance(default, bool) else 0.9}).state(), share=share
            ).factor
            if factor > plain:
                result[f"{name} with {option}"] = factor
    return result

"""What training stores for each learned parameter: the course's factor ("at least 3 or so"), by optimizer."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cnncalc.memory.allocated import optimizers
from cnncalc.memory.setup import Setup
from cnncalc.record import NamedTuple

NO_OPTIONS: Mapping[str, Any] = MappingProxyType({})


class Learning(NamedTuple):
    """The tensors of a parameter's size that training stores: it, its gradient, and the optimizer's `state`.

    `optimizer` is its key, None where none is chosen, with its `options`; `state` are PyTorch's names of what it keeps.
    The counters of steps that some keep, one number for each tensor, are left out.
    """

    optimizer: str | None
    state: tuple[str, ...]
    options: Mapping[str, Any] = NO_OPTIONS

    @property
    def factor(self) -> int:
        """How many values are stored for each parameter: 2 without state."""
        return 2 + len(self.state)


# The optimizer that the notes assume if none is named.
MOMENTUM = Learning(None, ("momentum",))


def learning_of(setup: Setup) -> Learning:
    """What the optimizer of a setup stores."""
    kind = optimizers.optimizer_type(setup.optimizer)
    return Learning(setup.optimizer, kind(**setup.options).state(), setup.options)


def factors() -> dict[str, int]:
    """The factor of every optimizer with its defaults, and with each of its options that stores more."""
    result = {}
    for name in optimizers.names():
        kind = optimizers.optimizer_type(name)
        plain = result[name] = Learning(name, kind().state()).factor
        for option, default in kind.options.items():
            factor = Learning(
                name, kind(**{option: True if isinstance(default, bool) else 0.9}).state()
            ).factor
            if factor > plain:
                result[f"{name} with {option}"] = factor
    return result

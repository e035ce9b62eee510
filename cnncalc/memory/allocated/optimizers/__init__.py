"""Optimizers: one file each, named as PyTorch's class in lower case."""

from cnncalc import plugins
from cnncalc.memory.allocated.optimizers._optimizer import Optimizer

__all__ = ["Optimizer", "names", "optimizer_type"]


def names() -> tuple[str, ...]:
    """Every optimizer's key, sorted; imports none of them."""
    return plugins.names(__name__)


def optimizer_type(name: str) -> type[Optimizer]:
    """The class of an optimizer. Raises `ModuleNotFoundError` where there is none."""
    return plugins.only(plugins.load(__name__, name), Optimizer)  # type: ignore[type-abstract]

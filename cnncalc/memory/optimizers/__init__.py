"""Optimizers: one file each, named as PyTorch's class in lower case."""

from cnncalc import plugins
from cnncalc.memory.optimizers._optimizer import Optimizer

__all__ = ["Optimizer", "names", "optimizer_type"]


def names() -> tuple[str, ...]:
    """Every optimizer's key, sorted; imports none of them."""
    return plugins.names(__name__)


def optimizer_type(name: str) -> type[Optimizer]:
    """The class of an optimizer. Raises `ModuleNotFoundError` where there is none."""
    module = plugins.load(__name__, name)
    (found,) = (
        item
        for item in vars(module).values()
        if isinstance(item, type) and issubclass(item, Optimizer) and item.__module__ == module.__name__
    )
    return found

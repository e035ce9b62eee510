"""Losses: one file each, named as PyTorch's function without `_loss`."""

from cnncalc import plugins
from cnncalc.memory.allocated.losses._loss import OUTPUT, Loss, LossCall, LossTensor

__all__ = ["OUTPUT", "Loss", "LossCall", "LossTensor", "loss_type", "names"]


def names() -> tuple[str, ...]:
    """Every loss's key, sorted; imports none of them."""
    return plugins.names(__name__)


def loss_type(name: str) -> type[Loss]:
    """The class of a loss. Raises `ModuleNotFoundError` if there is none."""
    return plugins.only(plugins.load(__name__, name), Loss)  # type: ignore[type-abstract]

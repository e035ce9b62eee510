"""A source of PyTorch code: what makes the module, or why there is none."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn


class BadSource(Exception):
    """A source that gives no module: why, and what to do."""

    def __init__(self, message: str, help: str = "") -> None:
        self.help = help
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class TorchSource:
    """A source of PyTorch code: its text, a short name for the network, and what makes the module."""

    text: str
    name: str
    make: Callable[[], nn.Module]

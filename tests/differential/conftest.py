"""What the comparison with PyTorch shares: fake tensors need one thread only."""

from tests.memory.conftest import one_thread

__all__ = ["one_thread"]

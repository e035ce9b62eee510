"""What the tests of the replay share: random layers and networks, drawn as elsewhere, and one thread of PyTorch."""

import warnings
from collections.abc import Iterator
from types import ModuleType

import pytest

from tests.layers.conftest import random_case
from tests.pytorch.conftest import random_network

__all__ = ["one_thread", "random_case", "random_network"]


@pytest.fixture
def one_thread(torch: ModuleType) -> Iterator[None]:
    """Tensors are fake: threads only wait for each other."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
    torch.set_num_threads(before)

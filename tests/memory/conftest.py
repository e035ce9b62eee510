"""What the tests of the replay share: random layers and networks, drawn as elsewhere."""

from tests.layers.conftest import random_case
from tests.pytorch.conftest import random_network

__all__ = ["random_case", "random_network"]

"""Recurrent layers whose weights are frozen, between layers that learn: only what the input's gradient needs."""

from types import ModuleType

import pytest

import cnncalc
from tests.memory._agreement import check

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.parametrize("more", ["", ", dropout: 0.5"])
@pytest.mark.parametrize("name", ["lstm", "gru", "rnn"])
def test_what_is_replayed_is_what_pytorch_allocates(torch: ModuleType, name: str, more: str) -> None:
    graph = cnncalc.load(
        "cnncalc: 1\ninput: 9x3\nlayers:\n  - conv: {filters: 4, kernel: 3, padding: 1}\n"
        f"  - {name}: {{hidden: 5, layers: 2, bidirectional: true{more}}}\n    freeze: true\n  - linear: 4\n",
        mode="training",
    )
    check(torch, graph)

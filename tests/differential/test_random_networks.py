"""Networks at random over every layer type, each run in PyTorch: shapes, parameters, kept bytes and the peak.

`make fuzz CASES=20000` compares 2,000 networks, a tenth of the cases, and others each time. A network that differs is
made as small as it can be, and shown as a spec.
"""

from collections.abc import Iterator
from random import Random
from secrets import randbits
from types import ModuleType
from typing import Any

import pytest

from cnncalc.layers import layer_type
from tests._depth import FUZZING, cases
from tests.differential._difference import Conditions, differences, loaded, runnable, shrunk
from tests.differential._networks import KINDS, Network, network

PARTS = 8
GRAPHS = cases(16, 160, of=10)

pytestmark = pytest.mark.usefixtures("one_thread")


def conditions(random: Random) -> Conditions:
    how = Conditions(
        random.choice(("training", "training", "inference")),
        random.randint(1, 4),
        random.choice(("sgd", "adam", "adamw", "rmsprop", "adagrad")),
        random.choice(("float32", "float32", "float64", "bfloat16")),
    )
    autocast = random.choice((None, None, "bfloat16", "float16"))
    return how._replace(dtype="float32", autocast=autocast) if autocast else how


def difference(torch: ModuleType, network: Network, how: Conditions) -> dict[str, Any] | None:
    """What differs of a network; None where it is none that PyTorch can run."""
    graph = loaded(network, how.mode)
    return None if graph is None else differences(torch, graph, how)


def shown(torch: ModuleType, network: Network, how: Conditions, figures: set[str]) -> str:
    """What differs of the smallest network in which one of these figures still does."""
    small = shrunk(network, lambda other: bool(figures & set(difference(torch, other, how) or {})))
    return f"ours and PyTorch's: {difference(torch, small, how)}, of\n{small.text()}"


def compared(torch: ModuleType, seeds: Iterator[int], count: int) -> set[str]:
    """Compares a number of networks, and returns the layer types in them."""
    kinds: set[str] = set()
    while count:
        seed = next(seeds)
        how = conditions(Random(f"how {seed}"))
        drawn = runnable(network(seed), how.mode)
        reason = difference(torch, drawn, how)
        if reason is None:
            continue
        count -= 1
        kinds |= {item.kind for item in drawn.items}
        if reason:
            pytest.fail(f"seed {seed}, {how}: {shown(torch, drawn, how, set(reason))}")
    return kinds


@pytest.mark.fuzz
@pytest.mark.parametrize("part", range(PARTS))
def test_every_figure_is_pytorch_s(torch: ModuleType, part: int) -> None:
    first = randbits(40) if FUZZING else part * 10_000
    assert compared(torch, iter(range(first, first + 10**9)), max(1, GRAPHS // PARTS))


def test_every_layer_type_is_drawn() -> None:
    # An unpooling is rare: its pooling must be before it, of the same sizes.
    drawn = {item.kind for seed in range(6000) for item in network(seed).items}
    assert drawn == set(KINDS)


def test_a_wrong_figure_is_found_and_made_small(torch: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = layer_type("sigmoid")
    monkeypatch.setattr(kind, "keeps", lambda self, inputs: (0,))
    with pytest.raises(pytest.fail.Exception, match="sigmoid"):
        compared(torch, iter(seed for seed in range(10**6) if "sigmoid" in _kinds(seed)), 40)


def _kinds(seed: int) -> set[str]:
    return {item.kind for item in network(seed).items}


def test_every_network_that_is_drawn_can_be_run() -> None:
    modes = [(seed, conditions(Random(f"how {seed}")).mode) for seed in range(200)]
    assert all(loaded(runnable(network(seed), mode), mode) for seed, mode in modes)

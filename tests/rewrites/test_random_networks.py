"""Rewrites of random networks: what is said to be equal is, and what is said to be of the same shapes is."""

from collections import Counter
from types import ModuleType

import pytest

import cnncalc
from cnncalc.pytorch.fitness import faults
from cnncalc.render.rewriting import spec_text
from cnncalc.rewrites import RewriteRefused, applied, names, rewrite_type
from tests._depth import cases
from tests.rewrites._networks import spec

SEEDS = cases(15, 600, of=100)
# The fewest rewrites that the seeds must give.
LEAST = SEEDS // 20

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.fuzz
@pytest.mark.parametrize("name", names())
def test_outputs_are_as_the_rewrite_says(torch: ModuleType, name: str) -> None:
    from cnncalc.pytorch.carried import check_rewrite

    rewrite, results = rewrite_type(name)(), Counter[str]()
    for seed in range(SEEDS):
        graph = cnncalc.load(spec(seed))
        if not graph.ok or faults(graph):
            continue
        try:
            result = applied(rewrite, graph, ())
        except RewriteRefused:
            results["refused"] += 1
            continue
        # The written spec is that network too.
        again = cnncalc.load(spec_text(result.graph, graph))
        assert again.ok, (seed, again.diagnostics)
        assert [node.shape for node in again.nodes] == [node.shape for node in result.graph.nodes], seed
        for written in (result.graph, again):
            check = check_rewrite(
                graph, result._replace(graph=written), name=name, effect=rewrite.effect, dtype="float64"
            )
            assert check.ok, (seed, check.outputs)
        results["done"] += 1
    # One is rarely possible.
    assert results["done"] >= (LEAST if name != "bottleneck" else 1), results

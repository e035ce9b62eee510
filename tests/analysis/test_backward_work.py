"""A training step makes the gradients that PyTorch makes, whole networks through."""

from types import ModuleType
from typing import Any

import pytest

import cnncalc
from tests.layers.test_backward_macs import counter

SPEC = """\
cnncalc: 1
input: 12x12x4
layers:
  - conv: {filters: 8, kernel: 3, padding: 1, groups: 2, act: relu}
  - maxpool: 2
  - separable_conv: {filters: 6, kernel: 3}
  - residual:
      - conv: {filters: 6, kernel: 3, padding: 1}
    name: body
  - conv_transpose: {filters: 4, kernel: 2, stride: 2}
  - flatten
  - fc: 10
"""
FIRST = """\
cnncalc: 1
input: 6x6x4
layers:
  - separable_conv: {filters: 6, kernel: 3}
"""
TWO = """\
cnncalc: 1
input: 8x8x3
layers:
  - conv: {filters: 4, kernel: 3}
    name: stem
  - conv: {filters: 2, kernel: 3}
    name: unused
  - conv: {filters: 5, kernel: 1}
    from: stem
"""


def counted(torch: ModuleType, graph: Any) -> float:
    from cnncalc.pytorch import build

    model = build(graph, seed=0).train()
    given = [torch.rand(2, *node.shape.torch) for node in graph.inputs]
    output = model(*given)
    with counter(torch) as counts:
        output.backward(torch.ones_like(output))
    return float(counts.get_total_flops()) / 2 / 2


@pytest.mark.parametrize("spec", [SPEC, FIRST, TWO, "lenet5", "conv_demo"])
def test_of_a_network_is_what_pytorch_counts(torch: ModuleType, spec: str) -> None:
    graph = cnncalc.load(spec, mode="training")
    total = cnncalc.analyse(graph).backward_macs
    assert total is not None
    assert total.total == counted(torch, graph)


def test_first_layer_has_no_gradient_of_data_and_one_that_nobody_reads_none() -> None:
    figures = cnncalc.analyse(cnncalc.load(TWO, mode="training"))
    first, unused, last = (
        figures.backward_work[figures.graph.by_name[name]] for name in ("stem", "unused", "conv1")
    )
    assert first is not None
    assert (first.data, first.weights) == (0, 36 * 27 * 4)
    assert unused == (0, 0)
    assert last is not None
    assert last.data == last.weights == 36 * 4 * 5


def test_of_what_is_unknown_is_unknown() -> None:
    figures = cnncalc.analyse(
        cnncalc.load("cnncalc: 1\ninput: 5x5x3\nlayers:\n  - conv: {filters: 2, kernel: 7}\n")
    )
    assert figures.backward_macs is None

"""What the passes of a run share."""

import cnncalc
from cnncalc.memory import Setup
from cnncalc.memory.allocated.run import Run


def test_names_of_parameters_are_in_pytorch_s_order() -> None:
    graph = cnncalc.load("cnncalc: 1\ninput: 4x6\nlayers:\n  - self_attention: {heads: 2}\n", mode="training")
    (node,) = graph.layers
    assert node.fit is not None
    names = Run(graph, Setup()).weight_names(node)
    assert names == tuple(weight.name for weight in node.fit.layer.weights(node.fit.inputs))
    # A set would have them in another order in every process.
    assert isinstance(names, tuple)
    assert len(names) > 2

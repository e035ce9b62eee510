"""Who reads a node."""

import cnncalc


def test_layers_that_read_each_node() -> None:
    graph = cnncalc.load(
        "cnncalc: 1\ninput: 8x8x4\nlayers:\n  - conv: 4\n    name: a\n  - relu\n  - add: [prev, a, a]\n"
    )
    names = [[graph.nodes[reader].name for reader in readers] for readers in cnncalc.analyse(graph).readers]
    assert names == [["a"], ["relu1", "add1", "add1"], ["add1"], []]

"""Networks whose layers are on several devices."""

from collections.abc import Sequence
from typing import Any

import cnncalc
from cnncalc.graph import Graph, Node

TWO = """\
cnncalc: 1
input: 8x8x3
layers:
  - conv: {filters: 4, kernel: 3, padding: 1}
    name: a
    place: gpu0
  - conv: {filters: 6, kernel: 3, padding: 1}
    name: b
    from: in
    place: gpu1
  - concat: [a, b]
    name: both
    place: gpu0
  - conv: {filters: 2, kernel: 1}
    name: c
    from: a
    place: gpu1
  - add: [c, c]
    name: twice
  - concat: [both, twice]
    name: end
    place: gpu0
"""


def placed(graph: Graph, places: Sequence[str]) -> Graph:
    """The network with its layers on these devices, one after another; those that share weights are together."""
    nodes: list[Node] = []
    for node in graph.nodes:
        place = None if node.is_input else places[node.owner % len(places)]
        fields: dict[str, Any] = {name: getattr(node, name) for name in Node.__slots__}
        nodes.append(Node(**{**fields, "place": place}))
    used = dict.fromkeys(node.place for node in nodes if node.place is not None)
    return graph.with_(nodes=tuple(nodes), devices=tuple(used))


def two(mode: str = "inference") -> Graph:
    """Two devices; `a` is read by two layers on the other one."""
    return cnncalc.load(TWO, mode=mode)

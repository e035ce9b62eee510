"""Modules with the weights of earlier ones: in code it is one module, which is called again."""

from typing import TYPE_CHECKING

from cnncalc.exporters.torch_source.parts import Leaf
from cnncalc.exporters.torch_source.trace import Entry

if TYPE_CHECKING:
    from cnncalc.exporters.torch_source.network import Network


def lends(network: "Network", earlier: Leaf, later: Leaf) -> bool | None:
    """Whether a module has the weights of an earlier one; None if it has none at all."""
    if isinstance(earlier, Entry) and isinstance(later, Entry):
        pairs = list(zip(range(earlier.start, earlier.end), range(later.start, later.end), strict=False))
        same = earlier.end - earlier.start == later.end - later.start
    elif isinstance(earlier, tuple) and isinstance(later, tuple):
        pairs, same = [(earlier[0], later[0])], earlier[1] == later[1]
    else:
        return False
    lent = [_lends_node(network, before, after) for before, after in pairs]
    if not same or False in lent:
        return False
    return True if True in lent else None


def _lends_node(network: "Network", before: int, after: int) -> bool | None:
    nodes = network.graph.nodes
    if network.calls[before] != network.calls[after]:
        return False
    fit = nodes[after].fit
    if fit is None or not (fit.layer.weights(fit.inputs) or fit.layer.buffers(fit.inputs)):
        return None
    return nodes[after].owner == nodes[before].owner and nodes[after].owner != after

"""Errors of learned tensors, which have no batch, where a tensor of each image is needed; and what to read instead."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnncalc.graph.node import Node
from cnncalc.graph.scope import Scope
from cnncalc.layers import Layer
from cnncalc.spec import Item, MergeItem
from cnncalc.spec import faults as language

if TYPE_CHECKING:
    from cnncalc.graph.growing import Growing


def report_outputs(growing: "Growing", outputs: Sequence[int], scope: Scope) -> None:
    """Report every output of the network that is a learned tensor."""
    nodes = growing.nodes
    for index in outputs:
        node = nodes[index]
        if node.shape is None or node.shape.batched or node.item is None:
            continue
        given = next((given for given in growing.spec.outputs or () if given.value == node.name), None)
        other = _before(nodes, index, scope)
        help = f"`outputs: [{other}]` gives the layer before it" if other else None
        message = (
            f"the output `{node.name}` ({node.shape}) has no batch: it is computed from learned tensors "
            "alone, and is the same for all images"
        )
        growing.report(
            language.LEARNED_OUTPUT.at(given.span if given else node.item.span, message, help=help), scope
        )


def instead(
    growing: "Growing", item: Item, layer: Layer, scope: Scope, sources: Sequence[Node], operand: int
) -> str | None:
    """What to write where a layer reads a learned tensor that it can't read."""
    source = sources[operand]
    other = _before(growing.nodes, source.index, scope)
    if other is None:
        return None
    if isinstance(item, MergeItem):
        if layer.without_batch == "some":
            return f"one operand at least needs a batch, such as `{other}`"
        return (
            "arithmetic, `concat`, `matmul` and `attention` combine it with a tensor of each image, and give one that "
            "can be read here"
        )
    if item.controls.source is None:
        return f"`prev` is a learned tensor here: `from: {other}` beside it reads the layer before that"
    return f"`from: {other}` reads a tensor of each image"


def _before(nodes: Sequence[Node], index: int, scope: Scope) -> str | None:
    """The name, in a scope, of the last node before a learned tensor that has a batch; None if it can't be named."""
    for node in reversed(nodes[:index]):
        if node.shape is None or not node.name.startswith(scope.prefix):
            return None
        if node.shape.batched:
            name = node.name.removeprefix(scope.prefix)
            return None if "." in name and not node.is_input else name
    return None

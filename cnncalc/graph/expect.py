"""`expect`: compares the shape in a spec with the computed shape."""

from collections.abc import Sequence

from cnncalc.diagnostic import Diagnostic, Edit, Fix
from cnncalc.graph.model import Replaced
from cnncalc.graph.node import Node
from cnncalc.layers import shown
from cnncalc.shape import Shape
from cnncalc.spec import BadShape, Item, LayerItem, ValueExpr
from cnncalc.spec import faults as language


def bad_shape(wrong: BadShape, given: ValueExpr) -> Diagnostic:
    """A value that is not a shape, with a replacement if one is clear."""
    clear = wrong.instead if given.constant else None
    fixes = [Fix(f"write {clear}", (Edit(given.span, clear),))] if clear else []
    return language.BAD_SHAPE.at(given.span, wrong.message, help=wrong.help, fixes=fixes)


def follows_input(expect: ValueExpr, replaced: Sequence[Replaced]) -> bool:
    """Whether a shape is right for any input: each size is computed from `$in`; channels only if they differ."""
    if not isinstance(expect.value, dict):
        return False
    sizes = [
        given
        for axis, given in expect.value.items()
        if axis != "channels" or not all(_same_channels(change) for change in replaced)
    ]
    return bool(sizes) and all(
        isinstance(given, ValueExpr) and given.words and all(word.startswith("in.") for word in given.words)
        for given in sizes
    )


def _same_channels(change: Replaced) -> bool:
    before, after = change.written_for, change.shape
    return before is not None and after is not None and before.channels == after.channels


def expectation_fault(
    expected: Shape,
    node: Node,
    shape: Shape,
    given: ValueExpr,
    nodes: Sequence[Node],
    item: Item,
    *,
    advise: bool = True,
) -> Diagnostic | None:
    """The mismatch, if there is one. 1x1xN and N features are equal, because the tables print features as 1x1xN.

    With `advise` the help has other values of one field of the item's layer that give the expected shape.
    """
    # An expectation has sizes only: a learned tensor without a batch has them too.
    if expected.torch == shape.torch:
        return None
    if expected.size == shape.size and expected.positions == shape.positions == 1:
        return None
    ours, theirs = shape.asdict(), expected.asdict()
    # In the order of a written shape.
    order = (*shape.axes, "channels", "features")
    differing = [axis for axis in order if axis in ours and axis in theirs and ours[axis] != theirs[axis]]
    facts = " and ".join(f"{axis} {ours[axis]} instead of {theirs[axis]}" for axis in differing)
    kind = " features" if not shape.rank else ""
    message = f"`{node.name}` gives {shape}{kind}, but `expect` is {expected}" + (
        f": {facts}" if facts else ""
    )
    fixes = [Fix(f"expect: {shape}", (Edit(given.span, str(shape)),))] if given.constant else []
    help = f"if the network is right, write `expect: {shape}`"
    if advise and (instead := _instead(expected, node, nodes, item)):
        help += f"; {instead} gives {expected}"
    from cnncalc.graph.faults import EXPECT_MISMATCH

    return EXPECT_MISMATCH.at(given.span, message, help=help, fixes=fixes)


def _instead(expected: Shape, node: Node, nodes: Sequence[Node], item: Item) -> str:
    """Other arguments of an item's layer that give the expected shape: `padding: half or output_padding: 1`."""
    # Another argument would change every repetition, and the input of the last one.
    if not isinstance(item, LayerItem) or item.controls.repeat is not None:
        return ""
    last = node.shape
    # The item's norm and activation follow its layer, and keep its shape.
    while node.kind != item.layer.key and node.item is item and node.inputs:
        node = nodes[node.inputs[0]]
    if node.kind != item.layer.key or node.fit is None or node.shape != last:
        return ""
    from cnncalc.vocabulary.alternatives import alternatives

    changes = alternatives(node.fit.layer, node.fit.inputs, expected)
    return " or ".join(f"`{change.field}: {shown(change.value)}`" for change in changes)

"""The operands of a merge, and the shortcut of a residual."""

from collections.abc import Callable
from typing import TypeAlias

from cnncalc.diagnostic import Span
from cnncalc.layers import Layer, shown
from cnncalc.spec import faults
from cnncalc.spec.controls import NO_CONTROLS, index_help
from cnncalc.spec.item_types import COMPUTED, SHORTCUTS, BrokenItem, Item, Operand, ResidualItem
from cnncalc.spec.reading import Reading
from cnncalc.spec.values import unreadable
from cnncalc.text import Mapping, Node, Scalar, Sequence, escaped, is_expression

# A function that reads the items of a branch; its second argument is its name in messages.
Items: TypeAlias = Callable[[Node, str], tuple[Item, ...]]


def operands(
    reading: Reading, layer: type[Layer], node: Node | None, span: Span, items: Items
) -> tuple[Operand, ...]:
    """The operands of a merge: names, branches, and numbers if the layer takes them."""
    word = layer.key
    if layer.fewest == 1 and (node is None or (isinstance(node, Scalar) and isinstance(node.value, str))):
        # What enters, or one name.
        return (Operand(span, reading.value(node or Scalar(span, "prev", "prev", True)), None),)
    if not isinstance(node, Sequence) or len(node) < layer.fewest:
        count = f"{len(node)}" if isinstance(node, Sequence) and len(node) else "none"
        joins = "joins two or more operands" if layer.fewest > 1 else "reads one operand or more"
        example = f"{word}: [prev, NAME]" if layer.fewest > 1 else f"{word}: {{of: [prev, NAME], ...}}"
        reading.report(
            faults.TOO_FEW_OPERANDS,
            node.span if node is not None else span,
            f"`{word}` {joins}, but there {'is' if count in ('none', '1') else 'are'} {count}",
            help=f"write `{example}`; an operand is a name, `prev`, `in`, or a branch (a list of layers)",
        )
        return ()
    read = []
    numbers = layer.takes_numbers
    if numbers and all(map(_is_number, node)):
        values = [item.value for item in node if isinstance(item, Scalar)]
        # -1 and -3 alone are how Darknet calls layers: each is reported below.
        numbers = not any(isinstance(value, int) and value < 0 for value in values)
        if numbers:
            reading.report(
                faults.TOO_FEW_OPERANDS,
                node.span,
                f"all operands of `{word}` are numbers, and one at least must be a layer",
                help=f"write `{word}: [prev, {shown(values[-1])}]`; a layer is called by its `name`, not by a number",
            )
            return ()
    for item in node:
        if isinstance(item, Sequence):
            read.append(Operand(item.span, None, items(item, "a branch")))
        elif isinstance(item, Scalar) and isinstance(item.value, str):
            read.append(Operand(item.span, reading.value(item), None))
        elif isinstance(item, Scalar) and item.doubtful:
            read.append(Operand(item.span, unreadable(item.span), None))
        elif numbers and _is_number(item):
            read.append(Operand(item.span, reading.given(item), None))
        elif isinstance(item, Scalar) and isinstance(item.value, int) and not isinstance(item.value, bool):
            help, fixes = index_help(item, item.value, word)
            message = f"an operand is a name, `prev`, `in`, or a branch, not an index: {item.raw}"
            if not layer.takes_numbers and item.value >= 0:
                message = (
                    f"an operand of `{word}` is a name, `prev`, `in`, or a branch, not a number: {item.raw}"
                )
            if item.value != -1:
                help = "put `name: c3` beside the layer that is meant, and write `c3` here"
            reading.report(faults.MALFORMED_ITEM, item.span, message, help=help, fixes=fixes)
            read.append(Operand(item.span, None, (BrokenItem(item.span, item.span, NO_CONTROLS),)))
        else:
            reading.report(
                faults.MALFORMED_ITEM,
                item.span,
                f"an operand is a name, `prev`, `in`, {'a number, ' if numbers else ''}or a branch, which is "
                "a list",
                help="put the layers of the branch in brackets: `[conv: 64]`",
            )
            read.append(Operand(item.span, None, (BrokenItem(item.span, item.span, NO_CONTROLS),)))
    return tuple(read)


def _is_number(node: Node) -> bool:
    return (
        isinstance(node, Scalar)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
        and not node.doubtful
    )


def operands_and_arguments(layer: type[Layer], node: Node | None) -> tuple[Node | None, Node | None]:
    """The operands of a merge (in `of` if there are arguments too), and its arguments."""
    if layer.fewest == 1 and isinstance(node, Scalar):
        return None, node
    if not isinstance(node, Mapping):
        return node, None
    of = node.get("of")
    rest = Mapping(node.span, [entry for entry in node if entry is not of])
    return (of.value if of is not None else None), rest


def with_shortcut(reading: Reading, item: ResidualItem, node: Node, items: Items) -> ResidualItem:
    """A residual with its shortcut: a word, an expression that gives one, or its layers."""
    if isinstance(node, Scalar) and (node.doubtful or is_expression(node.raw)):
        given = unreadable(node.span) if node.doubtful else reading.value(node)
        return item._replace(shortcut=COMPUTED, way=given)
    return item._replace(shortcut=_shortcut(reading, node, items))


def _shortcut(reading: Reading, node: Node, items: Items) -> str | tuple[Item, ...]:
    if isinstance(node, Sequence):
        return items(node, "`shortcut`")
    if isinstance(node, Scalar) and node.value in SHORTCUTS:
        return str(node.value)
    shown_as = escaped(shown(node.value)) if isinstance(node, Scalar) else "a mapping"
    message = f"`shortcut` must be {', '.join(SHORTCUTS)}, an expression or a list of layers, not {shown_as}"
    reading.unknown_word(faults.WRONG_VALUE, node.span, message, shown_as, SHORTCUTS)
    return (BrokenItem(node.span, node.span, NO_CONTROLS),)

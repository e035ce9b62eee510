"""Blocks: what each declares, and the arguments of their uses."""

from collections.abc import Container
from collections.abc import Mapping as MappingOf

from cnncalc import layers
from cnncalc.diagnostic import Note, Span
from cnncalc.spec import faults
from cnncalc.spec.controls import CONTROLS, FREE, layer_name
from cnncalc.spec.extends import Family
from cnncalc.spec.item_types import LayerCall
from cnncalc.spec.model import Parameter
from cnncalc.spec.parameters import block_parameters
from cnncalc.spec.reading import Everything, Reading
from cnncalc.spec.values import ValueExpr
from cnncalc.text import Mapping, Node, Scalar, Sequence, escaped
from cnncalc.zoo import STD, blocks

STRUCTURES = ("sequence", "residual")


def declared(
    reading: Reading, texts: Family
) -> tuple[dict[str, dict[str, Parameter]], dict[str, tuple[Span, Node]], Container[str]]:
    """The parameters of every block and the place of its layers, by name; and the names of broken blocks."""
    entry = texts.get("blocks")
    parameters: dict[str, dict[str, Parameter]] = {}
    bodies: dict[str, tuple[Span, Node]] = {}
    lost: set[str] = set()
    if entry is None:
        return parameters, bodies, lost
    if not isinstance(entry.value, Mapping):
        reading.report(faults.WRONG_VALUE, entry.value.span, "`blocks` must be a mapping from name to block")
        return parameters, bodies, Everything()
    reading.lost_block = not entry.value.whole
    for block in entry.value:
        name, node = block.name, block.value
        lost.add(name)
        if name in layers.names() or name in STRUCTURES or name in CONTROLS - FREE:
            reading.report(
                faults.TAKEN_NAME,
                block.key.span,
                f"`{name}` already has a meaning in a spec, and can't be the name of a block",
                help=f"write another name, such as `{name}_block`, here and where the block is used",
            )
            continue
        if layer_name(reading, block.key, "a block's name") is None:
            reading.lost_block = True
            continue
        if isinstance(node, Scalar) and node.raw.startswith(STD):
            from cnncalc.spec.shipped_blocks import shipped_block

            shipped = shipped_block(reading, texts, block)
            if shipped is None:
                continue
            node = shipped
        if not isinstance(node, Mapping):
            reading.report(
                faults.WRONG_VALUE,
                node.span,
                f"block `{name}` must be a mapping with `layers`, and `params` if it has any",
                help=f"put `layers:` below `{name}:`, and the list below that, indented by two more"
                if isinstance(node, Sequence)
                else f"write `{name}: {{layers: [...]}}`, or a shipped block: `{name}: {STD}{blocks()[-1]}`",
            )
            continue
        readable = node.whole
        for inner in node:
            if inner.name not in ("params", "layers"):
                readable = False
                what = f"a block has no key `{escaped(inner.name)}`"
                reading.unknown_word(
                    faults.UNKNOWN_KEY, inner.key.span, what, inner.name, ("params", "layers"), "key"
                )
        body = node.get("layers")
        if body is None:
            reading.report(faults.MISSING_KEY, block.key.span, f"block `{name}` needs `layers`")
            continue
        own = block_parameters(reading, node)
        # Uses of a block are unknown where a key in it could not be read: `params` may be meant.
        if own is not None and readable:
            lost.remove(name)
            parameters[name], bodies[name] = own, (block.key.span, body.value)
    return parameters, bodies, lost


def block_call(
    reading: Reading,
    name: str,
    parameters: MappingOf[str, Parameter],
    node: Node | None,
    span: Span,
    *,
    partial: bool = False,
) -> LayerCall:
    """The arguments of a use: each by name, a scalar for the first parameter; if `partial`, some may be missing."""
    whole = True
    givens: dict[str, ValueExpr] = {}
    if isinstance(node, Mapping):
        whole = node.whole
        for entry in node:
            if entry.name not in parameters:
                whole = False
                what = f"block `{name}` has no parameter `{escaped(entry.name)}`"
                reading.unknown_word(faults.UNKNOWN_KEY, entry.key.span, what, entry.name, parameters)
            else:
                givens[entry.name] = reading.value(entry.value)
    elif node is not None and not (isinstance(node, Scalar) and node.value is None):
        if not parameters:
            whole = False
            reading.report(faults.WRONG_VALUE, node.span, f"block `{name}` has no parameters")
        else:
            givens[next(iter(parameters))] = reading.value(node)
    missing = [item for item in parameters.values() if item.default is None and item.name not in givens]
    if missing and whole and not partial:
        whole = False
        names = ", ".join(f"`{item.name}`" for item in missing)
        reading.report(
            faults.MISSING_KEY,
            span,
            f"block `{name}` needs {names}",
            notes=[Note("required here", missing[0].span)],
            help=f"write `{name}: {{{', '.join(item.name + ': ...' for item in missing)}}}`",
        )
    return LayerCall({}, givens, {key: given.span for key, given in givens.items()}, whole=whole)

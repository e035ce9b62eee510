"""The settings of a layer: each field's value, and its source."""

from collections.abc import Iterator
from typing import Any

from cnncalc.analysis import Analysis
from cnncalc.graph import BlockUse, Node
from cnncalc.layers import Layer, Storage, main_field, shown, stated
from cnncalc.text import Expression
from cnncalc.vocabulary.values import Mapped


def settings(analysis: Analysis, node: Node, layer: Layer) -> Iterator[tuple[str, str]]:
    """Each field's value: written here, from `defaults`, from a block's argument, or the layer's default."""
    call = node.call
    main = main_field(type(layer))
    assert node.fit is not None
    effects = layer.in_effect(node.fit.inputs) | decided_by_network(analysis, node, layer)
    for name in sorted(stated(type(layer)), key=lambda name: name != main):
        value: Any = getattr(layer, name)
        if isinstance(value, Mapped):
            value = value.asdict()
        shown_value = "left out" if value is None else shown(value)
        effect, why = effects.get(name, (None, ""))
        if effect is not None and value is not None:
            shown_value = f"{shown_value} = {shown(effect)}" if shown(effect) != shown_value else shown_value
        elif effect is not None:
            shown_value, why = shown(effect), f"left out: {why}" if why else "left out"
        if call is None:
            yield name, f"{shown_value}   (by line {analysis.graph.line(node)})"
            continue
        source = why or "the layer's default"
        if why and value is None:
            pass
        elif name in call.spans:
            source = f"line {call.spans[name].line}"
        elif name in call.inherited:
            source = f"defaults, line {call.inherited[name].line}"
        given = call.computed.get(name)
        if given is not None and isinstance(given.value, Expression):
            source += f": {given.value.text}" + _arguments(node.frame, given.value)
        yield name, f"{shown_value}   ({source})".strip()


def decided_by_network(analysis: Analysis, node: Node, layer: Layer) -> dict[str, tuple[Any, str]]:
    """Fields that are not written and depend on the layers around this one."""
    decided: dict[str, tuple[Any, str]] = {}
    given = {} if node.call is None else {**node.call.fields, **node.call.computed}
    if "bias" in stated(type(layer)) and "bias" not in given and node.call is not None:
        readers = (analysis.graph.nodes[index] for index in analysis.readers[node.index])
        norm = next(
            (reader for reader in readers if reader.fit is not None and reader.fit.layer.cancels_bias), None
        )
        value = vars(layer)["bias"]
        if value is None:
            decided["bias"] = True, "no norm follows"
        elif value is False and norm is not None and node.call is not None:
            decided["bias"] = False, f"left out: {norm.name} follows"
    if getattr(layer, "inplace", True) is None:
        stored = analysis.storage[node.index]
        overwrites = stored is not None and stored.storage is Storage.IN_PLACE
        needed = analysis.needed_besides(node)
        why = "nothing else needs its input" if overwrites else "its backward pass needs the input"
        if needed is not None:
            why = f"it reads {analysis.graph.nodes[node.inputs[0]].name}, which {needed}"
        decided["inplace"] = overwrites, why
    return decided


def _arguments(frame: BlockUse | None, expression: Expression) -> str:
    """The values of the block's parameters in an expression, and the line that sets them."""
    if frame is None:
        return ""
    used = [name for name in sorted(expression.names) if name in frame.parameters]
    if not used:
        return ""
    values = ", ".join(f"{name} = {shown(frame.parameters[name])}" for name in used)
    return f" with {values}, from {frame.item.block} at line {frame.item.span.line}"

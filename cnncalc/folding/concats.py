"""Dense networks, whose n-th layer concatenates n values: each concatenation reads the one before it.

`concat: [a, b, c]` is `concat: [concat: [a, b], c]` (`importers.matching` says so too), and then every layer of a dense
network ends with `concat: [what enters it, what it adds]`, which is one block.
"""

from collections import defaultdict
from collections.abc import Sequence

from cnncalc.folding.elements import Layer
from cnncalc.importers import Scope


def nested(layers: Sequence[Layer]) -> list[Layer]:
    """The layers, where concatenations that begin with an earlier one read it; they move into the layer they end."""
    by_value = {layer.value: layer for layer in layers}
    flat: dict[str, tuple[str, ...]] = {}
    known: dict[tuple[object, ...], str] = {}
    dense: dict[str, Layer] = {}
    for layer in layers:
        if layer.type != "concat":
            continue
        over = layer.fields.get("over")
        operands = tuple(part for value in layer.reads for part in flat.get(f"{over} {value}", (value,)))
        flat[f"{over} {layer.value}"] = operands
        for count in range(len(operands) - 1, 1, -1):
            if (before := known.get((over, *operands[:count]))) is not None:
                layer.reads = (before, *operands[count:])
                layer.entering = by_value[before].leaving
                dense |= {layer.value: layer, before: by_value[before]}
                break
        known.setdefault((over, *operands), layer.value)
    if not dense:
        return list(layers)
    return _moved(layers, dense, by_value)


def _moved(layers: Sequence[Layer], dense: dict[str, Layer], by_value: dict[str, Layer]) -> list[Layer]:
    members: dict[Scope, set[str]] = defaultdict(set)
    outer: dict[Scope, set[str]] = defaultdict(set)
    for layer in layers:
        if layer.value not in dense:
            for scope in layer.scopes:
                members[scope].add(layer.value)
    for layer in layers:
        if layer.value not in dense:
            for scope in layer.scopes:
                outer[scope].update(value for value in layer.reads if value not in members[scope])
    after: dict[str, list[Layer]] = defaultdict(list)
    for layer in dense.values():
        last = max(layer.reads, key=lambda value: by_value[value].position if value in by_value else -1)
        producer = by_value.get(last)
        if producer is None or layer.reads[-1] != last:
            continue
        around = [scope for scope in producer.scopes if outer[scope] == {layer.reads[0]}]
        if around:
            layer.scopes = producer.scopes[: producer.scopes.index(around[-1]) + 1]
        after[last].append(layer)
    moved = {id(layer) for group in after.values() for layer in group}
    result: list[Layer] = []
    waiting = [layer for layer in reversed(layers) if id(layer) not in moved]
    while waiting:
        layer = waiting.pop()
        result.append(layer)
        waiting.extend(reversed(after.pop(layer.value, [])))
    for position, layer in enumerate(result):
        layer.position = position
    return result

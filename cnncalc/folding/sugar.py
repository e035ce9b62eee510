"""A norm and an activation written inside the convolution or linear layer that they follow."""

from collections import Counter, defaultdict
from collections.abc import Container, Sequence
from functools import cache

from cnncalc.folding.elements import Layer
from cnncalc.folding.permits import Permits
from cnncalc.importers import Scope
from cnncalc.importers.draft import UNKNOWN
from cnncalc.layers import layer_type

NORM, ACTIVATION, POOLING = "normalisation", "activation", "pooling"


@cache
def takes_sugar(kind: str) -> bool:
    """Whether `norm:` and `act:` may be written inside a layer type."""
    return kind != UNKNOWN and layer_type(kind).takes_sugar


@cache
def family(kind: str) -> str:
    """The family of a layer type."""
    return "" if kind == UNKNOWN else layer_type(kind).family


def sugared(layers: Sequence[Layer], outputs: Container[str], permits: Permits) -> list[Layer]:
    """The layers, where a norm and an activation that read only a convolution are part of it.

    Not where this would cut a module call in two: a norm that begins a block does not become part of what is before
    the block.
    """
    readers: dict[str, list[Layer]] = defaultdict(list)
    sizes: Counter[Scope] = Counter()
    owners = {layer.shares for layer in layers if layer.shares is not None}
    for layer in layers:
        sizes.update(layer.scopes)
        for value in layer.reads:
            readers[value].append(layer)
    taken: set[int] = set()
    for layer in layers:
        if not takes_sugar(layer.type) or not layer.controls.keys() <= {"allow"}:
            continue
        for kind in (NORM, ACTIVATION):
            after = readers[layer.value]
            if len(after) != 1 or layer.value in outputs or (kind == NORM and layer.norm):
                continue
            (next_layer,) = after
            if family(next_layer.type) != kind or len(next_layer.reads) != 1 or next_layer.controls:
                continue
            if next_layer.shares or next_layer.value in owners or id(next_layer) in taken:
                continue
            if not _stay_whole(layer, next_layer, sizes) or not permits(f"{kind} {next_layer.value}"):
                continue
            taken.add(id(next_layer))
            word = (next_layer.type, next_layer.fields)
            if kind == NORM:
                layer.norm = word
            else:
                layer.act = word
            layer.scopes = _common(layer.scopes, next_layer.scopes)
            layer.nodes += next_layer.nodes
            layer.value, layer.leaving = next_layer.value, next_layer.leaving
    return [layer for layer in layers if id(layer) not in taken]


def _common(left: tuple[Scope, ...], right: tuple[Scope, ...]) -> tuple[Scope, ...]:
    count = 0
    while count < min(len(left), len(right)) and left[count] == right[count]:
        count += 1
    return left[:count]


def _stay_whole(layer: Layer, after: Layer, sizes: Counter[Scope]) -> bool:
    """Whether every module call that only one of two layers is in has no other layer than these."""
    count = len(_common(layer.scopes, after.scopes))
    return all(sizes[scope] <= len(layer.nodes) for scope in layer.scopes[count:]) and all(
        sizes[scope] <= 1 for scope in after.scopes[count:]
    )

"""Module calls and shared weights: a module that is called twice, and calls that weights are shared across.

A use of a block can share the weights of another use (`share`), all of them. What shares only some weights with what is
outside of it is no block.
"""

from collections.abc import Sequence

from cnncalc.folding.elements import Call, Element, Join, Layer, is_absent, layers_of
from cnncalc.folding.skeletons import Skeletons


def tie(elements: Sequence[Element], skeletons: Skeletons) -> set[int]:
    """Set `shares` of calls that use the weights of an earlier call. Returns the ids of calls that can be no block."""
    around: dict[str, list[Call]] = {}
    layers: dict[str, Layer] = {}
    _places(elements, [], around, layers)
    refused: set[int] = set()
    for layer in layers.values():
        if layer.shares is None:
            continue
        ours, theirs = around[layer.value], around[layers[layer.shares].value]
        apart = next(
            (depth for depth, pair in enumerate(zip(ours, theirs, strict=False)) if pair[0] is not pair[1]),
            min(len(ours), len(theirs)),
        )
        ours, theirs = ours[apart:], theirs[apart:]
        if ours and theirs and _whole(ours[0], theirs[0], skeletons):
            ours[0].shares = theirs[0]
            continue
        refused.update(id(call) for call in (*ours, *theirs))
    for call in {id(call): call for calls in around.values() for call in calls}.values():
        if call.shares is not None and (id(call) in refused or id(call.shares) in refused):
            # Then its layers share one by one.
            refused.update((id(call), id(call.shares)))
            for item in (call, call.shares):
                refused.update(id(inner) for value in layers_of(item.body) for inner in around[value.value])
            call.shares = None
    return refused


def _places(
    elements: Sequence[Element], calls: list[Call], around: dict[str, list[Call]], layers: dict[str, Layer]
) -> None:
    for element in elements:
        if is_absent(element):
            continue
        if isinstance(element, Call):
            _places(element.body, [*calls, element], around, layers)
            continue
        if isinstance(element, Join):
            for branch in element.branches:
                _places(branch, calls, around, layers)
            if element.alone:
                continue
            element = element.layer
        around[element.value] = calls
        layers.update(dict.fromkeys(element.nodes, element))


def _whole(call: Call, other: Call, skeletons: Skeletons) -> bool:
    """Whether all weights of a call are those of another one, layer by layer."""
    if call.shares is other:
        return True
    if skeletons.of_call[id(call)] != skeletons.of_call[id(other)] or call.position < other.position:
        return False
    layers, owners = list(layers_of(call.body)), list(layers_of(other.body))
    return len(layers) == len(owners) and all(
        layer.fields == owner.fields
        and owner.shares is None
        and (layer.shares in owner.nodes if owner.weighted else layer.shares is None)
        for layer, owner in zip(layers, owners, strict=True)
    )

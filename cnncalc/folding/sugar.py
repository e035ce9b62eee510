"""A norm and an activation written inside the convolution or linear layer that they follow."""

from collections import Counter, defaultdict
from collections.abc import Container, Sequence
from functools import cache

from cnncalc.folding.elements import Layer
from cnncalc.folding.permits import Permits
from cnncalc.importers import Scope
from cnncalc.importers.draft import UNKNOWN
from cnncalc.layers import layer_type, stated

# Modules that only hold others.
CONTAINERS = frozenset(("Sequential", "ModuleList", "ModuleDict", ""))
NORM, ACTIVATION = "normalisation", "activation"
FREEZE = "freeze"


@cache
def takes_sugar(kind: str) -> bool:
    """Whether `norm:` and `act:` may be written inside a layer type."""
    return kind != UNKNOWN and layer_type(kind).takes_sugar


@cache
def family(kind: str) -> str:
    """The family of a layer type."""
    return "" if kind == UNKNOWN else layer_type(kind).family


@cache
def needs_no_bias(norm: str) -> bool:
    """Whether a bias before a norm (or `none`) has no effect, so that a layer has none if nothing else is written."""
    return norm not in ("none", UNKNOWN) and layer_type(norm).cancels_bias


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
        if (
            id(layer) in taken
            or not takes_sugar(layer.type)
            or not layer.controls.keys() <= {"allow", FREEZE}
        ):
            continue
        chain = _chain(layer, readers, outputs, owners)
        # The longest part of norm and activation that leaves module calls whole.
        for part in (chain[:2], chain[:1]) if family_of(chain) == (NORM, ACTIVATION) else (chain[:1],):
            if part and _stay_whole(layer, part, sizes) and permits(f"sugar {part[-1].value}"):
                for follower in part:
                    taken.add(id(follower))
                    _take(layer, follower)
                break
    return [layer for layer in layers if id(layer) not in taken]


def family_of(chain: Sequence[Layer]) -> tuple[str, ...]:
    """The families of layers."""
    return tuple(family(layer.type) for layer in chain)


def _chain(
    layer: Layer,
    readers: dict[str, list[Layer]],
    outputs: Container[str],
    owners: Container[str | None],
) -> list[Layer]:
    """The norm and the activation after a layer, each of which alone reads what is before it."""
    chain: list[Layer] = []
    for kinds in ((NORM, ACTIVATION), (ACTIVATION,)):
        last = chain[-1] if chain else layer
        after = readers[last.value]
        if len(after) != 1 or last.value in outputs or family_of(chain) == (ACTIVATION,):
            break
        (follower,) = after
        if not _follows(follower, kinds) or len(follower.reads) != 1 or not _is_trained_as(layer, follower):
            break
        if follower.shares or follower.value in owners:
            break
        chain.append(follower)
    return chain


def _follows(layer: Layer, kinds: tuple[str, ...]) -> bool:
    """Whether a layer is of these families. What only scales, without statistics, is no norm to a reader."""
    kind = family(layer.type)
    return kind in kinds and (kind != NORM or "eps" in stated(layer_type(layer.type)))


def _is_trained_as(layer: Layer, follower: Layer) -> bool:
    """Whether what stands beside a layer may stand for a follower too: `freeze` is about all weights of an item."""
    beside = {key: value for key, value in layer.controls.items() if key == FREEZE}
    return follower.controls == (beside if follower.weighted else {})


def _take(layer: Layer, follower: Layer) -> None:
    word = (follower.type, follower.fields)
    if family(follower.type) == NORM:
        layer.norm = word
    else:
        layer.act = word
    layer.scopes = _common(layer.scopes, follower.scopes)
    layer.nodes += follower.nodes
    layer.weighted |= follower.weighted
    layer.value, layer.leaving = follower.value, follower.leaving


def _common(left: tuple[Scope, ...], right: tuple[Scope, ...]) -> tuple[Scope, ...]:
    count = 0
    while count < min(len(left), len(right)) and left[count] == right[count]:
        count += 1
    return left[:count]


def _stay_whole(layer: Layer, part: Sequence[Layer], sizes: Counter[Scope]) -> bool:
    """Whether no module call has both some of these layers and others, but for those that all of these are in.

    A convolution that ends a container may leave it.
    """
    together = layer.scopes
    for follower in part:
        together = _common(together, follower.scopes)
    members = Counter(scope for follower in (layer, *part) for scope in follower.scopes[len(together) :])
    contained = {scope for scope in layer.scopes if scope.kind in CONTAINERS}
    return all(sizes[scope] <= count for scope, count in members.items() if scope not in contained)

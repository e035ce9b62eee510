"""Module calls of the source as parts of the network: those that read one value or a few, and give one value."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from cnncalc.folding.branches import joined
from cnncalc.folding.elements import Call, Element, Layer
from cnncalc.folding.permits import Permits
from cnncalc.folding.sugar import CONTAINERS
from cnncalc.importers import Scope
from cnncalc.shape import Shape

# The most values from outside that a call reads: more have no names that say anything.
MOST = 4
# What the names of folds begin with that make calls of such modules.
SEVERAL_INPUTS = "several inputs"


def grouped(
    layers: Sequence[Layer],
    outputs: Sequence[str],
    shapes: Mapping[str, Shape | None],
    permits: Permits,
) -> list[Element]:
    """The elements of a network: joins of branches, and a `Call` for each module call that can be one.

    `shapes` are those of all values.
    """
    top = _Grouping(layers, outputs, shapes, permits).level(layers, 0)
    return joined(top, _unique(outputs), permits)


def _unique(values: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(values))


class _Grouping:
    def __init__(
        self,
        layers: Sequence[Layer],
        outputs: Sequence[str],
        shapes: Mapping[str, Shape | None],
        permits: Permits,
    ) -> None:
        self._permits = permits
        self._shapes = shapes
        self._outputs = frozenset(outputs)
        self._positions = {layer.value: layer.position for layer in layers}
        self._readers: dict[str, set[str]] = defaultdict(set)
        for layer in layers:
            for value in layer.reads:
                self._readers[value].add(layer.value)

    def level(self, layers: Sequence[Layer], depth: int) -> list[Element]:
        """The elements of layers that are in the same scopes up to a depth."""
        parts: dict[Scope, list[Layer]] = defaultdict(list)
        for layer in layers:
            if len(layer.scopes) > depth:
                parts[layer.scopes[depth]].append(layer)
        elements: list[Element] = [layer for layer in layers if len(layer.scopes) <= depth]
        for scope, members in parts.items():
            inner = self.level(members, depth + 1)
            call = self._call(scope, members, inner)
            elements.extend(inner if call is None else [call])
        return sorted(elements, key=lambda element: element.position)

    def _call(self, scope: Scope, members: Sequence[Layer], inner: Sequence[Element]) -> Call | None:
        """The call of a module; None for a container, and for what reads many values or gives several."""
        if scope.kind in CONTAINERS or not scope.path or len(inner) < 2:
            return None
        values = {layer.value for layer in members}
        entries = _unique([value for layer in members for value in layer.reads if value not in values])
        exits = [
            layer.value
            for layer in members
            if layer.value in self._outputs or not self._readers[layer.value] <= values
        ]
        if not 1 <= len(entries) <= MOST or len(exits) != 1 or not members[0].reads:
            return None
        if len(entries) > 1 and not self._permits(f"{SEVERAL_INPUTS} {scope.kind}"):
            return None
        # What it reads is there before it begins.
        if any(self._positions.get(value, -1) > members[0].position for value in entries):
            return None
        body = joined(inner, exits, self._permits)
        if body[-1].value != exits[0]:
            return None
        (entry, *others), value = entries, exits[0]
        return Call(
            kind=scope.kind,
            path=scope.path,
            body=body,
            entry=entry,
            value=value,
            position=inner[0].position,
            entering=self._shapes.get(entry),
            leaving=self._shapes.get(value),
            others=tuple(others),
        )

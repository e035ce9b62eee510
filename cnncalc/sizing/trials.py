"""A spec built with other sizes of its inputs: what fits is decided by building."""

from collections.abc import Mapping
from typing import Any

from cnncalc.diagnostic import Severity
from cnncalc.graph import Graph, build
from cnncalc.graph.carried import Carried
from cnncalc.record import NamedTuple
from cnncalc.shape import Shape
from cnncalc.spec import Spec, ValueExpr

# An `expect` is written for the spec's own input.
NOT_COUNTED = ("S102",)

Sizes = tuple[int, ...]
"""A size for each axis of each input, one input after the other."""


class OutOfTrials(Exception):
    """More sizes were tried than allowed."""


class Axis(NamedTuple):
    """One spatial axis of one input."""

    input: str
    name: str
    size: int


# How many trials that only compute shapes in a built network count as one build: each costs at most a quarter of it.
CARRIED = 4


class Trials:
    """Builds a spec with given sizes, each once, and at most `most` of them.

    Where shapes can be carried through a network that is built already, a trial counts as a part of a build.
    """

    def __init__(
        self,
        spec: Spec,
        *,
        mode: str = "inference",
        values: Mapping[str, Any] | None = None,
        strict: bool = False,
        most: int = 20_000,
        graph: Graph | None = None,
    ) -> None:
        """`graph` is the network at the spec's own size, where it is built already."""
        self.spec = spec
        self._options: dict[str, Any] = {"mode": mode, "values": values, "strict": strict}
        self._left = CARRIED * most
        self._known: dict[Sizes, bool] = {}
        self._carried: Carried | None = None
        self.graph = build(spec, **self._options) if graph is None else graph
        """The network at the spec's own size."""
        self.shapes: dict[str, Shape] = {
            node.name: node.shape for node in self.graph.inputs if node.shape is not None
        }
        self.axes = tuple(
            Axis(name, axis, size)
            for name, shape in self.shapes.items()
            for axis, size in zip(shape.axes, shape.spatial, strict=True)
        )
        self.own: Sizes = tuple(axis.size for axis in self.axes)
        if graph is not None and self.own and whole(graph):
            self._known[self.own] = True
            self._carried = Carried(graph)

    @property
    def readable(self) -> bool:
        """Whether there is a network to try: the text has no error, and the shape of every input is known."""
        broken = any(item.severity is Severity.ERROR for item in self.spec.diagnostics)
        known = self.spec.inputs and len(self.shapes) == len(self.spec.inputs)
        return bool(known and not broken and self.graph.complete and self.spec.items)

    def fits(self, sizes: Sizes) -> bool:
        """Whether the network has every shape and no error at these sizes. Raises `OutOfTrials`."""
        known = self._known.get(sizes)
        if known is None:
            if self._left <= 0:
                raise OutOfTrials
            known = self._known[sizes] = min(sizes) > 0 and self._tried(sizes)
        return known

    def _tried(self, sizes: Sizes) -> bool:
        self._left -= 1
        if self._carried is not None and (fits := self._carried.fits(self._inputs(sizes))) is not None:
            return fits
        self._left -= CARRIED - 1
        graph = self.network(sizes)
        fits = whole(graph)
        if fits and self._carried is None:
            self._carried = Carried(graph)
        return fits

    def _inputs(self, sizes: Sizes) -> tuple[Shape, ...]:
        left = iter(sizes)
        return tuple(
            shape._replace(spatial=tuple(next(left) for _ in shape.spatial)) for shape in self.shapes.values()
        )

    def network(self, sizes: Sizes) -> Graph:
        """The network at these sizes. Its diagnostics have no help, because they are not printed."""
        inputs = dict(self.spec.inputs)
        for name, shape in zip(self.shapes, self._inputs(sizes), strict=True):
            if shape.rank:
                inputs[name] = ValueExpr(inputs[name].span, shape.asdict(), constant=True)
        return build(self.spec._replace(inputs=inputs), **self._options, advise=False)


def whole(graph: Graph) -> bool:
    """Whether every shape of a graph is known, and no error is left but that of an `expect`."""
    return graph.shaped and not any(
        item.severity is Severity.ERROR and item.code not in NOT_COUNTED for item in graph.diagnostics
    )

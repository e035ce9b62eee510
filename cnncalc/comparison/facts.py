"""The facts of each layer of a network, and the figures of the whole, for a comparison. None is unknown, never 0."""

from collections.abc import Mapping
from math import prod
from typing import Any

from cnncalc.analysis import Analysis
from cnncalc.analysis.certainty import Inexact
from cnncalc.diagnostic import Diagnostic
from cnncalc.graph import Graph, Node
from cnncalc.layers import Layer, stated
from cnncalc.memory import Estimate, Setup, refusers
from cnncalc.record import NamedTuple
from cnncalc.shape import Shape
from cnncalc.spec import NOTHING

# Counts of a layer, and figures of a network in the order of a report. Memory is the peak that `cnncalc memory` reports
# for one image; the others are as in `cnncalc inspect`.
FIGURES = ("params", "weights", "buffers", "macs", "activations")
TOTALS = ("layers", *FIGURES, "memory")


class ComparedLayer(NamedTuple):
    """A layer (or an input) of one network. `named` says whether the spec gave the name, and not its place.

    `entering` are the shapes it reads, `inputs` the indices of the layers that give them; `field` is the size of the
    receptive field along each axis, of the position that sees least, and `largest` of the one that sees most.
    """

    name: str
    named: bool
    kind: str
    label: str
    layer: Layer | None
    entering: tuple[Shape, ...]
    inputs: tuple[int, ...]
    output: Shape | None
    params: int | None
    weights: int | None
    buffers: int | None
    macs: int | None
    activations: int | None
    field: tuple[int, ...] | None
    line: int | None
    largest: tuple[int, ...] | None = None
    # The uses of blocks around it, the outermost first: names, and the block of each.
    blocks: tuple[tuple[str, str], ...] = ()
    # The device that computes it, if the spec says one.
    place: str | None = None
    # Whether it has parameters that are not trained (`freeze`); and the innermost module call that it is in.
    frozen: bool = False
    module: str | None = None
    # The index of the layer whose weights it uses, if they are not its own; and the name of that layer.
    owner: int | None = None
    shares: str | None = None
    is_input: bool = False

    @property
    def field_range(self) -> tuple[str, ...] | None:
        """The size of the receptive field along each axis: `204`, or `188-204` where it differs by position."""
        if self.field is None or self.largest is None:
            return None
        sizes = zip(self.field, self.largest, strict=True)
        return tuple(str(least) if least == most else f"{least}-{most}" for least, most in sizes)

    @property
    def settings(self) -> Mapping[str, Any]:
        """The layer's fields by name; none where its shapes are unknown."""
        return (
            {}
            if self.layer is None
            else {
                name: getattr(self.layer, name)
                for name in (*stated(type(self.layer)), *_unstated(self.layer))
            }
        )


class ComparedSide(NamedTuple):
    """One of two networks. `layers` are its nodes, inputs first; `totals` its figures by name."""

    file: str
    name: str
    mode: str
    layers: tuple[ComparedLayer, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    totals: Mapping[str, int | None]
    diagnostics: tuple[Diagnostic, ...] = ()
    not_checked: int = 0
    # Its figures that are not exact.
    inexact: Mapping[str, Inexact] = NOTHING
    # The given values of parameters.
    values: Mapping[str, Any] = NOTHING
    # The number of entries of `expect` that are not checked, because they are for other inputs.
    expects: int = 0
    # The devices on which the spec places its layers.
    devices: tuple[str, ...] = ()

    def shapes(self, nodes: tuple[int, ...]) -> tuple[Shape | None, ...]:
        return tuple(self.layers[index].output for index in nodes)

    @property
    def _farthest(self) -> ComparedLayer | None:
        """The output that sees most: another mode may have more outputs, such as auxiliary classifiers."""
        outputs = [self.layers[index] for index in self.outputs]
        unknown = next((output for output in outputs if output.largest is None), None)
        return unknown or max(outputs, key=lambda output: prod(output.largest or ()), default=None)

    @property
    def field(self) -> tuple[int, ...] | None:
        """The receptive field of the output that sees most, at the position that sees least."""
        return self._farthest.field if self._farthest else None

    @property
    def largest(self) -> tuple[int, ...] | None:
        """The receptive field of the output that sees most, at the position that sees most."""
        return self._farthest.largest if self._farthest else None

    @property
    def field_range(self) -> tuple[str, ...] | None:
        """The receptive field of the output that sees most, from least to most."""
        return self._farthest.field_range if self._farthest else None


def side(
    analysis: Analysis, diagnostics: tuple[Diagnostic, ...] = (), values: Mapping[str, Any] = NOTHING
) -> ComparedSide:
    """The facts of one network; `values` are those that were given to its parameters."""
    graph, totals = analysis.graph, _totals(analysis)
    inexact = dict(analysis.totals.inexact)
    if totals["memory"] is None and "params" in inexact:
        inexact["memory"] = inexact["params"]._replace(at_least=None)
    elif totals["memory"] is None and (refusing := _refusing(graph)):
        inexact["memory"] = Inexact("unknown", refusing[0].name)
    return ComparedSide(
        graph.spec.file,
        graph.spec.name,
        graph.mode,
        tuple(_facts(analysis, node) for node in graph.nodes),
        tuple(node.index for node in graph.inputs),
        graph.outputs,
        totals,
        diagnostics,
        graph.not_checked,
        inexact,
        values,
        graph.unchecked.expects,
        graph.devices,
    )


def _totals(analysis: Analysis) -> dict[str, int | None]:
    graph, sums = analysis.graph, analysis.totals
    figures = {name: getattr(sums, name) for name in FIGURES}
    # A network that was cut off, or could not be read, has some other number of layers.
    return {"layers": sums.layers if graph.shaped else None, **figures, "memory": _memory(graph)}


def _refusing(graph: Graph) -> tuple[Node, ...]:
    return refusers(graph, 1, training=graph.mode == "training") if graph.whole else ()


def _memory(graph: Graph) -> int | None:
    """Bytes that PyTorch holds at the peak for one image; None where it refuses to run one."""
    if not graph.whole or graph.disputed:
        return None
    estimate = Estimate(graph, Setup(mode=graph.mode))
    return None if estimate.refusal(1) is not None else estimate.peak(1).nbytes


def _facts(analysis: Analysis, node: Node) -> ComparedLayer:
    index, fit = node.index, node.fit
    owned, done, stored = analysis.parameters[index], analysis.work[index], analysis.storage[index]
    field = analysis.receptive_fields[index]
    return ComparedLayer(
        name=node.name,
        named=node.is_input or _named(node),
        kind=node.kind,
        label=fit.layer.label(fit.inputs)
        if fit is not None and fit.output is not None
        else node.kind.upper(),
        layer=fit.layer if fit is not None else None,
        entering=fit.inputs if fit is not None else (),
        inputs=node.inputs,
        output=node.shape,
        params=owned.params if owned is not None else None,
        weights=owned.weights if owned is not None else None,
        buffers=owned.buffers if owned is not None else None,
        macs=done.macs if done is not None else None,
        activations=stored.values if stored is not None else None,
        field=tuple(axis.size for axis in field) if field is not None else None,
        largest=tuple(axis.largest for axis in field) if field is not None else None,
        line=analysis.graph.line(node),
        blocks=_blocks(node),
        place=node.place,
        frozen=node.frozen and owned is not None and owned.params > 0,
        module=node.module.name if node.module is not None else None,
        owner=node.owner if node.owner != index else None,
        shares=analysis.graph.nodes[node.owner].name if node.owner != index else None,
        is_input=node.is_input,
    )


def _blocks(node: Node) -> tuple[tuple[str, str], ...]:
    blocks, frame = [], node.frame
    while frame is not None:
        blocks.append((frame.name, frame.item.block))
        frame = frame.parent
    return tuple(reversed(blocks))


def _named(node: Node) -> bool:
    """Whether the spec gives the whole name: the layer's own, and that of every block it stands in."""
    item, frame = node.item, node.frame
    while item is not None and item.controls.name is not None:
        if frame is None:
            return True
        item, frame = frame.item, frame.parent
    return False


def _unstated(layer: Layer) -> tuple[str, ...]:
    """The numbers among the operands, which are no field in a spec."""
    return ("numbers",) if getattr(layer, "numbers", ()) else ()

"""The totals of a network. If a part is unknown, the total is unknown: None, never 0."""

from collections.abc import Mapping, Sequence

from cnncalc.analysis.certainty import Inexact
from cnncalc.analysis.parameters import NONE, Parameters
from cnncalc.analysis.storage import Stored
from cnncalc.analysis.unknown import is_known
from cnncalc.graph import Graph, Node
from cnncalc.graph.node import operation_of
from cnncalc.layers import Work, layer_type, names
from cnncalc.record import NamedTuple
from cnncalc.shape import DTYPES
from cnncalc.vocabulary.families import RECURRENT, WEIGHTED


class Totals(NamedTuple):
    """Counts of one image; bytes of a batch, in the model's dtype. `layers` are the nodes without the inputs.

    `inexact` says for every unknown figure how much of it is known, and which layer made it unknown.
    """

    layers: int | None
    weight_layers: int | None
    weights: int | None
    params: int | None
    trainable_params: int | None
    buffers: int | None
    param_bytes: int | None
    buffer_bytes: int | None
    work: Work | None
    activations: int | None
    activation_bytes: int | None
    inexact: Mapping[str, Inexact]

    @property
    def macs(self) -> int | None:
        """Multiply-adds of one image; None if they are unknown."""
        return None if self.work is None else self.work.macs


def totals(
    graph: Graph,
    owned: Sequence[Parameters | None],
    done: Sequence[Work | None],
    stored: Sequence[Stored | None],
    *,
    batch: int,
    dtype: str,
) -> Totals:
    """The totals of all passes over a graph.

    If a layer is unknown, or an error makes it unclear what the network is, every total is unknown. The sum of the
    known parts is a lower limit, unless the error means that another network is intended.
    """
    known = _sums(graph, owned, done, stored, batch=batch, dtype=dtype)
    if graph.opaque and graph.shaped and not graph.disputed and None not in stored:
        return _with_opaque(graph, known, dtype)
    if graph.whole and not graph.disputed and None not in owned and None not in stored:
        return known
    layer = next((node.name for node in graph.nodes if node.learns_unknown or not is_known(node)), None)
    figures = known._asdict() | {"macs": known.macs}
    counts = {}
    if graph.counted and not graph.disputed and graph.layers:
        counts = {"layers": len(graph.layers), "weight_layers": sum(map(weighted_layers, graph.layers))}
    inexact = {
        name: Inexact("unknown", layer, figure if isinstance(figure, int) and not graph.disputed else None)
        for name, figure in figures.items()
        if name != "inexact" and name not in counts
    }
    nothing: dict[str, None] = dict.fromkeys(known._fields[:-1])
    return Totals(**nothing, inexact=inexact)._replace(
        layers=counts.get("layers"), weight_layers=counts.get("weight_layers")
    )


def _with_opaque(graph: Graph, known: Totals, dtype: str) -> Totals:
    """The totals where some operations have no layer here: a figure is unknown if one of them does not state it."""
    value_bytes = DTYPES[dtype]
    unknown: dict[str, str] = {}
    params = buffers = 0
    for node in graph.opaque:
        layer = operation_of(node)
        assert layer is not None
        if node.learns_unknown:
            # What one of the two figures is known to be was left out of the sums.
            params, buffers = params + (layer.params or 0), buffers + (layer.buffers_count or 0)
        missing = (
            *(("weights", "params", "trainable_params", "param_bytes") if layer.params is None else ()),
            *(("buffers", "buffer_bytes") if layer.buffers_count is None else ()),
            *(("work", "macs") if layer.macs is None else ()),
        )
        for name in missing:
            unknown.setdefault(name, node.name)
    trainable = sum(
        operation.params or 0
        for node in graph.opaque
        if node.learns_unknown and not node.frozen and (operation := operation_of(node)) is not None
    )
    more = {
        "weights": params,
        "params": params,
        "trainable_params": trainable,
        "param_bytes": params * value_bytes,
        "buffers": buffers,
        "buffer_bytes": buffers * value_bytes,
    }
    sums = {name: (getattr(known, name) or 0) + count for name, count in more.items()}
    figures = {**known._asdict(), **sums, "macs": known.macs}
    inexact = {
        name: Inexact("unknown", layer, figures[name] if isinstance(figures[name], int) else None)
        for name, layer in unknown.items()
    }
    shown = {name: None if name in unknown else figures[name] for name in Totals._fields[:-1]}
    return Totals(**shown, inexact=inexact)


def _sums(
    graph: Graph,
    owned: Sequence[Parameters | None],
    done: Sequence[Work | None],
    stored: Sequence[Stored | None],
    *,
    batch: int,
    dtype: str,
) -> Totals:
    """The sums of the known figures."""
    value = DTYPES[dtype]
    learned = Parameters(*map(sum, zip(NONE, *filter(None, owned), strict=True)))
    activations = sum(item.values for item in stored if item is not None)
    layers = [node for node in graph.nodes if not node.is_input and is_known(node)]
    return Totals(
        layers=len(layers),
        weight_layers=sum(map(weighted_layers, layers)),
        weights=learned.weights,
        params=learned.params,
        trainable_params=learned.trainable,
        buffers=learned.buffers,
        param_bytes=learned.params * value,
        buffer_bytes=learned.buffer_bytes(value),
        work=Work(*map(sum, zip(Work(), *filter(None, done), strict=True))),
        activations=activations,
        activation_bytes=activations * value * batch,
        inexact={},
    )


def weighted_layers(node: Node) -> int:
    """How many layers with weights it is, as papers count: a convolution or a fully-connected layer is one.

    A recurrent layer is as many as its `layers`, if they are known.
    """
    kind = layer_type(node.kind) if node.kind in names() else None
    if kind is None or kind.family not in (*WEIGHTED, RECURRENT):
        return 0
    return node.fit.layer.stacked if node.fit is not None else 1

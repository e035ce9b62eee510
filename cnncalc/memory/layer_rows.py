"""Memory layer by layer: what each makes, what of it waits for the backward pass, and the most while it works."""

from collections.abc import Iterable, Iterator

from cnncalc.graph import BlockUse, Node
from cnncalc.memory import replay
from cnncalc.memory.estimate import Estimate
from cnncalc.memory.trace import Trace
from cnncalc.record import NamedTuple
from cnncalc.shape import Shape


class LayerRow(NamedTuple):
    """One layer, or a block folded into one; bytes are of the batch, as the allocator rounds them.

    `output_bytes` are of the output's own tensor (0: in place, or a view), `kept_bytes` of all that the layer has made
    and that is still held when the forward pass is done (None: inference keeps nothing). `forward` and `backward`
    are the most that is held, by everyone, while the layer works; None where it does not. `block` is the outermost
    block it stands in, and `before` the layer that it reads first.
    """

    name: str
    kind: str
    output: Shape | None
    output_bytes: int
    kept_bytes: int | None
    forward: int | None
    backward: int | None
    block: str | None = None
    before: str | None = None


def layer_rows(estimate: Estimate, batch: int, timeline: Iterable[replay.Moment]) -> Iterator[LayerRow]:
    """A row for every layer, in the order of computing."""
    graph, trace = estimate.graph, estimate.trace_of(batch)
    nbytes = replay.sizes(trace, estimate.share(batch), estimate.rounding)
    outputs: dict[int, int] = {}
    for number, tensor in enumerate(trace.tensors):
        if tensor.name == "output" and tensor.node is not None:
            outputs.setdefault(tensor.node, nbytes[number])
    kept: dict[int | None, int] = {}
    for number in _kept(trace):
        node = trace.tensors[number].node
        kept[node] = kept.get(node, 0) + nbytes[number]
    most: dict[tuple[str, int | None], int] = {}
    for moment in timeline:
        key = (moment.phase, moment.node)
        most[key] = max(most.get(key, 0), moment.most)
    training = estimate.setup.mode == "training"
    for one in graph.layers:
        at = one.index
        frame = _outermost(one)
        yield LayerRow(
            one.name,
            one.kind,
            one.shape,
            outputs.get(at, 0),
            kept.get(at, 0) if training else None,
            most.get(("forward", at)),
            most.get(("backward", at)),
            frame.name if frame is not None else None,
            graph.nodes[one.inputs[0]].name if one.inputs else None,
        )


def _kept(trace: Trace) -> list[int]:
    """The activations that are held when the first forward pass is done, before the loss."""
    marks = trace.marks
    at = next((number for number, mark in enumerate(marks) if mark.phase == "backward"), None)
    if at is None:
        return []
    if at and marks[at - 1].phase == "forward" and marks[at - 1].node is None:
        at -= 1
    return [
        number
        for number in replay.held(trace, marks[at].event - 1)
        if trace.tensors[number].category == "activations"
    ]


def _outermost(node: Node) -> BlockUse | None:
    """The use of a block that a node stands in, the outermost one."""
    frame = node.frame
    while frame is not None and frame.parent is not None:
        frame = frame.parent
    return frame


def folded(rows: Iterable[LayerRow]) -> list[LayerRow]:
    """Each outermost use of a block as one row, and layers that make nothing with the layer that they read."""
    groups: list[LayerRow] = []
    last: LayerRow | None = None
    for row in rows:
        if last is not None and row.block is not None and row.block == last.block:
            groups[-1] = _joined(groups[-1], row)._replace(output=row.output)
        elif last is not None and row.block is None and not row.output_bytes and row.before == last.name:
            groups[-1] = _joined(groups[-1], row)
        else:
            groups.append(row._replace(name=row.block) if row.block is not None else row)
        last = row
    return groups


def _joined(group: LayerRow, row: LayerRow) -> LayerRow:
    return group._replace(
        output_bytes=group.output_bytes + row.output_bytes,
        kept_bytes=None if group.kept_bytes is None else group.kept_bytes + (row.kept_bytes or 0),
        forward=_larger(group.forward, row.forward),
        backward=_larger(group.backward, row.backward),
    )


def _larger(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else max(one, other)

"""Memory layer by layer: the output of each, the memory kept for the backward pass, and the most while it runs."""

from collections.abc import Iterable, Iterator

from cnncalc.graph import BlockUse, Node
from cnncalc.memory.allocated import Trace
from cnncalc.memory.estimate import Estimate
from cnncalc.memory.replay import held
from cnncalc.record import NamedTuple
from cnncalc.shape import Shape


class LayerRow(NamedTuple):
    """One layer, or a block folded into one; bytes are of the batch, as the allocator rounds them.

    `output_bytes` are of the output's own tensor (0: in place, or a view), `kept_bytes` of all that the layer has made
    and that is still held when the forward pass is done (None: inference keeps nothing). `forward` and `backward`
    are the most that all layers hold while this one works; None where it does not. `block` is the outermost block
    around it, and `before` the layer that it reads first.
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


def layer_rows(estimate: Estimate, batch: int) -> Iterator[LayerRow]:
    """A row for every layer, in the order of computing; of several devices, for the one with the highest peak."""
    graph, replay = estimate.graph, estimate.replay(batch)
    trace, nbytes = replay.trace, replay.nbytes
    outputs: dict[int, int] = {}
    for number, tensor in enumerate(trace.tensors):
        if tensor.name == "output" and tensor.node is not None:
            outputs.setdefault(tensor.node, nbytes[number])
    kept: dict[int | None, int] = {}
    for number in _kept(trace):
        owner = trace.tensors[number].node
        kept[owner] = kept.get(owner, 0) + nbytes[number]
    peaks: dict[tuple[str, int | None], int] = {}
    for moment in replay.timeline:
        key = (moment.phase, moment.node)
        peaks[key] = max(peaks.get(key, 0), moment.most)
    training = estimate.setup.mode == "training"
    # Of several devices: the layers of this one, and those of which it has a copy.
    device = estimate.device(batch) if len(graph.devices) > 1 else None
    for node in graph.layers:
        index = node.index
        if device is not None and node.place != device and index not in outputs:
            continue
        use = _outermost(node)
        yield LayerRow(
            node.name,
            node.kind,
            node.shape,
            outputs.get(index, 0),
            kept.get(index, 0) if training else None,
            peaks.get(("forward", index)),
            peaks.get(("backward", index)),
            use.name if use is not None else None,
            graph.nodes[node.inputs[0]].name if node.inputs else None,
        )


def _kept(trace: Trace) -> list[int]:
    """The activations that are held when the first forward pass is done, before the loss."""
    marks = trace.marks
    end = next((number for number, mark in enumerate(marks) if mark.phase == "backward"), None)
    if end is None:
        return []
    if end and marks[end - 1].phase == "forward" and marks[end - 1].node is None:
        end -= 1
    return [
        number
        for number in held(trace, marks[end].event - 1)
        if trace.tensors[number].category == "activations"
    ]


def _outermost(node: Node) -> BlockUse | None:
    """The outermost use of a block around a node."""
    use = node.frame
    while use is not None and use.parent is not None:
        use = use.parent
    return use


def folded(rows: Iterable[LayerRow]) -> list[LayerRow]:
    """Each outermost use of a block as one row; a layer that makes nothing is part of the row of what it reads."""
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


def _larger(first: int | None, second: int | None) -> int | None:
    return second if first is None else first if second is None else max(first, second)

"""A network on several devices: one trace of the whole network, and the part of it on each device.

A tensor that another device reads is copied there (`x.to("cuda:1")`) before its first reader, once for all of them,
and stays as long as they need it. Its gradient is copied back. Every device that reads an input of the network has it.
"""

from collections.abc import Callable

from cnncalc.analysis.devices import transfers
from cnncalc.analysis.kept import gradient_passes
from cnncalc.graph import BoundLayer, Graph, Node
from cnncalc.memory.allocated import HeldTensor, Mark, Trace, multiplies
from cnncalc.memory.received import Received
from cnncalc.memory.setup import Setup
from cnncalc.record import NamedTuple

# Makes the trace of a graph, for a batch of one image or of several.
Make = Callable[[Graph, Setup], Trace]


class WithCopies(NamedTuple):
    """A graph in which every copy on another device is a node, and for every node its index in the graph as it was.

    A copy has the index of the layer that it copies, and is in `copies`.
    """

    graph: Graph
    setup: Setup
    origins: tuple[int, ...]
    copies: frozenset[int]


def traces(graph: Graph, setup: Setup, make: Make) -> dict[str, Trace]:
    """For each device, what it allocates and frees. Indices of nodes are those of `graph`."""
    copied = with_copies(graph, setup)
    trace = make(copied.graph, copied.setup)
    return {device: _part(trace, copied, device) for device in graph.devices}


def with_copies(graph: Graph, setup: Setup) -> WithCopies:
    """The graph and the setup with a node for every tensor that a device receives."""
    sent = transfers(graph, 0)
    first: dict[int, list[Node]] = {}
    for transfer in sent:
        first.setdefault(transfer.readers[0].index, []).append(transfer.node)
    nodes: list[Node] = []
    origins: list[int] = []
    now: list[int] = []
    # By the layer and the device: the node of the copy.
    copies: dict[tuple[int, str | None], int] = {}
    for node in graph.nodes:
        for source in first.get(node.index, ()):
            copies[source.index, node.place] = len(nodes)
            nodes.append(_copy(len(nodes), source, now[source.index], node.place))
            origins.append(source.index)
        now.append(len(nodes))
        origins.append(node.index)
        reads = tuple(copies.get((source, node.place), now[source]) for source in node.inputs)
        nodes.append(node.moved(len(nodes), reads, now[node.owner]))
    ends = [*now, len(nodes)]
    return WithCopies(
        graph.with_(
            nodes=tuple(nodes),
            outputs=tuple(now[output] for output in graph.outputs),
            by_name={name: now[index] for name, index in graph.by_name.items()},
        ),
        setup._replace(
            frozen=ends[setup.frozen] if setup.frozen else 0,
            checkpoint=tuple((now[start], now[stop - 1] + 1) for start, stop in setup.checkpoint),
        ),
        tuple(origins),
        frozenset(copies.values()),
    )


def _copy(index: int, source: Node, reads: int, place: str | None) -> Node:
    assert source.shape is not None
    bound = BoundLayer(Received(), (source.shape,))
    return Node(index, source.name, Received.key, (reads,), bound, bound.output, place=place)


def _part(trace: Trace, copied: WithCopies, device: str) -> Trace:
    """The part of a trace that is on one device."""
    graph, training = copied.graph, copied.setup.mode == "training"
    read = {source for node in graph.layers if node.place == device for source in node.inputs}
    passes = gradient_passes(graph, frozen=copied.setup.frozen) if training else [False] * len(graph.nodes)
    products = [node.index for node in graph.layers if node.place == device and multiplies(node)]
    # The threads that multiply matrices on it: the caller's, and autograd's own.
    workspaces = bool(products) + any(passes[index] for index in products)
    tensors: list[HeldTensor] = []
    numbers: dict[int, int] = {}
    for number, tensor in enumerate(trace.tensors):
        if tensor.category == "workspace" and tensor.node is None:
            here, workspaces = workspaces > 0, workspaces - 1
        elif tensor.node is not None and graph.nodes[tensor.node].is_input:
            here = tensor.node in read
        else:
            here = _place(tensor, copied) == device
        if here:
            numbers[number] = len(tensors)
            node = None if tensor.node is None else copied.origins[tensor.node]
            tensors.append(tensor._replace(node=node))
    # For every event of the whole trace: how many events of this device come before it.
    before: list[int] = []
    events: list[int] = []
    for event in trace.events:
        before.append(len(events))
        number = event if event >= 0 else ~event
        if number in numbers:
            events.append(numbers[number] if event >= 0 else ~numbers[number])
    before.append(len(events))
    marks = [
        Mark(before[mark.event], mark.phase, None if mark.node is None else copied.origins[mark.node])
        for mark in trace.marks
        if mark.node is None or device in _places(mark.node, copied)
    ]
    return Trace(tuple(tensors), tuple(events), tuple(marks))


def _place(tensor: HeldTensor, copied: WithCopies) -> str | None:
    """The device of a tensor: of its layer. The gradient that a copy makes is where the copied tensor is."""
    nodes = copied.graph.nodes
    if tensor.node is None:
        return nodes[copied.graph.outputs[-1]].place
    node = nodes[tensor.node]
    if node.index in copied.copies and tensor.name == "grad0":
        return nodes[node.inputs[0]].place
    return node.place


def _places(index: int, copied: WithCopies) -> tuple[str | None, ...]:
    """The devices that work for a node: two for a copy."""
    nodes = copied.graph.nodes
    node = nodes[index]
    return (node.place, nodes[node.inputs[0]].place) if index in copied.copies else (node.place,)

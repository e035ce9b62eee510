"""Which tensors a forward pass stores: layers that work in place, or only view, store none of their own."""

from collections.abc import Sequence

from cnncalc.exact import counted
from cnncalc.graph import Graph, Node
from cnncalc.layers import Storage
from cnncalc.record import NamedTuple
from cnncalc.vocabulary.groups import ViewOutput
from cnncalc.vocabulary.layer import Call
from cnncalc.vocabulary.strides import Lying, lies, steps
from cnncalc.vocabulary.strides import channels_last as last


class Stored(NamedTuple):
    """Where a node's output lives: how, in whose tensor (a node's index), and the values it adds (an image's).

    `lying` says how it lies there.
    """

    storage: Storage
    root: int
    values: int
    lying: Lying = None


def storage(graph: Graph, *, channels_last: bool = False, common: Call | None = None) -> list[Stored | None]:
    """Of every node where its output lives; None where its shape is unknown.

    `WHERE_SAFE` is decided here. A layer overwrites its input where nobody else reads it, it is no output and no
    input of the network, and no layer behind it keeps what would be overwritten for its backward pass. And so is what
    PyTorch copies although it is a view elsewhere: `flatten` behind `crop`. `common` says what is the same for all
    layers of a run: the device, the type, and whether tensors are of a subclass. With `channels_last` volumes lie in
    memory as `torch.channels_last` has them, and `flatten` copies those of more than one position.
    """
    training = graph.mode == "training"
    common = (common or Call())._replace(training=training)
    result: list[Stored | None] = []
    needs = Needs(graph, result)
    for node in graph.nodes:
        if node.shape is None or (node.fit is None and not node.is_input):
            result.append(None)
            continue
        if node.fit is None:
            lying = last(node.shape.torch) if channels_last and node.shape.rank == 2 else None
            result.append(Stored(Storage.OWN, node.index, node.shape.size, lying))
            continue
        layer, entering = node.fit.layer, node.fit.inputs
        call = common._replace(lying=lying_of(result, node))
        how, lying = layer.storage(training=training), call.lies()
        if how is Storage.WHERE_SAFE:
            how = Storage.IN_PLACE if needs.besides(node) is None else Storage.OWN
        if how is not Storage.OWN and isinstance(layer, ViewOutput):
            batch, *image = steps(entering[0].torch, lying)
            viewed = layer.strides(entering, tuple(image))
            how = Storage.OWN if viewed is None else how
            lying = None if viewed is None else lies(node.shape.torch, (batch, *viewed))
        elif how is Storage.OWN:
            lying = layer.lies(entering, call)
        before = None if how is Storage.OWN else result[node.inputs[0]]
        if before is None:
            result.append(Stored(how, node.index, node.shape.size, lying))
        else:
            result.append(Stored(how, before.root, 0, lying))
    return result


def lying_of(stored: Sequence[Stored | None], node: Node) -> tuple[Lying, ...]:
    """How the operands of a layer lie; nothing where all are in order."""
    strides_of_inputs = tuple(
        None if here is None else here.lying for here in (stored[source] for source in node.inputs)
    )
    return strides_of_inputs if any(strides is not None for strides in strides_of_inputs) else ()


class Needs:
    """Who needs the values of a node beside the one layer that would overwrite them. `stored` may still be growing."""

    def __init__(self, graph: Graph, stored: Sequence[Stored | None]) -> None:
        self._graph, self._stored = graph, stored
        self._outputs = frozenset(graph.outputs)
        # How many layers read each node; being an output counts as one.
        self._readers = [0] * len(graph.nodes)
        for node in graph.nodes:
            for source in node.inputs:
                self._readers[source] += 1
        for source in graph.outputs:
            self._readers[source] += 1
        self._known: dict[int, str | None] = {}

    def besides(self, reader: Node) -> str | None:
        """Who needs what a node reads beside the node itself: the end of a sentence, None where nobody does."""
        known, way, source = self._known, [], reader.inputs[0]
        while source not in known:
            reason, here = self._of(source), self._stored[source]
            if reason is None and here is not None and here.root != source:
                # It has its values in another's tensor: whoever needs those needs its own.
                way.append(source)
                source = self._graph.nodes[source].inputs[0]
            else:
                known[source] = reason
        known.update(dict.fromkeys(way, known[source]))
        return known[source]

    def _of(self, index: int) -> str | None:
        node = self._graph.nodes[index]
        if node.is_input:
            return "is an input of the network"
        here = self._stored[index]
        if node.fit is None or here is None:
            return "is unknown"
        if index in self._outputs:
            return "is an output of the network"
        if self._readers[index] != 1:
            return f"{counted(self._readers[index], 'layer')} read"
        if node.fit.layer.one_of_views:
            return "is one of several views made at once: PyTorch lets none be overwritten"
        kept = node.fit.layer.keeps(node.fit.inputs)
        # What is in place holds its output where its input was: who keeps that, keeps this.
        if "output" in kept or (here.storage is Storage.IN_PLACE and 0 in kept):
            return f"`{node.name}` keeps for its backward pass"
        return None

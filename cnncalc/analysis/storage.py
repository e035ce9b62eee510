"""Which tensors a forward pass stores: layers that run in place, or return a view, store no new tensor."""

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
    """Where the output of a node is stored: how, in which node's tensor, and the values that it adds for one image.

    `lying` is its memory layout there.
    """

    storage: Storage
    root: int
    values: int
    lying: Lying = None


def storage(
    graph: Graph,
    *,
    channels_last: bool = False,
    common: Call | None = None,
    casts: Sequence[bool] = (),
    entering: Sequence[tuple[str, ...]] = (),
) -> list[Stored | None]:
    """Where the output of every node is stored; None if its shape is unknown.

    `WHERE_SAFE` is decided here. A layer overwrites its input if nobody else reads it, it is not an output or input of
    the network, and no other layer keeps it for its backward pass. Views that PyTorch copies are decided here too:
    `flatten` after `crop`. `common` is the same for all layers of a run: the device, the type, and whether tensors are
    of a subclass; `casts` says of each node whether autocast casts its first operand,
    `entering` in which types its operands are under autocast. With `channels_last`, volumes
    have the format `torch.channels_last`, and `flatten` copies volumes with more than one position.
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
        layer, inputs = node.fit.layer, node.fit.inputs
        call = common._replace(
            lying=lying_of(result, node),
            casts=bool(casts) and casts[node.index],
            entering=entering[node.index] if entering else (),
        )
        how, lying = layer.storage(training=training), call.lies()
        if how is Storage.WHERE_SAFE:
            how = Storage.IN_PLACE if needs.besides(node) is None else Storage.OWN
        if how is not Storage.OWN and isinstance(layer, ViewOutput):
            batch, *image = steps(inputs[0].torch, lying)
            viewed = layer.strides(inputs, tuple(image))
            how = Storage.OWN if viewed is None else how
            lying = None if viewed is None else lies(node.shape.torch, (batch, *viewed))
        elif how is Storage.OWN:
            lying = layer.lies(inputs, call)
        before = None if how is Storage.OWN else result[node.inputs[0]]
        if before is None:
            # What has no batch is stored once, not for each image.
            values = node.shape.size if node.shape.batched else 0
            result.append(Stored(how, node.index, values, lying))
        else:
            result.append(Stored(how, before.root, 0, lying))
    return result


def lying_of(stored: Sequence[Stored | None], node: Node) -> tuple[Lying, ...]:
    """The memory layout of the operands of a layer; nothing if all are in order."""
    strides_of_inputs = tuple(
        None if here is None else here.lying for here in (stored[source] for source in node.inputs)
    )
    return strides_of_inputs if any(strides is not None for strides in strides_of_inputs) else ()


class Needs:
    """Who else needs the values of a node that a layer would overwrite. `stored` can still be growing."""

    def __init__(self, graph: Graph, stored: Sequence[Stored | None]) -> None:
        self._graph, self._stored = graph, stored
        self._outputs = frozenset(graph.outputs)
        # The number of layers that read each node; an output counts as one.
        self._readers = [0] * len(graph.nodes)
        for node in graph.nodes:
            for source in node.reads:
                self._readers[source] += 1
        for source in graph.outputs:
            self._readers[source] += 1
        self._known: dict[int, str | None] = {}

    def besides(self, reader: Node) -> str | None:
        """Who else needs the input of a node: the end of a sentence, None if nobody does."""
        known, way, source = self._known, [], reader.inputs[0]
        while source not in known:
            reason, here = self._of(source), self._stored[source]
            if reason is None and here is not None and here.root != source:
                # Its values are in the tensor of another node: whoever needs that one needs this one too.
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
        if node.fit is not None and node.fit.layer.gives_parameter:
            return "is a parameter of the network"
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
        # In place, the output is where the input was: whoever keeps one keeps the other.
        if "output" in kept or (here.storage is Storage.IN_PLACE and 0 in kept):
            return f"`{node.name}` keeps for its backward pass"
        return None

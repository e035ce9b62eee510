"""A network whose layers are on several devices: the figures of each device, and what the devices send to each other.

A layer's output is stored on the device that computes the layer. Where layers on another device read it, it is sent
there once, however many of them read it. In training its gradient comes back the same way, as one tensor: the reading
device adds the parts first. Inputs of the network are on no device: every device that reads one loads it.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from cnncalc.analysis.backward_work import matters
from cnncalc.analysis.kept import differentiable, gradient_passes
from cnncalc.analysis.unknown import is_known
from cnncalc.graph import Graph, Node
from cnncalc.record import NamedTuple
from cnncalc.shape import DTYPES

if TYPE_CHECKING:
    from cnncalc.analysis import Analysis


class Transfer(NamedTuple):
    """The output of a layer (`node`) that is sent to another device, where the layers `readers` read it.

    `values` are of one image, `nbytes` of the batch; None where the shape is unknown. `gradient`: whether the
    gradient, of the same size, is sent back (only in training).
    """

    node: Node
    source: str
    target: str
    readers: tuple[Node, ...]
    values: int | None
    nbytes: int | None
    gradient: bool

    def asdict(self) -> dict[str, Any]:
        """As JSON shows it."""
        return {
            "layer": self.node.name,
            "from": self.source,
            "to": self.target,
            "readers": [reader.name for reader in self.readers],
            "output": self.node.shape.asdict() if self.node.shape is not None else None,
            "values": self.values,
            "bytes": self.nbytes,
            "gradient_values": self.values if self.gradient else 0,
            "gradient_bytes": self.nbytes if self.gradient else 0,
        }


class DeviceFigures(NamedTuple):
    """What one device has and does. Counts are of one image, bytes of the batch; None is unknown, never 0.

    `activations` are those of its layers, without what it receives and without the inputs of the network, whose values
    are in `loaded`. `received` and `sent` are values in the forward pass, `gradients_received` and `gradients_sent`
    those in the backward pass.
    """

    name: str
    layers: int
    params: int | None
    param_bytes: int | None
    activations: int | None
    activation_bytes: int | None
    macs: int | None
    loaded: int | None
    received: int | None
    received_bytes: int | None
    sent: int | None
    sent_bytes: int | None
    gradients_received: int | None
    gradients_received_bytes: int | None
    gradients_sent: int | None
    gradients_sent_bytes: int | None

    def asdict(self) -> dict[str, Any]:
        """As JSON shows it."""
        return self._asdict()


class Devices(NamedTuple):
    """The devices in the order of their first layers, and all transfers in the order of the layers."""

    figures: tuple[DeviceFigures, ...]
    transfers: tuple[Transfer, ...]

    def received_by(self, node: Node) -> list[Transfer]:
        """What a layer reads from other devices."""
        return [transfer for transfer in self.transfers if node in transfer.readers]

    def sent_from(self, node: Node) -> list[Transfer]:
        """Where the output of a layer is sent."""
        return [transfer for transfer in self.transfers if transfer.node is node]

    def asdict(self) -> dict[str, Any]:
        """As JSON shows it."""
        return {
            "devices": [device.asdict() for device in self.figures],
            "transfers": [transfer.asdict() for transfer in self.transfers],
        }


def devices(analysis: "Analysis") -> Devices:
    """The figures of every device of a network; empty where the spec places no layer."""
    graph = analysis.graph
    nbytes = DTYPES[analysis.dtype] * analysis.batch
    sent = transfers(graph, nbytes)
    return Devices(tuple(_figures(analysis, name, sent) for name in graph.devices), sent)


def transfers(graph: Graph, value: int) -> tuple[Transfer, ...]:
    """What devices send to each other; `value` is the bytes of one value for the batch."""
    if len(graph.devices) < 2:
        return ()
    readers: dict[tuple[int, str], list[Node]] = {}
    for node in graph.layers:
        # A layer that reads only the size of a tensor needs no values.
        for source in dict.fromkeys(differentiable(node)):
            before = graph.nodes[source]
            if not before.is_input and node.place is not None and before.place != node.place:
                readers.setdefault((source, node.place), []).append(node)
    training = graph.mode == "training" and graph.whole
    passes, needed = (gradient_passes(graph), matters(graph)) if training else ([], [])
    return tuple(
        _transfer(
            graph.nodes[source],
            target,
            read,
            value,
            gradient=training and passes[source] and any(needed[reader.index] for reader in read),
        )
        for (source, target), read in sorted(readers.items(), key=lambda item: item[0][0])
    )


def _transfer(node: Node, target: str, readers: Sequence[Node], value: int, *, gradient: bool) -> Transfer:
    values = node.shape.size if node.shape is not None else None
    return Transfer(
        node,
        node.place or "",
        target,
        tuple(readers),
        values,
        None if values is None else values * value,
        gradient,
    )


def _figures(analysis: "Analysis", name: str, sent: tuple[Transfer, ...]) -> DeviceFigures:
    graph, width = analysis.graph, DTYPES[analysis.dtype]
    nodes = [node for node in graph.layers if node.place == name]
    indices = [node.index for node in nodes]
    known = all(map(is_known, nodes)) and graph.whole and not graph.disputed
    owned = [analysis.parameters[index] for index in indices]
    stored = [analysis.storage[index] for index in indices]
    work_of_nodes = [analysis.work[index] for index in indices]
    params = _sum([None if own is None else own.params for own in owned], known)
    activations = _sum([None if volume is None else volume.values for volume in stored], known)
    loaded = {source for node in nodes for source in node.inputs if graph.nodes[source].is_input}
    shapes = [graph.nodes[source].shape for source in loaded]
    incoming = [transfer for transfer in sent if transfer.target == name]
    outgoing = [transfer for transfer in sent if transfer.source == name]
    received, sent_values = (_sum([item.values for item in items], known) for items in (incoming, outgoing))
    gradients_in = [transfer for transfer in outgoing if transfer.gradient]
    gradients_out = [transfer for transfer in incoming if transfer.gradient]
    gradients_received, gradients_sent = (
        _sum([item.values for item in items], known) for items in (gradients_in, gradients_out)
    )
    return DeviceFigures(
        name=name,
        layers=len(nodes),
        params=params,
        param_bytes=_times(params, width),
        activations=activations,
        activation_bytes=_times(activations, width * analysis.batch),
        macs=_sum([None if work is None else work.macs for work in work_of_nodes], known),
        loaded=_sum([None if shape is None else shape.size for shape in shapes], known),
        received=received,
        received_bytes=_times(received, width * analysis.batch),
        sent=sent_values,
        sent_bytes=_times(sent_values, width * analysis.batch),
        gradients_received=gradients_received,
        gradients_received_bytes=_times(gradients_received, width * analysis.batch),
        gradients_sent=gradients_sent,
        gradients_sent_bytes=_times(gradients_sent, width * analysis.batch),
    )


def _sum(values: Sequence[int | None], known: bool) -> int | None:
    """The sum; None if a part is unknown."""
    numbers = [value for value in values if value is not None]
    return sum(numbers) if known and len(numbers) == len(values) else None


def _times(count: int | None, width: int) -> int | None:
    return None if count is None else count * width

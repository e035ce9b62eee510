"""A network as a list of layers that can be changed, before it is a graph again."""

from collections.abc import Iterable, Mapping
from typing import Any

from cnncalc.graph import BoundLayer, Graph, ModuleCall, Node
from cnncalc.layers import Layer, layer_type
from cnncalc.record import NamedTuple
from cnncalc.shape import Shape
from cnncalc.spec.budget import NO_BUDGET


class RewriteRefused(ValueError):
    """A network that a rewrite can't change, and the layer that is the reason; `help` says what to do."""

    def __init__(self, message: str, node: Node | None = None, help: str | None = None) -> None:
        super().__init__(message)
        self.node = node
        self.help = help


class DraftLayer(NamedTuple):
    """A layer, the names of what it reads, and the name of the layer whose weights it uses (None: its own)."""

    name: str
    layer: Layer
    reads: tuple[str, ...]
    shares: str | None = None
    frozen: bool = False
    module: ModuleCall | None = None
    # The device that computes it.
    place: str | None = None


class RewriteDraft:
    """The layers of a network in order, by name. Inputs stay as they are."""

    def __init__(self, graph: Graph, inputs: Mapping[str, Shape] | None = None) -> None:
        """`inputs`: other shapes of some inputs, by name."""
        self._graph = graph
        self._inputs = tuple(
            Node(node.index, node.name, node.kind, (), None, (inputs or {}).get(node.name, shape_of(node)))
            for node in graph.inputs
        )
        self.layers: list[DraftLayer] = []
        # By removed layer, the layer that its readers read instead.
        self._instead: dict[str, str] = {}
        # The shape of each output so far.
        self._shapes: dict[str, Shape] = {node.name: shape_of(node) for node in self._inputs}
        self._bound: dict[str, BoundLayer] = {}

    def shape(self, name: str) -> Shape:
        """The shape of an input or a layer of the new network."""
        return self._shapes[self.now(name)]

    def now(self, name: str) -> str:
        """The name in the new network for a node of the old one."""
        return self._instead.get(name, name)

    def copy(self, node: Node) -> None:
        """Copy a node unchanged."""
        graph = self._graph
        owner = graph.nodes[node.owner]
        shares = None if owner is node else self.now(owner.name)
        self.put(node, layer_of(node), node.name, self.reads(node), shares)

    def reads(self, node: Node) -> tuple[str, ...]:
        """The inputs of a node, by their names in the new network."""
        return tuple(self.now(self._graph.nodes[index].name) for index in node.inputs)

    def put(
        self, node: Node, layer: Layer, name: str, reads: tuple[str, ...], shares: str | None = None
    ) -> None:
        """Add a layer in the place of `node`. Raises `RewriteRefused` where it can't read what enters."""
        if name in self._shapes:
            raise RewriteRefused(f"the new layer `{name}` has the name of another: rename that one", node)
        bound = BoundLayer(layer, tuple(self._shapes[read] for read in reads))
        if bound.output is None:
            why = "; ".join(problem.message for problem in bound.problems)
            raise RewriteRefused(f"`{name}` would be no layer of the new network: {why}", node)
        if shares is not None and _weights(bound) != _weights(self._bound[shares]):
            raise RewriteRefused(
                f"`{name}` shares the weights of `{shares}`, and they would be of other shapes", node
            )
        self._shapes[name] = bound.output
        self._bound[name] = bound
        self.layers.append(DraftLayer(name, layer, reads, shares, node.frozen, node.module, node.place))

    def drop(self, node: Node) -> None:
        """Remove a node: the layers that read it read its input instead."""
        self._instead[node.name] = self.reads(node)[0]

    def replace(self, node: Node, name: str) -> None:
        """Layers that read `node` read the new layer `name` instead."""
        self._instead[node.name] = name

    def graph(self, change: str = "") -> Graph:
        """The graph of the layers so far, with the old one's outputs. `change` is added to its name, if it has one."""
        old = self._graph
        nodes = list(self._inputs)
        index = {node.name: node.index for node in nodes}
        for drafted in self.layers:
            bound = self._bound[drafted.name]
            reads = tuple(index[name] for name in drafted.reads)
            owner = None if drafted.shares is None else index[drafted.shares]
            index[drafted.name] = len(nodes)
            nodes.append(
                Node(
                    len(nodes),
                    drafted.name,
                    drafted.layer.key,
                    reads,
                    bound,
                    bound.output,
                    owner=owner,
                    frozen=drafted.frozen,
                    module=drafted.module,
                    place=drafted.place,
                )
            )
        outputs = tuple(index[self.now(old.nodes[number].name)] for number in old.outputs)
        # Limits, accepted codes and claims are of the old network.
        name = ", ".join(filter(None, (old.spec.name, change))) if old.spec.name else ""
        spec = old.spec._replace(name=name, budget=NO_BUDGET, claims=())
        return old.with_(
            spec=spec,
            nodes=tuple(nodes),
            outputs=outputs,
            by_name=index,
            places={},
            diagnostics=(),
            accepted=frozenset(),
            residuals=(),
            claims=(),
        )


def new_layer(key: str, **fields: Any) -> Layer:
    """A layer of the catalogue, with these fields."""
    kind: Any = layer_type(key)
    layer: Layer = kind(**fields)
    return layer


def shape_of(node: Node) -> Shape:
    """The shape of a node's output, in a graph in which every shape is known."""
    assert node.shape is not None
    return node.shape


def layer_of(node: Node) -> Layer:
    """The layer of a node that has one."""
    assert node.fit is not None
    return node.fit.layer


def readers(graph: Graph) -> list[list[Node]]:
    """The nodes that read each node."""
    reading: list[list[Node]] = [[] for _ in graph.nodes]
    for node in graph.nodes:
        for index in dict.fromkeys(node.inputs):
            reading[index].append(node)
    return reading


def names_of(nodes: Iterable[Node]) -> str:
    """The names of nodes, for a sentence."""
    return ", ".join(f"`{node.name}`" for node in nodes)


def _weights(bound: BoundLayer) -> list[tuple[int, ...]]:
    return [weight.shape for weight in bound.layer.weights(bound.inputs)]

"""The state of a run: what its passes share."""

from functools import cached_property

from cnncalc.analysis.kept import gradient_passes
from cnncalc.analysis.storage import lying_of, storage
from cnncalc.graph import Graph, Node
from cnncalc.layers import stored_type
from cnncalc.memory.allocated.precision import types
from cnncalc.memory.allocated.trace import HeldTensor, TraceRecorder
from cnncalc.memory.allocated.unreached import reached
from cnncalc.memory.setup import Setup
from cnncalc.record import NamedTuple
from cnncalc.shape import DTYPES, Shape
from cnncalc.vocabulary.layer import STATISTICS, Call
from cnncalc.vocabulary.strides import Lying


class LearnedParameter(NamedTuple):
    """A parameter: the node that owns it, PyTorch's name, how many values, and whether it learns."""

    node: int
    name: str
    values: int
    learns: bool


class Run:
    """A graph whose shapes are all known, a setup, and what is held now, by node."""

    def __init__(self, graph: Graph, setup: Setup, *, alone: bool = False) -> None:
        self.graph = graph
        self.setup = setup
        # Whether the batch is one image.
        self.alone = alone
        self.training = setup.mode == "training"
        # Whether autograd keeps what a backward pass would read.
        self.records = self.training or setup.grad
        backend = setup.backend
        # What is the same for every layer. Under autocast convolutions compute in the lower type.
        self._call = Call(
            self.training,
            backend.name,
            subclasses=not backend.sums_in_place,
            alone=alone,
            dtype=setup.autocast or setup.dtype,
            lower=setup.autocast,
            attention=setup.attention,
            capability=setup.capability,
            torch=setup.torch,
        )
        self.types = types(graph, setup)
        self.stored = storage(
            graph,
            channels_last=setup.channels_last,
            common=self._call,
            casts=[0 in types_of.casts for types_of in self.types],
            entering=[self._entering(node) for node in graph.nodes] if setup.autocast else (),
        )
        self.passes = (
            gradient_passes(graph, frozen=setup.frozen) if self.records else [False] * len(graph.nodes)
        )
        self.recorder = TraceRecorder()
        # The tensor that holds each node's output, or its indices, while a variable of the forward does.
        self.variables: dict[int, int] = {}
        # Whether a layer is no operation to autograd, by the layer and which gradients are needed, once that is known.
        self.hands_on: dict[tuple[int, tuple[bool, ...]], bool] = {}
        self._weight_names: dict[int, tuple[str, ...]] = {}
        # The parameters that layers give as their outputs, by owner.
        self.parameters: dict[int, int] = {}
        # The batch: what is held for each input.
        self.given: dict[int, int] = {}
        # Weights in a lower type, by owner and name, as long as autocast lasts.
        self.cast_weights: dict[tuple[int, str], int] = {}
        # The node for which each of them was cast, and the gradients of those that several nodes use.
        self.cast_by: dict[tuple[int, str], int] = {}
        self.cast_gradients: dict[tuple[int, str], int] = {}
        # What autograd keeps of each node, as its layer calls it.
        self.saved: dict[int, dict[int | str, int]] = {}
        # The same of what is in the host's memory.
        self.on_host: dict[int, dict[int | str, HeldTensor]] = {}
        # The gradient that has reached each node's output, and each weight's (by owner and name).
        self.gradients: dict[int, int] = {}
        # How a node's gradient lies in memory, where it is not in order.
        self.gradient_lies: dict[int, Lying] = {}
        # The nodes whose gradient is a view.
        self.viewed: set[int] = set()
        self.weight_gradients: dict[tuple[int, str], int] = {}
        # Gradients that wait until the devices have summed them.
        self.whole_gradients: dict[tuple[int, str], int] = {}
        # Whether gradients that come now are copied into buckets, of which they are views then.
        self.in_buckets = False
        # Weights with a gradient of the batch before.
        self.earlier: frozenset[tuple[int, str]] = frozenset()
        # Whether `zero_grad()` between the passes has been called.
        self.freed = False
        # The phase in which layers run forward: `backward` for what is computed again.
        self.phase = "forward"
        # What the program's own variables hold from the last batch.
        self.returned: list[int] = []
        # The gradient of the loss.
        self.root = -1
        # What checkpointed stretches read from outside, by where they start.
        self.entered: dict[int, dict[int, int]] = {}
        # How many layers read the output of each node, and after those, the indices of each.
        self.readers = [0] * (2 * len(graph.nodes))
        for node in graph.nodes:
            for place in set(self.reads(node)):
                self.readers[place] += 1
        for output in graph.outputs:
            self.readers[output] += 1
        # How many layers are still to read each of them.
        self.left = list(self.readers)

    def indices(self, index: int) -> int:
        """The place of the indices of a pooling among `variables`, after all outputs."""
        return len(self.graph.nodes) + index

    def reads(self, node: Node) -> tuple[int, ...]:
        """What a layer reads: the places of its operands among `variables`."""
        return (*node.reads, *map(self.indices, node.indices_of))

    def width(self, dtype: str | None) -> int:
        """Bytes of one value; None is the model's own type."""
        return DTYPES[stored_type(dtype, self.setup.dtype)]

    def dtype(self, dtype: str | None) -> str | None:
        """The type of a layer's own tensor; None is the type that the layer computes in."""
        return None if dtype == STATISTICS and self._call.subclasses else dtype

    def call(self, node: Node, grad: Lying = None) -> Call:
        """How PyTorch runs a layer; `grad` is how the gradient of its output lies."""
        return self._call._replace(
            training=self.runs_as_in_training(node),
            lying=lying_of(self.stored, node),
            grad=grad,
            output=node.shape,
            autocast=self.types[node.index].weights,
            casts=0 in self.types[node.index].casts,
            entering=self._entering(node) if self.setup.autocast else (),
            lower=self.setup.autocast,
            frozen=self.is_frozen(node),
            synced=self.setup.devices if self._synchronises(node) else 0,
        )

    def runs_as_in_training(self, node: Node) -> bool:
        """Whether PyTorch computes a layer as in training: where autograd records, most layers."""
        differs = node.fit is not None and node.fit.layer.differs_in_training
        return self.training or (self.records and not differs)

    def _entering(self, node: Node) -> tuple[str, ...]:
        """The types of what a node reads."""
        return tuple(self.types[source].computes for source in node.inputs)

    def _synchronises(self, node: Node) -> bool:
        return self.setup.sync_bn and self.training and node.fit is not None and node.fit.layer.synchronises

    def is_frozen(self, node: Node) -> bool:
        """Whether the parameters of a layer are not trained: by the setup, or by the spec."""
        return node.frozen or node.owner < self.setup.frozen

    def weight_names(self, node: Node) -> tuple[str, ...]:
        """The names of a layer's parameters, in PyTorch's order: so their gradients are cast."""
        names = self._weight_names.get(node.owner)
        if names is None:
            assert node.fit is not None  # Only layers have weights.
            names = tuple(weight.name for weight in node.fit.layer.weights(node.fit.inputs))
            self._weight_names[node.owner] = names
        return names

    def begin(self) -> None:
        """A batch begins: variables of the forward pass hold the inputs too."""
        self.left = list(self.readers)
        self.earlier = frozenset(self.weight_gradients)
        self.variables = {index: self.recorder.hold(number) for index, number in self.given.items()}

    def leave_autocast(self) -> None:
        """Autocast ends: its cache of cast weights is cleared."""
        for number in self.cast_weights.values():
            self.recorder.drop(number)
        self.cast_weights.clear()

    def part(self, values: int) -> int:
        """How many of a parameter's values one device has, where devices divide it."""
        return -(-values // self.setup.devices)

    def share(self, values: int) -> int:
        """How many of a parameter's values one device holds."""
        return self.part(values) if self.setup.sharded else values

    def gradient_share(self, values: int) -> int:
        """How many values of a gradient one device keeps."""
        return self.part(values) if self.setup.sharded or self.setup.zero == 2 else values

    @cached_property
    def weights(self) -> list[LearnedParameter]:
        """Every parameter, in the order of the layers; shared ones once."""
        return [
            LearnedParameter(
                node.index, weight.name, weight.size, weight.trainable and not self.is_frozen(node)
            )
            for node in self.graph.nodes
            if node.fit is not None and node.owner == node.index
            for weight in node.fit.layer.weights(node.fit.inputs)
        ]

    @cached_property
    def weights_of(self) -> dict[int, list[LearnedParameter]]:
        """The parameters of each layer that has any, by its node."""
        by_node: dict[int, list[LearnedParameter]] = {}
        for weight in self.weights:
            by_node.setdefault(weight.node, []).append(weight)
        return by_node

    @cached_property
    def learning(self) -> list[LearnedParameter]:
        """The parameters that learn: those that have a gradient and an optimizer's state.

        A parameter that no gradient reaches has none, and the optimizer skips it.
        """
        users = {
            node.owner for node in self.graph.layers if self.passes[node.index] and self.reached[node.index]
        }
        return [weight for weight in self.weights if weight.learns and weight.node in users]

    @cached_property
    def reached(self) -> list[bool]:
        """For every node, whether a gradient reaches it."""
        return reached(self.graph, self.passes)

    def shape(self, index: int) -> Shape:
        """The shape of a node's output."""
        shape = self.graph.nodes[index].shape
        if shape is None:
            raise ValueError(f"the shape of `{self.graph.nodes[index].name}` is unknown")
        return shape

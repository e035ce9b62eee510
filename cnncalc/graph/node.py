"""The parts of a graph: nodes, layers with input shapes, and uses of blocks."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from cnncalc.exact import shown
from cnncalc.layers import Layer, Problem, Reach, problems
from cnncalc.shape import Shape
from cnncalc.spec import Allowed, BlockItem, Item, LayerCall

if TYPE_CHECKING:
    from cnncalc.vocabulary.unknown import UnknownOperation

# Axes of this size or more are refused, like numbers with too many digits in a spec.
TOO_LARGE = 10**18


class BoundLayer:
    """A layer with the shapes of its inputs: its output shape, or its problems. Equal nodes share one."""

    __slots__ = ("inputs", "layer", "output", "problems")

    def __init__(self, layer: Layer, inputs: tuple[Shape, ...]) -> None:
        self.layer = layer
        self.inputs = inputs
        self.problems: tuple[Problem, ...] = tuple(problems(layer, inputs))
        blocked = any(problem.blocking for problem in self.problems)
        self.output: Shape | None = None if blocked else layer.output(inputs)
        if self.output is not None and max(self.output.torch) >= TOO_LARGE:
            from cnncalc.graph.faults import VOLUME_TOO_LARGE

            sizes = "x".join(map(shown, (*self.output.spatial, self.output.channels)))
            message = f"{layer.key} gives {sizes}: an axis has more than 18 digits"
            self.problems += (Problem(VOLUME_TOO_LARGE, message),)
            self.output = None

    def read_axes(self, reaches: tuple[Reach, ...]) -> tuple[int, ...]:
        """The sizes of the axes that `reaches` (of the layer) are about, one for each.

        They are those of the first operand; if that is one value, which is broadcast to other axes, of the output.
        """
        first = self.inputs[0].spatial
        if len(first) == len(reaches) or self.output is None:
            return first
        return self.output.spatial


class BlockUse:
    """One use of a block: its full name, its item, its arguments, and the use of a block around it.

    `first` is the first of the repetitions that it is one of (`repeat`); of an item without it, the use itself.
    """

    __slots__ = ("first", "item", "name", "parameters", "parent")

    def __init__(
        self,
        name: str,
        item: BlockItem,
        parameters: Mapping[str, Any],
        parent: "BlockUse | None",
        first: "BlockUse | None" = None,
    ) -> None:
        self.name = name
        self.item = item
        self.parameters = parameters
        self.parent = parent
        self.first: BlockUse = self if first is None else first


class ModuleCall:
    """One module call of the code that a spec mirrors (`module: true`): its name, its item, and the call around it.

    A block has its full name; a sequence has the name beside it, or an automatic one.
    """

    __slots__ = ("item", "name", "parent")

    def __init__(self, name: str, item: Item, parent: "ModuleCall | None") -> None:
        self.name = name
        self.item = item
        self.parent = parent

    def __repr__(self) -> str:
        return f"ModuleCall({self.name})"


class Node:
    """One layer of the network, or one of its inputs. It is created once, with all of its facts, and never changes.

    `inputs` are indices of earlier nodes. `fit` is None for inputs, and if the input shapes are unknown. `item`
    is its item in the spec (None for inputs), `frame` the use of a block that it is in, `call`
    the arguments of its layer, if it has any, `allow` the codes that the spec accepts there. `owner` is the
    index of the node whose weights it uses, usually its own. `learns_unknown` means that its weights are not known,
    although its shape may be. `accepted` are the codes of its findings that the spec accepts. `frozen` means that its
    parameters are not trained (`freeze`). `module` is the innermost module call that it is in (`module: true`).
    `place` is the device that computes it, of a spec that says devices.
    """

    __slots__ = (
        "accepted",
        "allow",
        "call",
        "fit",
        "frame",
        "frozen",
        "index",
        "inputs",
        "item",
        "kind",
        "learns_unknown",
        "module",
        "name",
        "owner",
        "place",
        "shape",
    )

    def __init__(
        self,
        index: int,
        name: str,
        kind: str,
        inputs: tuple[int, ...],
        fit: BoundLayer | None,
        shape: Shape | None,
        item: Item | None = None,
        frame: BlockUse | None = None,
        allow: Mapping[str, Allowed] | None = None,
        call: LayerCall | None = None,
        owner: int | None = None,
        learns_unknown: bool = False,
        accepted: frozenset[str] = frozenset(),
        frozen: bool = False,
        module: ModuleCall | None = None,
        place: str | None = None,
    ) -> None:
        # `Final`: a type checker refuses every later assignment, and it costs no time.
        self.index: Final = index
        self.name: Final = name
        self.kind: Final = kind
        self.inputs: Final = inputs
        self.fit: Final = fit
        self.shape: Final = shape
        self.item: Final = item
        self.frame: Final = frame
        self.allow: Final = allow
        self.call: Final = call
        self.owner: Final = index if owner is None else owner
        self.learns_unknown: Final = learns_unknown
        self.accepted: Final = accepted
        self.frozen: Final = frozen
        self.module: Final = module
        self.place: Final = place

    def moved(self, index: int, inputs: tuple[int, ...], owner: int) -> "Node":
        """The node as it is, but for its place among the nodes: its own index, those it reads, and its owner."""
        return Node(
            index,
            self.name,
            self.kind,
            inputs,
            self.fit,
            self.shape,
            self.item,
            self.frame,
            self.allow,
            self.call,
            owner,
            self.learns_unknown,
            self.accepted,
            self.frozen,
            self.module,
            self.place,
        )

    @property
    def is_input(self) -> bool:
        """Whether it is an input of the network, not a layer."""
        return self.kind == "input"

    @property
    def reads(self) -> tuple[int, ...]:
        """The nodes whose outputs it reads: an unpooling reads the indices of its pooling, and sizes."""
        return self.inputs[:1] if self._unpools else self.inputs

    @property
    def values_of(self) -> tuple[int, ...]:
        """The nodes whose values it reads: not one of which it reads only the size, or the indices."""
        return self.inputs[:1] if self.fit is not None and self.fit.layer.reads_first else self.inputs

    @property
    def indices_of(self) -> tuple[int, ...]:
        """The poolings whose indices it reads."""
        return self.inputs[1:2] if self._unpools else ()

    @property
    def _unpools(self) -> bool:
        return self.fit is not None and self.fit.layer.reads_indices

    @property
    def opaque(self) -> bool:
        """Whether it is an operation of which only what the spec states is known (`unknown`)."""
        return self.fit is not None and self.fit.layer.opaque

    def __repr__(self) -> str:
        return f"Node({self.index}, {self.name}, {self.kind}, {self.inputs}, {self.shape})"


def operation_of(node: Node) -> "UnknownOperation | None":
    """The operation that a node is, if it has no layer here; None for any other node."""
    return cast("UnknownOperation", node.fit.layer) if node.fit is not None and node.opaque else None

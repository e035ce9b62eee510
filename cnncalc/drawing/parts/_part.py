"""One part of a drawing: a layer with what follows it, or a use of a block."""

from collections.abc import Iterator, Sequence
from typing import Final

from cnncalc.graph import BlockUse, Node
from cnncalc.record import NamedTuple

# The side of a part where tensors come in from outside, and where they leave, as the ends of wires inside it.
IN, OUT = -1, -2


class Wire(NamedTuple):
    """A tensor that goes from one part to another inside the same block.

    `tensor` is the index of the node that makes it. `source` and `target` are positions among the parts of the block;
    `IN` and `OUT` are the sides of the block itself.
    """

    tensor: int
    source: int
    target: int


class DrawnPart:
    """A layer with its norm and its activation, or a use of a block with parts of its own (`use` and `parts`).

    `nodes` are those of a layer; a block has them in its parts. `entries` are the tensors that enter a block, `exits`
    those that leave it, each by the index of its node. Parts with the same `form` are equal but for names and figures.
    A part that repeats stands for all of its `run`: itself, and the equal parts after it, each of which reads the one
    before.
    """

    __slots__ = ("entries", "exits", "form", "nodes", "parts", "run", "up", "use", "wires")

    def __init__(self, use: BlockUse | None, up: "DrawnPart | None", nodes: tuple[Node, ...] = ()) -> None:
        self.use: Final = use
        self.up = up
        self.nodes = nodes
        self.parts: list[DrawnPart] = []
        self.wires: list[Wire] = []
        self.entries: dict[int, None] = {}
        self.exits: dict[int, None] = {}
        self.form = -1
        self.run: tuple[DrawnPart, ...] = (self,)

    @property
    def is_layer(self) -> bool:
        """Whether it is a layer and not a block."""
        return bool(self.nodes)

    @property
    def times(self) -> int:
        """How often it repeats."""
        return len(self.run)

    @property
    def name(self) -> str:
        """The full name of the layer, or of the use of a block; empty for the whole network."""
        if self.nodes:
            return self.nodes[0].name
        if self.use is None:
            return self.parts[0].name if self.is_group else ""
        return self.use.name

    @property
    def first_kind(self) -> str:
        """The type of its first layer."""
        return next(nodes_of((self,))).kind

    @property
    def is_group(self) -> bool:
        """Whether it is no block, but several parts of one that repeat together."""
        return self.use is None and not self.nodes and self.up is not None

    @property
    def scope(self) -> str:
        """The name of the use of a block that its parts are in; empty for the whole network."""
        part: DrawnPart | None = self
        while part is not None and part.use is None:
            part = part.up
        return "" if part is None else part.name

    def all_nodes(self) -> Iterator[Node]:
        """The nodes of the whole run, those inside of blocks too, in order."""
        return nodes_of(self.run)


def nodes_of(uses: Sequence[DrawnPart]) -> Iterator[Node]:
    """The nodes of parts, those inside of blocks too, in order."""
    waiting = list(reversed(uses))
    while waiting:
        part = waiting.pop()
        yield from part.nodes
        waiting += [inner for child in reversed(part.parts) for inner in reversed(child.run)]

"""The parts of a network: blocks inside blocks, with the tensors between them."""

from collections.abc import Iterable

from cnncalc.analysis import Analysis
from cnncalc.drawing.parts._forms import Forms
from cnncalc.drawing.parts._layers import layer_groups
from cnncalc.drawing.parts._part import IN, OUT, DrawnPart, Wire
from cnncalc.drawing.parts._repeats import Repeats
from cnncalc.graph import BlockUse, Node
from cnncalc.record import NamedTuple
from cnncalc.report import frames


def tree(analysis: Analysis, *, every: bool = False) -> DrawnPart:
    """The whole network as one part without a name; equal parts that follow each other are one, with their run.

    With `every` each node is a layer of its own. The time grows with the network, not with its square.
    """
    graph = analysis.graph
    pieces = [
        TreePiece(tuple(nodes), nodes[0].frame, tuple(node.index for node in nodes))
        for nodes in layer_groups(analysis, every=every)
    ]
    links = ((node.index, tensor) for node in graph.nodes for tensor in dict.fromkeys(node.inputs))
    return grown(pieces, links, dict.fromkeys(graph.outputs), Forms(analysis))


class TreePiece(NamedTuple):
    """What becomes a part without parts: its nodes, the use of a block that it is in, and the tensors it makes."""

    nodes: tuple[Node, ...]
    frame: BlockUse | None
    tensors: tuple[int, ...]


def grown(
    pieces: Iterable[TreePiece], links: Iterable[tuple[int, int]], outputs: Iterable[int], repeats: Repeats
) -> DrawnPart:
    """A tree of pieces, in order. A link is a tensor of the reader, and the tensor that is read."""
    growing = _PartTree()
    for piece in pieces:
        growing.add(piece)
    for reader, tensor in links:
        growing.connect(reader, tensor)
    for tensor in outputs:
        growing.lead_outside(tensor)
    return growing.folded(repeats)


class _PartTree:
    """A tree that grows: blocks by their use, and for each tensor the layer that makes it."""

    def __init__(self) -> None:
        self._root = DrawnPart(None, None)
        # Every block after the one around it.
        self._blocks = [self._root]
        self._of_use: dict[int, DrawnPart] = {}
        self._layer: dict[int, DrawnPart] = {}
        # The position of each part in the block around it.
        self._position: dict[int, int] = {}
        self._wires: dict[int, dict[Wire, None]] = {id(self._root): {}}

    def add(self, piece: TreePiece) -> None:
        layer = DrawnPart(None, self._block(piece.frame), piece.nodes)
        self._add(layer)
        self._layer.update((tensor, layer) for tensor in piece.tensors)

    def lead_outside(self, tensor: int) -> None:
        """A tensor leaves the network."""
        start = self._lead_out(tensor, self._layer[tensor], self._root)
        self._wire(self._root, tensor, start, OUT)
        self._root.exits[tensor] = None

    def folded(self, repeats: Repeats) -> DrawnPart:
        for block in reversed(self._blocks):
            block.wires = list(self._wires[id(block)])
            repeats.fold(block)
        return self._root

    def _block(self, use: BlockUse | None) -> DrawnPart:
        """The part of a use of a block, with those around it."""
        new: list[BlockUse] = []
        for frame in frames(use):
            if id(frame) in self._of_use:
                break
            new.append(frame)
        outer = new[-1].parent if new else use
        block = self._root if outer is None else self._of_use[id(outer)]
        for frame in reversed(new):
            block = DrawnPart(frame, block)
            self._of_use[id(frame)] = block
            self._wires[id(block)] = {}
            self._blocks.append(block)
            self._add(block)
        return block

    def _add(self, part: DrawnPart) -> None:
        assert part.up is not None
        self._position[id(part)] = len(part.up.parts)
        part.up.parts.append(part)

    def connect(self, reader: int, tensor: int) -> None:
        """The wires of a tensor that is read, through every block in between."""
        target, source = self._layer[reader], self._layer[tensor]
        if source is target:
            return
        around = set(map(id, _outwards(source)))
        end = target
        while id(end.up) not in around:
            assert end.up is not None
            self._wire(end.up, tensor, IN, self._position[id(end)])
            end.up.entries[tensor] = None
            end = end.up
        assert end.up is not None
        start = self._lead_out(tensor, source, end.up)
        self._wire(end.up, tensor, start, self._position[id(end)])

    def _lead_out(self, tensor: int, part: DrawnPart, around: DrawnPart) -> int:
        """The wires from a layer to the border of the part of `around` that has it: the position of that part."""
        while part.up is not around:
            assert part.up is not None
            self._wire(part.up, tensor, self._position[id(part)], OUT)
            part.up.exits[tensor] = None
            part = part.up
        return self._position[id(part)]

    def _wire(self, block: DrawnPart, tensor: int, source: int, target: int) -> None:
        self._wires[id(block)][Wire(tensor, source, target)] = None


def _outwards(part: DrawnPart) -> list[DrawnPart]:
    around = []
    outer = part.up
    while outer is not None:
        around.append(outer)
        outer = outer.up
    return around

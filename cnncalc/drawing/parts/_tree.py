"""The parts of a network: blocks inside blocks, with the tensors between them."""

from cnncalc.analysis import Analysis
from cnncalc.drawing.parts._forms import Forms
from cnncalc.drawing.parts._layers import layer_groups
from cnncalc.drawing.parts._part import IN, OUT, DrawnPart, Wire
from cnncalc.graph import BlockUse, Node
from cnncalc.report import frames


def tree(analysis: Analysis, *, every: bool = False) -> DrawnPart:
    """The whole network as one part without a name; equal parts that follow each other are one, with their run.

    With `every` each node is a layer of its own. The time grows with the network, not with its square.
    """
    return _PartTree(analysis).grown(every)


class _PartTree:
    """A tree that grows: blocks by their use, and for each node the layer that it is in."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._root = DrawnPart(None, None)
        # Every block after the one around it.
        self._blocks = [self._root]
        self._of_use: dict[int, DrawnPart] = {}
        self._layer: dict[int, DrawnPart] = {}
        # The position of each part in the block around it.
        self._position: dict[int, int] = {}
        self._wires: dict[int, dict[Wire, None]] = {id(self._root): {}}

    def grown(self, every: bool) -> DrawnPart:
        for nodes in layer_groups(self._analysis, every=every):
            layer = DrawnPart(None, self._block(nodes[0].frame), tuple(nodes))
            self._add(layer)
            self._layer.update((node.index, layer) for node in nodes)
        for node in self._analysis.graph.nodes:
            self._connect(node)
        for index in dict.fromkeys(self._analysis.graph.outputs):
            start = self._lead_out(index, self._layer[index], self._root)
            self._wire(self._root, index, start, OUT)
            self._root.exits[index] = None
        forms = Forms(self._analysis)
        for block in reversed(self._blocks):
            block.wires = list(self._wires[id(block)])
            forms.fold(block)
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

    def _connect(self, node: Node) -> None:
        """The wires of what a node reads, through every block in between."""
        target = self._layer[node.index]
        for tensor in dict.fromkeys(node.inputs):
            source = self._layer[tensor]
            if source is target:
                continue
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

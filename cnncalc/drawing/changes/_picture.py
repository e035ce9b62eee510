"""The whole drawing of a change."""

from collections.abc import Iterator, Sequence

from cnncalc.analysis import Analysis
from cnncalc.comparison import Comparison, Verdict
from cnncalc.drawing.changes import _boxes
from cnncalc.drawing.changes._edges import ChangeEdges
from cnncalc.drawing.changes._head import ChangeHead, description, heading
from cnncalc.drawing.changes._pieces import levels, pieces
from cnncalc.drawing.changes._style import EDGES, THEMES
from cnncalc.drawing.changes._tree import ChangeTree, change_tree, place_of
from cnncalc.drawing.changes._union import NEW, OLD, Union
from cnncalc.drawing.changes._words import about, figure_line
from cnncalc.drawing.faults import DrawnFaults
from cnncalc.drawing.layout import Extent
from cnncalc.drawing.parts import DrawnPart, nodes_of
from cnncalc.drawing.scene import Box, Scene, placed
from cnncalc.drawing.svg import document
from cnncalc.drawing.words import volume
from cnncalc.record import NamedTuple
from cnncalc.render import comparison_words as words

# More boxes than these are too many to see a change among them: blocks are folded then, unless a depth is given.
READABLE = 48
WHOSE = {OLD: "removed", NEW: "added"}


class DrawnChange(NamedTuple):
    """A comparison to be drawn, with the networks as they are analysed: the old one, and the new one.

    `depth` levels of blocks with changes are unfolded (None: as many as are readable), `each` draws equal changes one
    by one; `verdicts` are the results of conditions.
    """

    comparison: Comparison
    analyses: tuple[Analysis, Analysis]
    depth: int | None = None
    each: bool = False
    verdicts: Sequence[Verdict] = ()


def changes_picture(change: DrawnChange) -> str:
    """An SVG of both networks as one. Raises `cnncalc.drawing.TooManyBoxes`."""
    union = Union(change.comparison, change.analyses)
    tree = _readable(union, change)
    writing = _ChangeWriting(union, tree)
    comparison = change.comparison
    notes = [
        *comparison.others,
        *words.error_notes(comparison),
        *(
            f"{'failed' if verdict.fails else 'passed'}: {words.verdict(verdict)}"
            for verdict in change.verdicts
        ),
    ]
    head = ChangeHead(comparison, notes, _boxes.used(tree.words), writing.edge_kinds(), red=writing.red)
    top = head.height
    body = [*head.body(), f'<g transform="translate(0 {top:g})">', *writing.body(), "</g>"]
    width = max(writing.scene.width, head.width, 420.0)
    name = heading(comparison)
    return document(name, description(comparison), width, writing.scene.height + top, body, themes=THEMES)


def _readable(union: Union, change: DrawnChange) -> ChangeTree:
    """The tree with the depth that is asked for, else with the largest that is readable."""
    depth = levels(union) if change.depth is None else change.depth
    while True:
        tree = change_tree(union, pieces(union, depth), each=change.each)
        if change.depth is not None or depth == 0 or _boxes_in(tree.root) <= READABLE:
            return tree
        depth -= 1


def _boxes_in(root: DrawnPart) -> int:
    count, waiting = 0, [root]
    while waiting:
        part = waiting.pop()
        count += len(part.parts)
        waiting += part.parts
    return count


class _ChangeWriting:
    """The picture of a tree that has its places."""

    def __init__(self, union: Union, tree: ChangeTree) -> None:
        self._union, self._tree = union, tree
        self._faults = tuple(DrawnFaults(analysis.graph) for analysis in union.analyses)
        old, new = self._faults
        self.red = bool(new.messages or new.unexpected)
        self._edges = ChangeEdges(union, (old, new))
        self.scene: Scene = placed(tree.root, levels(union) + 1, self._extent)

    def edge_kinds(self) -> list[str]:
        """The kinds of lines that are drawn, apart from those of both networks."""
        kinds = set(map(self._edges.kind, self.scene.edges))
        return [kind for kind in EDGES if kind in kinds]

    def body(self) -> Iterator[str]:
        """Frames below edges below boxes, so that nothing covers a text. What is in both comes before what is not."""
        yield from (self._box(box) for box in self.scene.boxes if box.kind == "frame")
        edges = sorted(self.scene.edges, key=lambda edge: self._edges.kind(edge) != "same")
        yield from map(self._edges.edge, edges)
        yield from (self._box(box) for box in self.scene.boxes if box.kind != "frame")

    def _extent(self, part: DrawnPart) -> Extent:
        return _boxes.box_extent(self._tree.shown(part))

    def _box(self, box: Box) -> str:
        if box.kind in ("entry", "exit"):
            return self._port(box)
        errors = self._errors([self._union.place(node) for node in box.part.all_nodes()])
        if box.kind == "frame":
            changes = [self._union.changes[self._union.place(node)] for node in nodes_of((box.part,))]
            return _boxes.frame(box, figure_line(changes, "params"), about(changes), errors)
        own = self._tree.shown(box.part)
        _, last = self._tree.of(box.part.run[-1])
        return _boxes.box(box, own, last, errors)

    def _port(self, box: Box) -> str:
        assert box.tensor is not None
        place, whose = place_of(box.tensor)
        outer = not box.block.name
        shape = volume(self._union.nodes[place].shape)
        return _boxes.port(box, "output" if outer else "from inside", shape, WHOSE.get(whose, "same"))

    def _errors(self, places: Sequence[int]) -> list[str]:
        """The errors of layers as they are now."""
        nodes = [node for place in places if (node := self._union.pairs[place][1]) is not None]
        return [message for node in nodes for message in self._faults[1].messages.get(node.index, ())]

"""Which parts of a network are equal, and runs of equal parts."""

from collections.abc import Hashable

from cnncalc.analysis import Analysis
from cnncalc.drawing.parts._groups import group
from cnncalc.drawing.parts._part import DrawnPart, nodes_of
from cnncalc.drawing.parts._repeats import Repeats
from cnncalc.drawing.parts.figures import weighs
from cnncalc.spec import BrokenItem
from cnncalc.vocabulary.unknown import UnknownOperation

# Equal layers in a row are drawn as one from this number on: fewer are seen at a glance.
FEWEST_LAYERS = 4


class Forms(Repeats):
    """Numbers for forms: parts with the same number differ only in names and figures."""

    def __init__(self, analysis: Analysis) -> None:
        super().__init__()
        self._analysis = analysis

    def fold(self, block: DrawnPart) -> None:
        """As any parts; then what repeats together becomes a group, and equal groups a run."""
        super().fold(block)
        groups = group(block)
        for part in groups:
            self.give(part)
        if groups:
            self.make_runs(block)
            self.give(block)

    def fewest(self, part: DrawnPart) -> int:
        return FEWEST_LAYERS if part.is_layer else 2

    def form_of(self, layer: DrawnPart) -> Hashable:
        """What a layer's box looks like: the kinds of its nodes, whether it has figures, and whether it is known."""
        kinds = []
        for node in layer.nodes:
            kind = node.fit.layer if node.fit is not None else None
            op = kind.op if isinstance(kind, UnknownOperation) else ""
            if isinstance(node.item, BrokenItem):
                op = node.item.word
            kinds.append((node.kind, op, node.shape is None, node.owner != node.index))
        return (tuple(kinds), weighs(self._analysis, layer))

    def is_equal(self, part: DrawnPart, following: DrawnPart) -> bool:
        if part.form != following.form:
            return False
        if not part.is_layer:
            # Through several ports the next use may read only some of the tensors of this one.
            if list(part.exits) != list(following.entries):
                return False
            # What the spec repeats is a run, also where its figures change from one use to the next.
            if part.is_group or (part.use and following.use and part.use.item is following.use.item):
                return True
        elif part.nodes[0].is_input:
            return False
        pairs = zip(nodes_of((part,)), nodes_of((following,)), strict=True)
        return all(left.fit is right.fit and left.fit is not None for left, right in pairs)

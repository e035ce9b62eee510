"""Which parts are equal, and runs of equal parts."""

from collections.abc import Hashable

from cnncalc.analysis import Analysis
from cnncalc.drawing.parts._groups import group
from cnncalc.drawing.parts._part import IN, OUT, DrawnPart, Wire, nodes_of
from cnncalc.drawing.parts.figures import weighs
from cnncalc.spec import BrokenItem
from cnncalc.vocabulary.unknown import UnknownOperation

# Equal layers in a row are drawn as one from this number on: fewer are seen at a glance.
FEWEST_LAYERS = 4


class Forms:
    """Numbers for forms: parts with the same number differ only in names and figures."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._numbers: dict[Hashable, int] = {}

    def fold(self, block: DrawnPart) -> None:
        """Give the layers of a block and then itself their forms, and make runs of its parts. (Inner blocks first.)"""
        for part in block.parts:
            if part.is_layer:
                part.form = self._number(self._of_layer(part))
        self._make_runs(block)
        groups = group(block)
        for part in groups:
            self._give(part)
        if groups:
            self._make_runs(block)
        self._give(block)

    def _give(self, block: DrawnPart) -> None:
        entries = {tensor: number for number, tensor in enumerate(block.entries)}
        exits = {tensor: number for number, tensor in enumerate(block.exits)}
        wires = tuple(
            (
                wire.source,
                wire.target,
                entries[wire.tensor] if wire.source == IN else -1,
                exits[wire.tensor] if wire.target == OUT else -1,
            )
            for wire in block.wires
        )
        parts = tuple((part.form, part.times) for part in block.parts)
        key = block.use.item.block if block.use is not None else None
        block.form = self._number((key, parts, wires, len(entries), len(exits)))

    def _number(self, form: Hashable) -> int:
        return self._numbers.setdefault(form, len(self._numbers))

    def _of_layer(self, part: DrawnPart) -> Hashable:
        """What a layer's box looks like: the kinds of its nodes, whether it has figures, and whether it is known."""
        kinds = []
        for node in part.nodes:
            layer = node.fit.layer if node.fit is not None else None
            op = layer.op if isinstance(layer, UnknownOperation) else ""
            if isinstance(node.item, BrokenItem):
                op = node.item.word
            kinds.append((node.kind, op, node.shape is None, node.owner != node.index))
        return (tuple(kinds), weighs(self._analysis, part))

    def _make_runs(self, block: DrawnPart) -> None:
        """Parts that repeat become one, and the wires go to it."""
        ahead = self._steps(block)
        kept: list[DrawnPart] = []
        position: list[int] = []
        index = 0
        while index < len(block.parts):
            end = index
            while ahead[end]:
                end += 1
            part = block.parts[index]
            count = end - index + 1
            if count >= (FEWEST_LAYERS if part.is_layer else 2):
                part.run = tuple(block.parts[index : end + 1])
                position += [len(kept)] * count
                kept.append(part)
            else:
                position += range(len(kept), len(kept) + count)
                kept += block.parts[index : end + 1]
            index = end + 1
        if len(kept) == len(block.parts):
            return
        block.parts = kept
        moved = [
            Wire(wire.tensor, *(end if end < 0 else position[end] for end in (wire.source, wire.target)))
            for wire in block.wires
        ]
        block.wires = [wire for wire in moved if wire.source != wire.target]

    def _steps(self, block: DrawnPart) -> list[bool]:
        """For each part, whether the next one is equal, reads this one and nothing else, and is its only reader."""
        count = len(block.parts)
        readers: list[set[int]] = [set() for _ in range(count)]
        sources: list[set[int]] = [set() for _ in range(count)]
        for wire in block.wires:
            if wire.source >= 0:
                readers[wire.source].add(wire.target)
            if wire.target >= 0:
                sources[wire.target].add(wire.source)
        return [
            index + 1 < count
            and readers[index] == {index + 1}
            and sources[index + 1] == {index}
            and block.parts[index].times == block.parts[index + 1].times == 1
            and self._equal(block.parts[index], block.parts[index + 1])
            for index in range(count)
        ]

    def _equal(self, part: DrawnPart, other: DrawnPart) -> bool:
        if part.form != other.form:
            return False
        if not part.is_layer:
            # Through several ports the tensors of one use may cross in the next.
            if not len(part.exits) == len(other.entries) == 1:
                return False
            # What the spec repeats is a run, also where its figures change from one use to the next.
            if part.is_group or (part.use and other.use and part.use.item is other.use.item):
                return True
        elif part.nodes[0].is_input:
            return False
        pairs = zip(nodes_of((part,)), nodes_of((other,)), strict=True)
        return all(left.fit is right.fit and left.fit is not None for left, right in pairs)

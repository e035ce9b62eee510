"""Two networks as one: every layer of both once, with the tensors between them."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from cnncalc.analysis import Analysis
from cnncalc.comparison import Comparison, LayerChange
from cnncalc.graph import BlockUse, Node
from cnncalc.report import frames as outwards

# Whose a tensor between two layers is: of both networks, or of one of them.
BOTH, OLD, NEW = 0, 1, 2
KINDS = 3
# The kinds of change of which a drawing makes something.
LOUD = ("added", "removed", "changed", "renamed")


def kind_of(change: LayerChange) -> str:
    """`added`, `removed`, `changed`, `renamed` (by the author), or `same`.

    An automatic name goes with the place of a layer: another one is no change. Neither is a field alone.
    """
    if change.old is not None and change.new is not None and change.what == "renamed":
        return "renamed" if change.old.named or change.new.named else "same"
    return change.what if change.what in LOUD else "same"


class Union:
    """The layers of a comparison, by their places in it. `nodes` are those that are drawn: of the new network if there.

    `links` are the tensors that each layer reads: the place of the layer that makes it, and whose the tensor is.
    `frames` are the uses of blocks around each layer, the outermost first. `outputs` are like the links of a layer.
    """

    def __init__(self, comparison: Comparison, analyses: tuple[Analysis, Analysis]) -> None:
        self.changes = comparison.changes
        self.analyses = analyses
        self.nodes: list[Node] = []
        # The nodes of each layer in the old and in the new network.
        self.pairs: list[tuple[Node | None, Node | None]] = []
        counts = [0, 0]
        places: tuple[dict[int, int], dict[int, int]] = ({}, {})
        for place, change in enumerate(self.changes):
            pair: list[Node | None] = [None, None]
            for number, layer in enumerate((change.old, change.new)):
                if layer is not None:
                    pair[number] = analyses[number].graph.nodes[counts[number]]
                    places[number][counts[number]] = place
                    counts[number] += 1
            old, new = pair
            self.pairs.append((old, new))
            node = new if new is not None else old
            assert node is not None
            self.nodes.append(node)
        self._places = places
        self.links = [self._read(*(node.inputs if node else () for node in pair)) for pair in self.pairs]
        self.outputs = self._read(*(analysis.graph.outputs for analysis in analyses))
        self.frames = list(_frames(self.pairs))

        self._place_of = {id(node): place for place, node in enumerate(self.nodes)}

    def place(self, node: Node) -> int:
        """The place of a node that is drawn."""
        return self._place_of[id(node)]

    def counterpart(self, node: Node, number: int) -> Node | None:
        """A node that is drawn, as it is in the old (0) or in the new network (1)."""
        return self.pairs[self.place(node)][number]

    def _read(self, old: Iterable[int], new: Iterable[int]) -> tuple[tuple[int, int], ...]:
        before = dict.fromkeys(self._places[0][index] for index in old)
        now = dict.fromkeys(self._places[1][index] for index in new)
        both = [(place, BOTH) for place in now if place in before]
        added = [(place, NEW) for place in now if place not in before]
        return (*both, *added, *((place, OLD) for place in before if place not in now))


def _frames(pairs: Sequence[tuple[Node | None, Node | None]]) -> Iterator[tuple[BlockUse, ...]]:
    """The uses of blocks around each layer. The layers of a use follow each other.

    A layer that was removed is in the blocks that its neighbours are in now; where layers outside of a block would be
    between it and the others of the block, it is outside too.
    """
    now: dict[int, BlockUse] = {}
    for old, new in pairs:
        if old is not None and new is not None:
            for before, after in zip(_around(old), _around(new), strict=False):
                if before.item.block != after.item.block:
                    break
                now.setdefault(id(before), after)
    following: list[tuple[BlockUse, ...]] = []
    ahead: tuple[BlockUse, ...] = ()
    for _, new in reversed(pairs):
        ahead = ahead if new is None else _around(new)
        following.append(ahead)
    last: tuple[BlockUse, ...] = ()
    left: set[int] = set()
    for (old, new), ahead in zip(pairs, reversed(following), strict=True):
        if new is not None:
            frames = _around(new)
        else:
            assert old is not None
            frames = _kept(_counterparts(old, now), _common(last, ahead), left)
        left.update(id(frame) for frame in last if frame not in frames)
        last = frames
        yield frames


def _counterparts(old: Node, now: dict[int, BlockUse]) -> tuple[BlockUse, ...]:
    """The blocks around a layer that was removed, each as it is now, if it still is there."""
    around: tuple[BlockUse, ...] = ()
    for frame in _around(old):
        if id(frame) not in now:
            now[id(frame)] = BlockUse(
                frame.name, frame.item, frame.parameters, around[-1] if around else None
            )
        around = _outwards(now[id(frame)])
    return around


def _common(first: tuple[BlockUse, ...], second: tuple[BlockUse, ...]) -> tuple[BlockUse, ...]:
    """The blocks that two layers are both in."""
    same = takewhile(lambda pair: pair[0] is pair[1], zip(first, second, strict=False))
    return tuple(frame for frame, _ in same)


def _kept(frames: tuple[BlockUse, ...], common: tuple[BlockUse, ...], left: set[int]) -> tuple[BlockUse, ...]:
    """The blocks that a layer can be in: all that its neighbours are in, and none that was left before."""
    if _common(frames, common) != common:
        return common
    return tuple(takewhile(lambda frame: id(frame) not in left, frames))


def _outwards(frame: BlockUse | None) -> tuple[BlockUse, ...]:
    return tuple(reversed(list(outwards(frame))))


def _around(node: Node) -> tuple[BlockUse, ...]:
    return _outwards(node.frame)

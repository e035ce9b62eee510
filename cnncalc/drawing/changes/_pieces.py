"""What becomes one box: a changed layer, a block without changes or with all of them, a stretch that is as before."""

from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise

from cnncalc.comparison import LayerChange
from cnncalc.drawing.changes._stretches import stretches
from cnncalc.drawing.changes._union import Union, kind_of
from cnncalc.drawing.parts import layer_groups
from cnncalc.graph import BlockUse
from cnncalc.record import NamedTuple

# Kinds of change that join the layer before them, by its own kind.
JOINING = {
    "same": ("same",),
    "renamed": ("renamed",),
    "changed": ("changed", "same"),
    "added": ("added",),
    "removed": ("removed",),
}
QUIET = ("same", "renamed")
# More layers with a new name than these are folded with those that are as before.
NAMED_APART = 12


class BoxPiece(NamedTuple):
    """Layers that are one box, by their places. `frames` are around it; `block` is the block that it is, if any."""

    places: tuple[int, ...]
    kind: str
    frames: tuple[BlockUse, ...]
    block: BlockUse | None = None


def kind_of_all(changes: Iterable[LayerChange]) -> str:
    """The kind of change of several layers together."""
    kinds = set(map(kind_of, changes))
    if len(kinds) == 1:
        return kinds.pop()
    return "renamed" if kinds <= set(QUIET) else "changed"


def levels(union: Union) -> int:
    """How many blocks are inside each other at most."""
    return max(map(len, union.frames), default=0)


def pieces(union: Union, depth: int) -> list[BoxPiece]:
    """The boxes where blocks with changes are unfolded for `depth` levels, in order."""
    apart = sum(kind_of(change) == "renamed" for change in union.changes) <= NAMED_APART
    unfolded = _unfolded(union, depth)
    single = list(_singles(union, unfolded))
    merged = []
    for places in stretches(
        union, [(piece.places, piece.frames, _mergeable(union, piece, apart)) for piece in single]
    ):
        parts = [single[number] for number in places]
        if len(parts) == 1:
            merged.append(parts[0])
            continue
        joined = tuple(place for part in parts for place in part.places)
        kind = kind_of_all(union.changes[place] for place in joined)
        merged.append(BoxPiece(joined, kind, parts[0].frames))
    return merged


def _mergeable(union: Union, piece: BoxPiece, apart: bool) -> str:
    """What a piece is folded by with the pieces beside it; empty for one that is always a box."""
    if piece.kind not in QUIET or any(union.nodes[place].is_input for place in piece.places):
        return ""
    return piece.kind if apart else "same"


def _unfolded(union: Union, depth: int) -> set[int]:
    """The blocks that have a frame: with changes, and with layers that stay."""
    inside: dict[int, list[LayerChange]] = {}
    for change, frames in zip(union.changes, union.frames, strict=True):
        for frame in frames[:depth]:
            inside.setdefault(id(frame), []).append(change)
    return {key for key, changes in inside.items() if kind_of_all(changes) == "changed" and len(changes) > 1}


def _singles(union: Union, unfolded: Collection[int]) -> Iterable[BoxPiece]:
    """Layers, and blocks that have no frame."""
    joined = _joined(union)
    inside: dict[object, list[int]] = {}
    blocks: dict[object, tuple[tuple[BlockUse, ...], BlockUse | None]] = {}
    for place, frames in enumerate(union.frames):
        level = next((level for level, frame in enumerate(frames) if id(frame) not in unfolded), None)
        # A layer has a number, and a block the id of its use as text: they never meet.
        key: object = joined[place] if level is None else f"{id(frames[level])}"
        blocks[key] = (frames[:level], None if level is None else frames[level])
        inside.setdefault(key, []).append(place)
    for key, places in inside.items():
        around, block = blocks[key]
        kind = kind_of_all(union.changes[place] for place in places)
        yield BoxPiece(tuple(places), kind, around, block)


def _joined(union: Union) -> list[int]:
    """For each layer the one whose box it is in: a norm or an activation is drawn with its convolution."""
    head = list(range(len(union.nodes)))
    readers = [0] * len(head)
    for links in (*union.links, union.outputs):
        for place, _ in links:
            readers[place] += 1
    for number, groups in enumerate(map(layer_groups, union.analyses)):
        places = [place for place, pair in enumerate(union.pairs) if pair[number] is not None]
        for group in groups:
            for before, node in pairwise(group):
                first, place = places[before.index], places[node.index]
                # Once: as the layer is now, if it still is there.
                if union.nodes[place] is not node or not _alone(union.links[place], first, readers):
                    continue
                kinds = kind_of(union.changes[head[first]]), kind_of(union.changes[place])
                if kinds[1] in JOINING[kinds[0]]:
                    head[place] = head[first]
    return head


def _alone(links: Sequence[tuple[int, int]], first: int, readers: Sequence[int]) -> bool:
    return [place for place, _ in links] == [first] and readers[first] == 1

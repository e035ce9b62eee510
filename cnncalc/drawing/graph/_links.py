"""Links between layers with the same weights."""

from collections.abc import Iterable, Iterator

from cnncalc.drawing.scene import Box
from cnncalc.drawing.svg import element, number, title
from cnncalc.graph import Graph

# The ends of the curve that goes around: it stays within the margin of the picture.
BULGE = 28.0


def links(graph: Graph, boxes: Iterable[Box]) -> Iterator[str]:
    """A dashed line between two boxes in which layers use the same weights. Each pair has one."""
    box_of: dict[int, Box] = {}
    for box in boxes:
        if box.kind in ("layer", "block"):
            for node in box.part.all_nodes():
                box_of.setdefault(node.index, box)
    pairs: dict[tuple[int, int], tuple[Box, Box, str]] = {}
    for node in graph.layers:
        owner, user = box_of.get(node.owner), box_of.get(node.index)
        if node.owner != node.index and owner is not None and user is not None and owner is not user:
            key = (id(owner), id(user))
            pairs.setdefault(key, (owner, user, graph.nodes[node.owner].name))
    for owner, user, name in pairs.values():
        label = title(f"{user.part.name} uses the weights of {name}")
        yield element("path", label, class_="l", d=_curve(owner, user))


def _curve(owner: Box, user: Box) -> str:
    """From side to side: between boxes that are beside each other, else around on the right."""
    left, right = sorted((owner, user), key=lambda box: box.x)
    start, end = left.x + left.width, right.x
    top, bottom = left.y + left.height / 2, right.y + right.height / 2
    if start <= end:
        middle = (start + end) / 2
        ends = (middle, top, middle, bottom, end, bottom)
    else:
        side = max(start, end + right.width) + BULGE
        ends = (side, top, side, bottom, end + right.width, bottom)
    return f"M{number(start)} {number(top)}C" + " ".join(map(number, ends))

"""A merge whose operands lie on grids of different sizes: the ways to bring one to the size of another."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cnncalc.diagnostic import Edit, Fix, Span
from cnncalc.graph.model import Node
from cnncalc.layers import problems
from cnncalc.shape import Shape
from cnncalc.spec import MergeItem

# Positions that zeros may stand for at most along an axis: more would be another picture.
PADDED = 4


class GridWay(NamedTuple):
    """A branch that takes the place of an operand, and what comes out of it."""

    which: int
    text: str
    shape: Shape


def ways(item: MergeItem, node: Node, nodes: Sequence[Node]) -> tuple[str | None, tuple[Fix, ...]]:
    """Help and fixes of a merge of volumes; nothing where more than two sizes of grids differ."""
    references = [operand.reference for operand in item.operands]
    shapes = [nodes[at].shape for at in node.inputs]
    if item.layer.family != "merge" or len(references) != len(shapes) or node.fit is None:
        return None, ()
    known = [shape for shape in shapes if shape is not None and shape.rank]
    words = [
        str(given.value) if given is not None and given.constant and isinstance(given.value, str) else None
        for given in references
    ]
    if len(known) != len(shapes) or len({shape.rank for shape in known}) != 1:
        return None, ()
    texts, fixes = [], []
    for way in _ways(words, known):
        after = (*known[: way.which], way.shape, *known[way.which + 1 :])
        if any(problems(node.fit.layer, after)):
            continue
        span: Span = item.operands[way.which].span
        texts.append(f"`{way.text}` in place of `{words[way.which]}`")
        fixes.append(Fix(texts[-1].replace("`", ""), (Edit(span, f"[{way.text}]"),)))
    return (f"write {', or '.join(texts)}" if texts else None), tuple(fixes)


def _ways(words: Sequence[str | None], shapes: Sequence[Shape]) -> Iterator[GridWay]:
    """Enlarged to the largest, cut to the smallest, padded to the largest: one operand by itself."""
    pairs = [
        (one, other)
        for one in range(len(shapes))
        for other in range(len(shapes))
        if shapes[one].spatial != shapes[other].spatial and words[one] is not None
    ]
    named = [(one, other) for one, other in pairs if words[other] is not None]
    # Of two that are nearly alike what comes now gives way to what is kept; otherwise the smaller is enlarged.
    named.sort(
        key=lambda pair: (not _near(shapes, pair) or words[pair[0]] != "prev", shapes[pair[0]].positions)
    )
    for one, other in named[:1]:
        resized = shapes[one]._replace(spatial=shapes[other].spatial)
        yield GridWay(one, f"resize_to: [{words[one]}, {words[other]}]", resized)
    for one, other in named:
        sizes = zip(shapes[one].spatial, shapes[other].spatial, strict=True)
        if all(size >= wanted for size, wanted in sizes):
            cut = shapes[one]._replace(spatial=shapes[other].spatial)
            yield GridWay(one, f"crop_to: [{words[one]}, {words[other]}]", cut)
            break
    for one, other in pairs:
        more = [
            wanted - size for size, wanted in zip(shapes[one].spatial, shapes[other].spatial, strict=True)
        ]
        if len(more) == 2 and min(more) >= 0 and max(more) <= PADDED:
            ends = zip(("top", "left"), ("bottom", "right"), more, strict=True)
            sides = [
                f"{name}: {size}"
                for first, last, both in ends
                for name, size in ((first, both // 2), (last, both - both // 2))
                if size
            ]
            text = f"zero_pad: {{padding: {{{', '.join(sides)}}}}}"
            if words[one] != "prev":
                text = f"{{{text}, from: {words[one]}}}"
            yield GridWay(one, text, shapes[one]._replace(spatial=shapes[other].spatial))
            break


def _near(shapes: Sequence[Shape], pair: tuple[int, int]) -> bool:
    one, other = (shapes[which].spatial for which in pair)
    return all(abs(a - b) <= PADDED for a, b in zip(one, other, strict=True))

"""Help for a merge whose operands have different sizes: ways to give them the same size, or number of channels."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cnncalc.diagnostic import Edit, Fix, Span
from cnncalc.graph.node import BoundLayer
from cnncalc.layers import problems
from cnncalc.shape import Shape
from cnncalc.spec import MergeItem, ValueExpr

# The most positions along an axis that padding may add: more would change the image too much.
PADDED = 4


class GridWay(NamedTuple):
    """A branch that can replace an operand, and its output."""

    which: int
    text: str
    shape: Shape


def ways(item: MergeItem, fit: BoundLayer) -> tuple[str | None, tuple[Fix, ...]]:
    """Help and fixes of a merge of volumes; nothing if there are more than two different spatial sizes."""
    references = [operand.reference for operand in item.operands]
    shapes = fit.inputs
    if item.layer.family != "merge" or len(references) != len(shapes) or not all(map(_is_volume, shapes)):
        return None, ()
    words = _words(references)
    if len({shape.rank for shape in shapes}) != 1:
        return None, ()
    texts, fixes = [], []
    for way in _ways(words, shapes):
        after = (*shapes[: way.which], way.shape, *shapes[way.which + 1 :])
        if any(problems(fit.layer, after)):
            continue
        span: Span = item.operands[way.which].span
        texts.append(f"`[{way.text}]` instead of `{words[way.which]}`")
        fixes.append(Fix(texts[-1].replace("`", ""), (Edit(span, f"[{way.text}]"),)))
    return (f"write {', or '.join(texts)}" if texts else None), tuple(fixes)


def _words(references: Sequence[ValueExpr | None]) -> list[str | None]:
    """The names of operands as they are written; None for others."""
    return [
        str(given.value) if given is not None and given.constant and isinstance(given.value, str) else None
        for given in references
    ]


def projection(item: MergeItem, fit: BoundLayer) -> str | None:
    """Help for a merge in which one operand has other channels: a layer that gives it as many as the others have."""
    words, shapes = _words([operand.reference for operand in item.operands]), fit.inputs
    for which in reversed(range(min(len(words), len(shapes)))):
        others = [shape.channels for index, shape in enumerate(shapes) if index != which]
        if words[which] is None or not others or len({shape.spatial for shape in shapes}) != 1:
            continue
        changed = shapes[which]._replace(channels=max(others))
        if any(problems(fit.layer, (*shapes[:which], changed, *shapes[which + 1 :]))):
            continue
        count = changed.channels
        text = f"conv: {{filters: {count}, kernel: 1}}" if changed.rank else f"fc: {count}"
        text = text if words[which] == "prev" else f"{{{text}, from: {words[which]}}}"
        return f"write `[{text}]` instead of `{words[which]}`"
    return None


def _is_volume(shape: Shape) -> bool:
    return shape.rank > 0


def _ways(words: Sequence[str | None], shapes: Sequence[Shape]) -> Iterator[GridWay]:
    """Upsampled to the largest, cropped to the smallest, or padded to the largest: each changes one operand."""
    pairs = [
        (changed, other)
        for changed in range(len(shapes))
        for other in range(len(shapes))
        if shapes[changed].spatial != shapes[other].spatial and words[changed] is not None
    ]
    named = [(changed, other) for changed, other in pairs if words[other] is not None]
    # If the sizes are nearly equal, `prev` is changed and the other one stays; else the smaller one is enlarged.
    named.sort(
        key=lambda pair: (not _near(shapes, pair) or words[pair[0]] != "prev", shapes[pair[0]].positions)
    )
    for changed, other in named[:1]:
        resized = shapes[changed]._replace(spatial=shapes[other].spatial)
        yield GridWay(changed, f"resize_to: [{words[changed]}, {words[other]}]", resized)
    for changed, other in named:
        sizes = zip(shapes[changed].spatial, shapes[other].spatial, strict=True)
        if all(size >= wanted for size, wanted in sizes):
            cut = shapes[changed]._replace(spatial=shapes[other].spatial)
            yield GridWay(changed, f"crop_to: [{words[changed]}, {words[other]}]", cut)
            break
    for changed, other in pairs:
        more = [
            wanted - size for size, wanted in zip(shapes[changed].spatial, shapes[other].spatial, strict=True)
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
            if words[changed] != "prev":
                text = f"{{{text}, from: {words[changed]}}}"
            yield GridWay(changed, text, shapes[changed]._replace(spatial=shapes[other].spatial))
            break


def _near(shapes: Sequence[Shape], pair: tuple[int, int]) -> bool:
    first, second = (shapes[which].spatial for which in pair)
    return all(abs(size - other) <= PADDED for size, other in zip(first, second, strict=True))

"""Boxes of both networks: a coloured band with the sign of the change, the name, and what changed."""

from collections.abc import Iterator, Mapping, Sequence

from cnncalc.drawing.changes._style import CLASSES
from cnncalc.drawing.changes._words import SIGNS, BoxWords
from cnncalc.drawing.layout import Extent
from cnncalc.drawing.scene import Box
from cnncalc.drawing.svg import element, shortened, text, text_width, title
from cnncalc.figure_words import from_to

WIDTH, BAND = 312.0, 22.0
# The height of a line, and of a box without one.
LINE, LEAST = 15.0, 28.0
EDGE = 10.0


def box_extent(words: BoxWords) -> Extent:
    """The size of a box with its lines."""
    return Extent(WIDTH / 2, WIDTH / 2, LEAST + LINE * (len(words.lines) + len(words.figures)))


def box(box: Box, words: BoxWords, last: BoxWords, errors: Sequence[str]) -> str:
    """A box; `last` are the words of the last one of its run. `errors` are of its layers: its border is red then."""
    times, scope = box.part.times, box.block.scope
    name = words.name(scope) if times == 1 else from_to(words.name(scope), last.name(scope))
    repeated = f" ×{times}" if times > 1 else ""
    each = ["each:"] if times > 1 else []
    class_ = CLASSES[words.kind]
    behind = [_rectangle(box, class_, 4.0 * step) for step in range(min(2, times - 1), 0, -1)]
    parts = [title(words.name() + repeated, *each, *words.about, *errors), *behind, _rectangle(box, class_)]
    if words.kind != "same":
        parts += _band(box, words.kind)
    if errors:
        parts.append(_rectangle(box, "wr"))
    return element("g", *parts, *_texts(box, name, repeated, words))


def _band(box: Box, kind: str) -> Iterator[str]:
    yield element("rect", class_=f"b{CLASSES[kind]}", x=box.x, y=box.y, width=BAND, height=box.height, rx=4.0)
    yield text(box.x + BAND / 2, box.y + min(box.height / 2 + 6, 34), SIGNS[kind], "ss", "middle")


def _texts(box: Box, name: str, repeated: str, words: BoxWords) -> Iterator[str]:
    x, end = box.x + BAND + 8, box.x + box.width - EDGE
    shape = shortened(words.shape, box.width * 0.55, 11)
    room = end - x - text_width(shape, 11) - 8 - text_width(repeated, 12, bold=True)
    quiet = words.kind == "same"
    yield text(x, box.y + 18, shortened(name, room, 12, bold=not quiet) + repeated, "q" if quiet else "t")
    yield text(end, box.y + 18, shape, "q" if quiet else "", "end")
    for number, line in enumerate((*words.lines, *words.figures), 1):
        yield text(
            x, box.y + 18 + LINE * number, shortened(line, end - x, 11), "q" if quiet or number == 1 else ""
        )


def frame(box: Box, figures: str, about: Sequence[str], errors: Sequence[str]) -> str:
    """The frame around the parts of a block with changes; `figures` are its sums."""
    first, last = box.part, box.part.run[-1]
    times = box.part.times
    name = first.name if times == 1 else f"{from_to(first.name, last.name)} ×{times}"
    block = f" {first.use.item.block}" if first.use is not None else ""
    heading = shortened(f"~ {name}", box.width - 2 * EDGE, 12, bold=True)
    rest = box.width - 2 * EDGE - text_width(heading, 12, bold=True) - 12
    words = " · ".join(filter(None, (block.strip(), figures + (" each" if times > 1 and figures else ""))))
    behind = range(min(2, times - 1), 0, -1)
    return element(
        "g",
        title(f"{name}{block}", *about, *errors),
        *(_rectangle(box, "fm", 4.0 * step, 8.0) for step in behind),
        _rectangle(box, "f", radius=8.0),
        _rectangle(box, "wr" if errors else "fm", radius=8.0),
        text(box.x + EDGE, box.y + 17, heading, "t tcc"),
        text(box.x + box.width - EDGE, box.y + 17, words if text_width(words, 11) <= rest else "", "", "end"),
    )


def port(box: Box, words: str, shape: str, kind: str) -> str:
    """Where a tensor enters a block, or leaves it: a dot, or a pill with its shape."""
    about = title(f"{words} {shape}")
    if box.width < 20:
        return element("g", about, element("circle", class_="d", cx=box.x + 5, cy=box.y + 5, r=3.0))
    sign = f"{SIGNS[kind]} " if kind != "same" else ""
    label = shortened(f"{sign}{words} {shape}", box.width - 12, 11)
    return element(
        "g",
        about,
        _rectangle(box, CLASSES[kind] if kind != "same" else "b", radius=11.0),
        text(box.x + box.width / 2, box.y + 15, label, "q", "middle"),
    )


def _rectangle(box: Box, class_: str, aside: float = 0.0, radius: float = 4.0) -> str:
    return element(
        "rect", class_=class_, x=box.x + aside, y=box.y + aside, width=box.width, height=box.height, rx=radius
    )


def used(words: Mapping[int, BoxWords]) -> list[str]:
    """The kinds of change that boxes have, in the order of the legend."""
    kinds = {each.kind for each in words.values()}
    return [kind for kind in SIGNS if kind in kinds]

"""Volumes as boxes, as slides draw AlexNet and VGG: height and depth are the size, the width is the channels."""

from collections.abc import Iterator
from math import log2

from cnncalc.analysis import Analysis
from cnncalc.drawing.graph import hue
from cnncalc.drawing.options import DrawingOptions
from cnncalc.drawing.parts import DrawnPart, DrawnRow, nodes_of, rows, tree, trunk
from cnncalc.drawing.parts.figures import PartFigures, figures_of, reshapes
from cnncalc.drawing.svg import document, element, number, shortened, text, text_width, title
from cnncalc.drawing.words import details, headline, labels, layer_label, row_name, volume
from cnncalc.record import NamedTuple
from cnncalc.shape import Shape

# As many volumes as are seen at once, where no depth is given; and the width after which they go on below.
READABLE, PAGE = 30, 1120.0
# Pixels of one position or channel, and of each doubling.
LEAST, DOUBLING_OF_SIZE, DOUBLING_OF_CHANNELS = 7.0, 17.0, 5.0
# What the depth is shortened by, and how far it leads up and to the right.
DEPTH, ACROSS = 0.42, 0.8
BESIDE, TEXT, HEAD, BELOW = 18.0, 120.0, 74.0, 60.0


class _Cuboid(NamedTuple):
    """One volume: the sizes of its front, how far back it goes, and the width with its text."""

    row: DrawnRow
    figures: PartFigures
    width: float
    height: float
    back: float
    room: float


def draw(analysis: Analysis, options: DrawingOptions) -> str:
    """The volumes of the trunk from left to right, and on in the next line. All sizes are on a logarithmic scale."""
    graph = analysis.graph
    every = rows(tree(analysis, every=options.every), options.depth, READABLE)
    longest = trunk(graph, every)
    # A layer that only flattens has no volume: the one before it has.
    path = [row for row in longest if not _flattens(analysis, row)]
    lines: list[list[_Cuboid]] = [[]]
    x = 0.0
    for row in path:
        cuboid = _cuboid(row, figures_of(analysis, row.uses))
        if x + cuboid.room > PAGE and lines[-1]:
            lines.append([])
            x = 0.0
        lines[-1].append(cuboid)
        x += cuboid.room + BESIDE
    name, about = graph.title, headline(analysis)
    scale = "height and depth: size; width: channels; both on a logarithmic scale"
    if len(longest) < len(every):
        scale += f"; the longest path: {len(longest)} of {len(every)} layers and blocks"
    body = [text(0, 16, name, "h"), text(0, 36, about, "q"), text(0, 53, scale, "q")]
    top = HEAD
    for line in lines:
        tall = max((cuboid.height + cuboid.back for cuboid in line), default=0.0)
        body += _line(analysis, line, top + tall)
        top += tall + BELOW + 16
    widths = [sum(cuboid.room + BESIDE for cuboid in line) for line in lines]
    width = max(*widths, text_width(about, 11), text_width(scale, 11))
    return document(name, f"{about}. {scale}", width, top, body, in_page=options.in_page)


def _flattens(analysis: Analysis, row: DrawnRow) -> bool:
    nodes = [node for part in row.uses for node in part.nodes]
    return bool(nodes) and all(
        reshapes(analysis, node) and node.shape is not None and not node.shape.rank for node in nodes
    )


def _cuboid(row: DrawnRow, figures: PartFigures) -> _Cuboid:
    shape = figures.shape
    width = LEAST if shape is None else LEAST + DOUBLING_OF_CHANNELS * log2(shape.channels)
    height, back = _sides(shape)
    return _Cuboid(row, figures, width, height, back, max(width + back * ACROSS, TEXT))


def _sides(shape: Shape | None) -> tuple[float, float]:
    """The height of the front, and how far back it goes: the last two axes; a sequence has only a height."""
    if shape is None or not shape.rank:
        return LEAST, LEAST * DEPTH
    high, wide = (*shape.spatial, 1)[:2] if shape.rank == 1 else shape.spatial[-2:]
    return LEAST + DOUBLING_OF_SIZE * log2(high), (LEAST + DOUBLING_OF_SIZE * log2(wide)) * DEPTH


def _line(analysis: Analysis, line: list[_Cuboid], bottom: float) -> Iterator[str]:
    x = 0.0
    for position, cuboid in enumerate(line):
        left = x + (cuboid.room - cuboid.width - cuboid.back * ACROSS) / 2
        if position:
            y = bottom - LEAST / 2
            before = line[position - 1]
            start = x - BESIDE - (before.room - before.width - before.back * ACROSS) / 2
            start -= before.back * ACROSS - 4
            yield element(
                "path",
                class_="e w1",
                d=f"M{number(start)} {number(y)}H{number(left - 10)}",
                marker_end="url(#a)",
            )
        yield _drawn(analysis, cuboid, left, bottom, x + cuboid.room / 2)
        x += cuboid.room + BESIDE


def _drawn(analysis: Analysis, cuboid: _Cuboid, x: float, bottom: float, middle: float) -> str:
    """Front, top and side of a box, and below it the layer and its volume."""
    part = cuboid.row.part
    colour = "cu" if cuboid.figures.shape is None else _colour(analysis, part)
    width, height, back, across = cuboid.width, cuboid.height, cuboid.back, cuboid.back * ACROSS
    top, right = bottom - height, x + width
    upper = (
        f"M{number(x)} {number(top)}l{number(across)} {number(-back)}h{number(width)}"
        f"l{number(-across)} {number(back)}z"
    )
    side = (
        f"M{number(right)} {number(top)}l{number(across)} {number(-back)}v{number(height)}"
        f"l{number(-across)} {number(back)}z"
    )
    label = shortened(layer_label(part.nodes[0]) if part.is_layer else labels(part), cuboid.room, 11)
    return element(
        "g",
        title(*details(analysis, cuboid.row.uses, cuboid.figures)),
        element("path", class_=colour, d=upper, fill_opacity="0.45"),
        element("path", class_=colour, d=side, fill_opacity="0.8"),
        element("rect", class_=colour, x=x, y=top, width=width, height=height, fill_opacity="0.62"),
        text(middle, bottom + 17, shortened(row_name(cuboid.row), cuboid.room, 12, bold=True), "t", "middle"),
        text(middle, bottom + 31, label, "q", "middle"),
        text(middle, bottom + 45, shortened(volume(cuboid.figures.shape), cuboid.room, 11), "", "middle"),
    )


def _colour(analysis: Analysis, part: DrawnPart) -> str:
    """The colour of a layer's family; of a block, of the layer in it that multiplies most."""
    if part.is_layer:
        return hue(part.nodes[0])
    macs = [(done.macs if (done := analysis.work[node.index]) else 0, node) for node in nodes_of((part,))]
    return hue(max(macs, key=lambda pair: pair[0])[1])

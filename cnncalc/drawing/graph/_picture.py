"""The whole drawing of a graph."""

from collections.abc import Iterator, Mapping, Sequence

from cnncalc.analysis import Analysis
from cnncalc.drawing.faults import DrawnFaults
from cnncalc.drawing.graph._boxes import BoxWriter
from cnncalc.drawing.graph._edges import EdgeWriter
from cnncalc.drawing.graph._legend import HEAD_WITH_LEGEND, MARKS, families, head, marks, ramp
from cnncalc.drawing.graph._links import links
from cnncalc.drawing.graph._shades import shaded_value
from cnncalc.drawing.parts import TwinBlocks, tree
from cnncalc.drawing.parts.figures import figures_of, is_unknown
from cnncalc.drawing.scene import Box, Panel, Scene, scene
from cnncalc.drawing.svg import ShadeScale, document, element, scale_of, shortened, text, text_width, title
from cnncalc.drawing.words import details, headline, labels, part_name


def picture(
    analysis: Analysis,
    *,
    depth: int = 0,
    every: bool = False,
    shade: str | None = None,
    nbytes: Mapping[int, int] | None = None,
    about_bytes: str = "",
    in_page: bool = False,
) -> str:
    """An SVG of the network with `depth` levels of blocks unfolded; `every` draws each layer by itself.

    Boxes are shaded by the figure `shade` (a key of `SHADES`); `nbytes` are the bytes of each node for `memory`, and
    `about_bytes` says of which run. With `in_page` boxes have the names of layers that they stand for. Raises
    `cnncalc.drawing.TooManyBoxes`.
    """
    root = tree(analysis, every=every)
    places = scene(analysis, root, depth)
    writing = _Writing(analysis, places, shade, nbytes, TwinBlocks(root) if in_page else None)
    name, about = analysis.graph.title, headline(analysis)
    width = max(places.width, text_width(name, 17, bold=True), text_width(about, 11), 420.0)
    body = [*head(name, about), *writing.legend(about_bytes)]
    top = HEAD_WITH_LEGEND
    if explained := list(marks(top - 2, red=writing.red, unknown=writing.unknown)):
        body += explained
        top += MARKS
    body += [f'<g transform="translate(0 {top:g})">', *writing.body(), "</g>"]
    return document(name, about, width, places.height + top, body, in_page=in_page)


class _Writing:
    """The picture of a scene. Figures of a part are added up once."""

    def __init__(
        self,
        analysis: Analysis,
        places: Scene,
        shade: str | None,
        nbytes: Mapping[int, int] | None,
        twins: TwinBlocks | None,
    ) -> None:
        self._twins = twins
        self._in_panel = {id(panel.uses[0]) for panel in places.panels}
        self._analysis, self._scene, self._shade = analysis, places, shade
        graph = analysis.graph
        faults = DrawnFaults(graph)
        self.red = bool(faults.messages)
        self._boxes, self._edges = BoxWriter(graph, faults), EdgeWriter(graph, faults, places.edges)
        drawn = [box for box in places.boxes if box.kind not in ("entry", "exit")]
        self._figures = {id(box.part): figures_of(analysis, box.part.run) for box in drawn}
        # Whether a box has a `?`.
        self.unknown = any(map(is_unknown, self._figures.values()))
        self._values: dict[int, float | None] = {}
        self._scale: ShadeScale | None = None
        if shade is not None:
            shaded = [box.part for box in drawn if box.kind != "frame"]
            self._values = {
                id(part): shaded_value(shade, part, self._figures[id(part)], nbytes) for part in shaded
            }
            self._scale = scale_of(self._values.values())

    def legend(self, about_bytes: str) -> Iterator[str]:
        y = HEAD_WITH_LEGEND - 20
        if self._shade is None:
            return families((box.part for box in self._scene.boxes if box.kind == "layer"), y)
        unknown = None in self._values.values()
        about = about_bytes if self._shade == "memory" else ""
        return ramp(self._shade, self._scale, y, unknown=unknown, about=about)

    def body(self) -> Iterator[str]:
        """Frames below edges below boxes, so that nothing covers a text."""
        boxes = self._scene.boxes
        yield from map(self._panel, self._scene.panels)
        yield from (self._box(box) for box in boxes if box.kind == "frame")
        yield from map(self._edges.edge, self._scene.edges)
        yield from links(self._analysis.graph, boxes)
        yield from (self._box(box) for box in boxes if box.kind != "frame")

    def _box(self, box: Box) -> str:
        if box.kind in ("entry", "exit"):
            outer = not box.block.name
            words = "output" if outer else "in" if box.kind == "entry" else "out"
            return self._boxes.port(box, words, dot=box.width < 20)
        figures = self._figures[id(box.part)]
        single = figures_of(self._analysis, (box.part,)) if box.part.times > 1 else figures
        about = details(self._analysis, box.part.run, figures)
        if box.kind == "frame":
            return self._boxes.frame(box, figures, single, about, self._names(box))
        shade = ""
        if self._shade is not None:
            value = self._values[id(box.part)]
            shade = self._scale.shade(value) if self._scale is not None else "cz" if value == 0 else "cu"
        return self._boxes.box(box, figures, single, about, shade, self._names(box))

    def _names(self, box: Box) -> str:
        """The layers and blocks that a box stands for, where a page asks for them."""
        if self._twins is None:
            return ""
        in_panel = id(box.block) in self._in_panel
        return " ".join(self._twins.names(box.part, box.block, in_panel=in_panel))

    def _panel(self, panel: Panel) -> str:
        first = panel.uses[0]
        x, y = panel.x + 12, panel.y
        badge = text_width(panel.letter, 12, bold=True) + 10
        block = shortened(labels(first), panel.width - badge - 32, 12, bold=True)
        about = f"{panel.in_all} uses: " if panel.in_all > 1 else ""
        uses = _listed([part_name(use) for use in panel.uses], about, panel.width - 24)
        room = panel.width - badge - text_width(block, 12, bold=True) - 40
        figures = ""
        if panel.in_all > 1:
            figures = f"figures of {first.name}"
            figures = figures if text_width(figures, 11) <= room else "figures of the first"
        return element(
            "g",
            title(*(part_name(use) for use in panel.uses)),
            element("rect", class_="f", x=panel.x, y=y, width=panel.width, height=panel.height, rx=8.0),
            element("rect", class_="k", x=x, y=y + 6, width=badge, height=17.0, rx=4.0),
            text(x + badge / 2, y + 19, panel.letter, "t", "middle"),
            text(x + badge + 8, y + 19, block, "t"),
            text(x, y + 34, uses, "q"),
            text(panel.x + panel.width - 12, y + 19, figures, "q", "end"),
        )


def _listed(names: Sequence[str], about: str, room: float) -> str:
    """The names of the uses of a block, as many as there is room for."""
    for kept in range(len(names), 0, -1):
        words = about + ", ".join(names[:kept]) + (", ..." if kept < len(names) else "")
        if text_width(words, 11) <= room:
            return words
    return shortened(about + names[0], room, 11)

"""Drawings of a network as SVG, from the figures that are known: graphs, volumes, fields, bars, memory over time.

One kind of drawing is one file in `kinds`, with a function `draw`.
"""

from typing import TYPE_CHECKING

from cnncalc import plugins

if TYPE_CHECKING:
    from cnncalc.analysis import Analysis
    from cnncalc.drawing.html_page import page as page
    from cnncalc.drawing.in_foreign_page import embedded as embedded
    from cnncalc.drawing.options import DrawingOptions as DrawingOptions
    from cnncalc.drawing.parts import TooManyBoxes as TooManyBoxes
    from cnncalc.drawing.svg import shared_shapes as shared_shapes
    from cnncalc.drawing.svg import shared_style as shared_style

_KINDS = "cnncalc.drawing.kinds"
# The public names of this package, with their modules.
_EXPORTS = {
    "DrawingOptions": "options",
    "TooManyBoxes": "parts",
    "embedded": "in_foreign_page",
    "page": "html_page",
    "shared_shapes": "svg",
    "shared_style": "svg",
}
__all__ = [
    "DrawingOptions",
    "TooManyBoxes",
    "draw",
    "embedded",
    "kind_names",
    "page",
    "shared_shapes",
    "shared_style",
]


def kind_names() -> tuple[str, ...]:
    """The kinds of drawings, sorted. (Loads none of them.)"""
    return plugins.names(_KINDS)


def draw(kind: str, analysis: "Analysis", options: "DrawingOptions") -> str:
    """A drawing of a kind, as the text of an SVG file.

    Equal arguments give equal text. Raises `TooManyBoxes` if it would have too many, and `ModuleNotFoundError` for an
    unknown kind.
    """
    text: str = plugins.load(_KINDS, kind).draw(analysis, options)
    return text


if not TYPE_CHECKING:
    # Hidden from type checkers, which would accept any name.
    def __getattr__(name):
        return plugins.offered(__name__, _EXPORTS, name)

"""Writing SVG: elements and text that holds no markup, colours for light and dark, and how wide a text is."""

from cnncalc.drawing.svg._document import document, shared_shapes, shared_style
from cnncalc.drawing.svg._markup import element, number, plain, text, title
from cnncalc.drawing.svg._ramp import RAMP, ShadeScale, scale_of
from cnncalc.drawing.svg._style import HUES, Themes
from cnncalc.drawing.svg._text_width import shortened, text_width

__all__ = [
    "HUES",
    "RAMP",
    "ShadeScale",
    "Themes",
    "document",
    "element",
    "number",
    "plain",
    "scale_of",
    "shared_shapes",
    "shared_style",
    "shortened",
    "text",
    "text_width",
    "title",
]

"""The whole picture: its size, its title, its style sheet, and what is in it."""

from collections.abc import Iterable

from cnncalc.drawing.svg._markup import element, number, plain
from cnncalc.drawing.svg._style import style

MARGIN = 24.0
# The heads of arrows, and the hatching of what is unknown.
_DEFS = (
    '<marker id="a" viewBox="0 0 8 10" refX="0" refY="5" markerWidth="8" markerHeight="10" orient="auto"'
    ' markerUnits="userSpaceOnUse"><path class="a" d="M0 0L8 5L0 10z"/></marker>'
    '<marker id="r" viewBox="0 0 8 10" refX="0" refY="5" markerWidth="8" markerHeight="10" orient="auto"'
    ' markerUnits="userSpaceOnUse"><path class="ax" d="M0 0L8 5L0 10z"/></marker>'
    '<pattern id="u" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="b" width="6" height="6" stroke="none"/><path class="e w2" d="M0 0V6"/></pattern>'
)


def document(name: str, about: str, width: float, height: float, body: Iterable[str]) -> str:
    """An SVG file of a size with `name` as its title and `about` as its description; a margin is added around it."""
    size = (width + 2 * MARGIN, height + 2 * MARGIN)
    wide, tall = map(number, size)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {tall}" width="{wide}" height="{tall}"'
        ' role="img" aria-labelledby="title about">'
    )
    return "\n".join(
        (
            head,
            f'<title id="title">{plain(name)}</title>',
            f'<desc id="about">{plain(about)}</desc>',
            element("style", style()),
            element("defs", _DEFS),
            element("rect", class_="p", width="100%", height="100%"),
            f'<g transform="translate({number(MARGIN)} {number(MARGIN)})">',
            *body,
            "</g>",
            "</svg>\n",
        )
    )

"""The whole picture: its size, its title, its style sheet, and what is in it."""

from collections.abc import Iterable

from cnncalc.drawing.svg._markup import element, number, plain
from cnncalc.drawing.svg._style import Themes, style

MARGIN = 24.0
# The heads of arrows, and the hatching of what is unknown. (In a page their ids have a colon, as no name of a layer.)
_DEFS = (
    '<marker id="a" viewBox="0 0 8 10" refX="0" refY="5" markerWidth="8" markerHeight="10" orient="auto"'
    ' markerUnits="userSpaceOnUse"><path class="a" d="M0 0L8 5L0 10z"/></marker>'
    '<marker id="r" viewBox="0 0 8 10" refX="0" refY="5" markerWidth="8" markerHeight="10" orient="auto"'
    ' markerUnits="userSpaceOnUse"><path class="ax" d="M0 0L8 5L0 10z"/></marker>'
    '<pattern id="u" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect class="b" width="6" height="6" stroke="none"/><path class="e w2" d="M0 0V6"/></pattern>'
)


def document(
    name: str,
    about: str,
    width: float,
    height: float,
    body: Iterable[str],
    *,
    in_page: bool = False,
    themes: Themes = (),
) -> str:
    """An SVG file of a size with `name` as its title and `about` as its description; a margin is added around it.

    With `in_page` it is an element for a page that has what drawings share. `themes` are more colours than every
    drawing has.
    """
    size = (width + 2 * MARGIN, height + 2 * MARGIN)
    wide, tall = map(number, size)
    if in_page:
        return _element_of_page(name, about, wide, tall, body)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {tall}" width="{wide}" height="{tall}"'
        ' role="img" aria-labelledby="title about">'
    )
    return "\n".join(
        (
            head,
            f'<title id="title">{plain(name)}</title>',
            f'<desc id="about">{plain(about)}</desc>',
            element("style", style(themes)),
            element("defs", _DEFS),
            element("rect", class_="p", width="100%", height="100%"),
            f'<g transform="translate({number(MARGIN)} {number(MARGIN)})">',
            *body,
            "</g>",
            "</svg>\n",
        )
    )


def shared_style() -> str:
    """The style sheet of all drawings of a page."""
    return style().replace("url(#", "url(#:")


def shared_shapes() -> str:
    """An element without a size for the body of a page, with the arrows and the hatching of all its drawings."""
    defs = _DEFS
    for id in "aru":
        defs = defs.replace(f'id="{id}"', f'id=":{id}"')
    return f'<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs>{defs}</defs></svg>'


def _element_of_page(name: str, about: str, wide: str, tall: str, body: Iterable[str]) -> str:
    head = (
        f'<svg viewBox="0 0 {wide} {tall}" width="{wide}" height="{tall}" role="img"'
        f' aria-label="{plain(name)}: {plain(about)}">'
    )
    # Texts have no quotation marks of their own: only an attribute is found.
    inside = "\n".join(body).replace('marker-end="url(#', 'marker-end="url(#:')
    return f'{head}<g transform="translate({number(MARGIN)} {number(MARGIN)})">{inside}</g></svg>\n'

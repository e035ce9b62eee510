"""Receptive fields: nested squares on the input, and along one axis how far the next field is away."""

from cnncalc.analysis import Analysis
from cnncalc.drawing.fields import FieldPicture, SeenField, chosen, seen
from cnncalc.drawing.options import DrawingOptions
from cnncalc.drawing.svg import HUES, document, text, text_width
from cnncalc.drawing.words import headline, volume

HEAD, RULER = 66.0, 30.0
COLOURS = tuple(name for name in HUES if name != "gray")


def draw(analysis: Analysis, options: DrawingOptions) -> str:
    """The fields of the middle position of some layers: the named ones, or of the trunk some with other fields."""
    nodes = options.layers or chosen(analysis, options)
    shown: list[SeenField] = []
    for node in nodes:
        field = seen(analysis, node, COLOURS[len(shown) % len(COLOURS)])
        # Of several inputs, those of the first layer.
        if field is not None and (not shown or field.image == shown[0].image):
            shown.append(field)
    name, about = analysis.graph.title, headline(analysis)
    left_out = [node.name for node in nodes if not any(field.node is node for field in shown)]
    picture = FieldPicture(shown, named=options.in_page) if shown else None
    note = _note(picture, left_out)
    body = [text(0, 16, name, "h"), text(0, 36, about, "q"), text(0, 54, note, "q")]
    bottom, width = HEAD, max(text_width(note, 11), text_width(about, 11))
    if picture is not None:
        inputs = ", ".join(volume(node.shape) for node in analysis.graph.inputs)
        squares, bottom = picture.squares(HEAD, f"input {inputs}")
        body += [*squares, *picture.rulers(bottom)]
        bottom += RULER * len(shown)
        width = max(width, picture.width + 18 + max(text_width(field.words, 11) for field in shown))
    return document(name, f"{about}. {note}", width, bottom, body, in_page=options.in_page)


def _note(picture: FieldPicture | None, left_out: list[str]) -> str:
    if picture is None:
        return "no layer has a field on positions of the input"
    note = (
        "squares: what the middle position of a layer sees; below: that position, and the next one beside it; "
        "wide and apart: in pixels of the input"
    )
    if picture.cut:
        note += "; cut where they reach far into the padding"
    return f"{note}; unknown, or without positions: {', '.join(left_out)}" if left_out else note

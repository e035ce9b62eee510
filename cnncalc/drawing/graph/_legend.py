"""The head of a picture, and what its colours mean."""

from collections.abc import Iterable, Iterator

from cnncalc.drawing.graph._shades import FAMILIES, shade_words
from cnncalc.drawing.parts import DrawnPart
from cnncalc.drawing.shades import SHADES
from cnncalc.drawing.svg import RAMP, ShadeScale, element, text, text_width
from cnncalc.render.figures import UNKNOWN

SWATCH = 11.0
# The height of the head without a legend, and with one.
HEAD, HEAD_WITH_LEGEND = 52.0, 78.0
# What a line about faults adds to it.
MARKS = 18.0


def head(name: str, about: str) -> Iterator[str]:
    """The name of the network and its totals."""
    yield text(0, 16, name, "h")
    yield text(0, 36, about, "q")


def families(parts: Iterable[DrawnPart], y: float) -> Iterator[str]:
    """A swatch for each family of layers that is drawn, and what the width of lines means."""
    drawn: dict[str, None] = {}
    for part in parts:
        layer = part.nodes[0].fit.layer if part.is_layer and part.nodes[0].fit is not None else None
        if layer is not None:
            drawn[layer.family if layer.family in FAMILIES else "other"] = None
    x = 0.0
    order = [*FAMILIES, "other"]
    for family in sorted(drawn, key=order.index):
        yield element(
            "rect", class_=FAMILIES.get(family, "gray"), x=x, y=y - 9, width=SWATCH, height=SWATCH, rx=2.0
        )
        yield text(x + SWATCH + 5, y, family, "q")
        x += SWATCH + 5 + text_width(family, 11) + 14


def marks(y: float, *, red: bool, unknown: bool) -> Iterator[str]:
    """What red and `?` mean, each where it occurs."""
    x = 0.0
    if red:
        words = "red: does not fit, or has an error"
        yield element("rect", class_="b x", x=x + 1, y=y - 9, width=SWATCH, height=SWATCH, rx=2.0)
        yield text(x + SWATCH + 7, y, words, "q")
        x += SWATCH + 7 + text_width(words, 11) + 14
    if unknown:
        yield text(x, y, f"{UNKNOWN}: not known", "q")


def ramp(shade: str, scale: ShadeScale | None, y: float, *, unknown: bool, about: str = "") -> Iterator[str]:
    """The steps of the shades between the least and the largest figure."""
    words = f"{SHADES[shade]}{about}:"
    yield text(0, y, words if scale is not None else f"{words} none is known", "q")
    if scale is None:
        return
    x = text_width(words, 11) + 8
    least = ("at most " if scale.cut else "") + shade_words(shade, scale.least)
    yield text(x, y, least, "q")
    x += text_width(least, 11) + 6
    # A group of their own: the colour of a text follows from the shade before it.
    yield element(
        "g",
        *(
            element("rect", class_=f"c{step}", x=x + 16 * step, y=y - 10, width=16.0, height=12.0)
            for step in range(len(RAMP))
        ),
    )
    x += 16 * len(RAMP) + 6
    most = shade_words(shade, scale.most)
    yield text(x, y, most, "q")
    if unknown:
        x += text_width(most, 11) + 24
        yield element("g", element("rect", class_="cu", x=x, y=y - 10, width=16.0, height=12.0))
        yield text(x + 22, y, "unknown", "q")

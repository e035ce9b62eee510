"""Fields as rectangles on the input, and as rulers along its last axis, to one scale."""

from collections.abc import Iterator, Sequence

from cnncalc.drawing.fields._seen import SeenField
from cnncalc.drawing.svg import element, text, title

SIDE, RULER, LABEL = 440.0, 30.0, 14.0
# A field may reach into the padding: this part of the side is drawn of it.
BEYOND = 0.12


class FieldPicture:
    """Fields on one input: the longest side of the input is `SIDE` pixels, and beyond it a margin for padding.

    With `named` each has the name of its layer, for a page.
    """

    def __init__(self, shown: Sequence[SeenField], *, named: bool = False) -> None:
        self._named = named
        self._shown = shown
        self._image = shown[0].image
        self._scale = SIDE / max(self._image[-2:])
        ends = [(span, size) for field in shown for span, size in zip(field.spans, self._image, strict=True)]
        beyond = max(max(-first, last + 1 - size) for (first, last), size in ends)
        self._margin = min(SIDE * BEYOND, max(0, beyond) * self._scale)
        # Whether some field reaches further than the margin.
        self.cut = beyond * self._scale > SIDE * BEYOND
        self.width = self._image[-1] * self._scale + 2 * self._margin

    def squares(self, y: float, words: str) -> tuple[list[str], float]:
        """The input with a rectangle for each field, the largest below, and the y under it. None of a sequence."""
        if len(self._image) < 2:
            return [], y
        left, top = self._margin, y + self._margin + LABEL
        high, wide = (size * self._scale for size in self._image[-2:])
        size = {"x": left, "y": top, "width": wide, "height": high}
        drawn = [element("rect", title(words), class_="b", **size)]
        for field in sorted(self._shown, key=lambda field: field.spans[-1][0] - field.spans[-1][1]):
            across, down = self._clipped(field.spans[-1], wide), self._clipped(field.spans[-2], high)
            place = {"x": left + across[0], "y": top + down[0], "width": across[1] - across[0]}
            place["height"] = down[1] - down[0]
            lines = (field.words, f"rows {_pixels(field.spans[-2])}, columns {_pixels(field.spans[-1])}")
            fill = element("rect", class_=field.colour, fill_opacity="0.16", **place)
            line = element("rect", class_=f"e v{field.colour}", stroke_width="2", **place)
            drawn.append(element("g", title(*lines), fill, line, data_of=self._name(field)))
        # Its border again: fields that reach into the padding cover it.
        drawn.append(element("rect", class_="e w2 n", **size))
        drawn.append(text(left, y + LABEL - 5, words, "q s"))
        return drawn, top + high + self._margin + 8

    def rulers(self, y: float) -> Iterator[str]:
        """For each layer the field of the middle position along the last axis, and below it that of the next one."""
        for number, field in enumerate(self._shown):
            ruler = self._ruler(field, y + RULER * number + 8)
            if self._named:
                yield element("g", *ruler, data_of=self._name(field))
            else:
                yield from ruler

    def _ruler(self, field: SeenField, top: float) -> Iterator[str]:
        wide = self._image[-1] * self._scale
        yield element("path", class_="g", d=f"M{self._margin:g} {top + 6:g}h{wide:g}")
        for place, span, opacity in ((top, field.spans[-1], "1"), (top + 7, field.next_span, "0.5")):
            if span is None:
                continue
            start, end = self._clipped(span, wide)
            yield element(
                "rect",
                title(field.words, f"pixels {_pixels(span)}"),
                class_=field.colour,
                x=self._margin + start,
                y=place,
                width=max(1.5, end - start),
                height=6.0,
                fill_opacity=opacity,
            )
        yield text(self.width + 18, top + 10, field.words, "")

    def _name(self, field: SeenField) -> str:
        return field.node.name if self._named else ""

    def _clipped(self, span: tuple[int, int], side: float) -> tuple[float, float]:
        """Both ends in pixels of the picture, from the edge of the input on; of the padding what is in the margin."""
        start = max(-self._margin, span[0] * self._scale)
        return start, max(start, min(side + self._margin, (span[1] + 1) * self._scale))


def _pixels(span: tuple[int, int]) -> str:
    return f"{span[0]} to {span[1]}"

"""The head of the drawing: both networks, their figures, what changed in a sentence, and the legend."""

from collections.abc import Iterable, Iterator, Sequence

from cnncalc.comparison import Comparison
from cnncalc.drawing.changes._style import CLASSES, EDGES
from cnncalc.drawing.changes._words import SIGNS, arrow
from cnncalc.drawing.svg import element, number, shortened, text, text_width
from cnncalc.render import comparison_words as words

ROW, GAP = 16.0, 22.0
LONGEST_NAME = 620.0
MEANINGS = {
    "added": "added",
    "removed": "removed",
    "changed": "changed",
    "renamed": "another name",
    "same": "unchanged, folded",
}


def heading(comparison: Comparison) -> str:
    """Both networks."""
    return " → ".join(words.titles(comparison))


class ChangeHead:
    """The lines above the drawing; `height` is what they take."""

    def __init__(
        self,
        comparison: Comparison,
        notes: Sequence[str],
        kinds: Sequence[str],
        edges: Iterable[str],
        *,
        red: bool,
    ) -> None:
        self._body: list[str] = []
        self.height, self.width = 16.0, 0.0
        self._line(heading(comparison), 17, "h", bold=True)
        self.height += 6
        self._totals(comparison)
        self.height += 8
        self._line(words.summary(comparison), 12, "t", bold=True)
        for note in notes:
            self._line(note, 11, "q")
        self.height += 8
        self._legend(kinds, list(edges), red=red)

    def body(self) -> Iterator[str]:
        yield from self._body

    def _line(self, line: str, size: float, class_: str, *, bold: bool = False) -> None:
        line = shortened(line, LONGEST_NAME * 1.4, size, bold=bold)
        self._body.append(text(0, self.height, line, class_))
        self.width = max(self.width, text_width(line, size, bold=bold))
        self.height += ROW

    def _totals(self, comparison: Comparison) -> None:
        """Old and new side by side; figures that changed are bold."""
        rows = [words.Line("", "old", "new", "change", ""), *words.totals(comparison)]
        cells = [(row.name, row.old, row.new, row.change, row.percent) for row in rows]
        widths = [
            min(260.0, max(text_width(row[column], 11, bold=True) for row in cells)) for column in range(5)
        ]
        ends = [widths[0]]
        for width in widths[1:]:
            ends.append(ends[-1] + GAP + width)
        for row in cells:
            differs = row[1] != row[2] and row is not cells[0]
            self._body.append(text(0, self.height, row[0], "q"))
            for column in range(1, 5):
                words_of = shortened(row[column], widths[column], 11, bold=True)
                bold = differs and column > 1
                class_ = "t" if bold else "q"
                self._body.append(text(ends[column], self.height, words_of, class_, "end"))
            self.height += ROW
        self.width = max(self.width, ends[-1])

    def _legend(self, kinds: Sequence[str], edges: Sequence[str], *, red: bool) -> None:
        x, y = 0.0, self.height
        for kind in kinds:
            swatch = element("rect", class_=CLASSES[kind], x=x + 1, y=y - 12, width=30.0, height=16.0, rx=4.0)
            self._body.append(swatch)
            if kind != "same":
                band = element(
                    "rect", class_=f"b{CLASSES[kind]}", x=x + 1, y=y - 12, width=15.0, height=16.0, rx=4.0
                )
                self._body += [band, text(x + 8.5, y + 1.5, SIGNS[kind], "ss", "middle")]
            x = self._words(x + 38, y, MEANINGS[kind])
        for kind in edges:
            self._body.append(element("path", class_=EDGES[kind], d=f"M{number(x)} {number(y - 4)}h30"))
            x = self._words(x + 38, y, f"{kind} connection")
        if red:
            self._body.append(
                element("rect", class_="wr", x=x + 1, y=y - 11, width=16.0, height=14.0, rx=3.0)
            )
            x = self._words(x + 24, y, "does not fit, or has an error")
        self.width = max(self.width, x)
        self.height += ROW + 8

    def _words(self, x: float, y: float, meaning: str) -> float:
        self._body.append(text(x, y, meaning, "q"))
        return x + text_width(meaning, 11) + 16


def description(comparison: Comparison) -> str:
    """The change in words, for those who do not see the drawing."""
    lines = [
        f"{line.name} {arrow(line.old, line.new)}" + (f" ({line.percent})" if line.percent else "")
        for line in words.totals(comparison)
        if line.old != line.new
    ]
    return "; ".join([words.summary(comparison), *lines])

"""HTML of a display. Every text of a spec goes through `plain`: it stays text."""

from cnncalc.render.cells import Cells
from cnncalc.webpage.markup import plain, tag

# The most rows of a table.
ROWS = 400


def table(cells: Cells, more: str) -> str:
    """A table; `more` says where the rows after `ROWS` are."""
    classes = ["n" if side == ">" else None for side in cells.sides]
    head = "".join(
        tag("th", plain(title), scope="col", class_=kind) if title else tag("td")
        for title, kind in zip(cells.titles, classes, strict=True)
    )
    body: list[str] = []
    left = 0
    for row in cells.rows:
        if len(body) == ROWS:
            left += 1
            continue
        body.append(
            tag("tr", *(tag("td", plain(cell), class_=kind) for cell, kind in zip(row, classes, strict=True)))
        )
    note = paragraph(f"{left:,} more rows: {more}") if left else ""
    return tag("table", tag("thead", tag("tr", head)), tag("tbody", *body)) + note


def heading(words: str) -> str:
    """What a display is of."""
    return tag("p", tag("strong", plain(words)))


def paragraph(words: str) -> str:
    """One paragraph."""
    return tag("p", plain(words))


def folded(summary: str, content: str) -> str:
    """What is shown after a click."""
    return tag("details", tag("summary", plain(summary)), content)


def verbatim(text: str) -> str:
    """Lines as they are; nothing where there are none."""
    lines = "\n".join(map(plain, text.rstrip("\n").split("\n")))
    return tag("pre", lines) if text else ""

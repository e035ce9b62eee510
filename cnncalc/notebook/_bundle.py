"""The two forms of a display: HTML, whose rules hold for itself alone, and plain text."""

from collections.abc import Iterable
from itertools import islice

from cnncalc.drawing import embedded
from cnncalc.webpage.markup import tag

CLASS = "cnncalc-shown"
# Characters in a line of text, and the most lines of it: a notebook stores them.
WIDTH = 80
LINES = 1000
# Colours are those of the page around it, whether it is light or dark: text inherits, lines are translucent.
_RULES = {
    "": "margin:0;overflow-x:auto;max-width:100%",
    "table": "border-collapse:collapse;border:0;margin:.5em 0;font-size:inherit",
    "caption": "caption-side:top;text-align:left;font-weight:600;padding:.3em 0;color:inherit",
    "th,td": "padding:.2em .7em;border:0;border-bottom:1px solid rgba(128,128,128,.35);text-align:left;"
    "white-space:nowrap;font-weight:400;max-width:none",
    "thead th": "font-weight:600;border-bottom-width:2px",
    ".n": "text-align:right;font-variant-numeric:tabular-nums",
    "p,ul": "margin:.4em 0",
    "ul": "padding-left:1.4em",
    "summary": "cursor:pointer;padding:.3em 0",
    "pre": "white-space:pre-wrap;margin:.4em 0",
}
_STYLE = "".join(
    f"{','.join(f'.{CLASS} {part}'.rstrip() for part in selector.split(','))}{{{rules}}}"
    for selector, rules in _RULES.items()
)


def bundle(name: str, html: Iterable[str], text: Iterable[str]) -> dict[str, str]:
    """What `_repr_mimebundle_` returns, from parts of HTML and parts of text; `name` is for screen readers.

    What is too wide scrolls, with the keyboard too: so it can have the focus.
    """
    shown = tag("figure", tag("style", _STYLE), *html, class_=CLASS, tabindex=0, aria_label=name)
    return {
        "text/html": shown,
        "text/plain": _cut("".join(text).strip("\n")),
    }


def picture(drawing: str) -> str:
    """A drawing, as wide as it is: the display around it scrolls."""
    return f"<div>{embedded(drawing)}</div>"


def _cut(text: str) -> str:
    """A text of at most `LINES` lines, and how many more it would have."""
    more = text.count("\n") + 1 - LINES
    if more <= 0:
        return text
    lines = islice(text.split("\n"), LINES)
    return "\n".join((*lines, f"... {more:,} more lines: print() shows all"))

"""HTML pages that load nothing: the frame of a page, and tables that a screen reader can read."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape

from cnncalc.record import NamedTuple
from cnncalc.text import escaped

# Characters of one text at most.
LONGEST = 2000
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
# What a page with a script may do besides: run it, and show pictures that are in the page.
_SCRIPTED = "; script-src 'unsafe-inline'; img-src data:"
_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
{body}</body>
</html>
"""
# Text and tables on a light page, on a dark page, and on paper.
STYLE = """\
:root{--page:#ffffff;--text:#1b2430;--quiet:#56616d;--line:#d3d9e0;--band:#f0f3f7;--mark:#8f6400}
@media(prefers-color-scheme:dark){:root{--page:#12161c;--text:#e8edf3;--quiet:#a3afbc;--line:#333d48;--band:#1e252e;\
--mark:#f0b429}}
html{background:var(--page)}
body{margin:0;color:var(--text);font:14px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,\
sans-serif}
main{max-width:76rem;margin:0 auto;padding:1rem}
h1{font-size:1.35rem;margin:.5rem 0}
h2{font-size:1.1rem;margin:1.5rem 0 .5rem}
.wide{overflow-x:auto}
.wide:focus-visible{outline:2px solid var(--mark)}
table{border-collapse:collapse;margin:.5rem 0}
caption{text-align:start;color:var(--quiet);padding:.25rem 0}
th,td{text-align:start;vertical-align:top;padding:.2rem .6rem;border-bottom:1px solid var(--line);unicode-bidi:isolate}
thead th{background:var(--band);position:sticky;top:0}
tbody th{font-weight:500}
tfoot th,tfoot td{border-bottom:0;padding-top:.1rem;padding-bottom:.1rem}
tfoot tr:first-child>*{border-top:2px solid var(--line)}
.n{text-align:end;font-variant-numeric:tabular-nums;white-space:nowrap}
.u{color:var(--mark);font-weight:600}
p,li{max-width:60rem}
@media print{:root{--page:#ffffff;--text:#000000;--quiet:#444444;--line:#999999;--band:#eeeeee;--mark:#000000}
main{max-width:none;padding:0}.wide{overflow:visible}thead th{position:static}tr{break-inside:avoid}\
thead{display:table-header-group}}
"""


class Cell(NamedTuple):
    """A cell: its text, whether it is a figure, and whether it marks what is unknown, or a bound."""

    text: str
    figure: bool = False
    marked: bool = False


def plain(text: str, limit: int = LONGEST) -> str:
    """A text as the content of an element or an attribute. Control characters and marks of direction are escapes."""
    return escape(escaped(text, limit))


def page(title: str, style: str, body: str, script: str = "") -> str:
    """A whole page. `body` is markup already; without a `script` the page runs nothing."""
    if script:
        body = f"{body}<script>\n{script}</script>\n"
    policy = _POLICY + _SCRIPTED if script else _POLICY
    return _PAGE.format(policy=policy, title=plain(title), style=style, body=body)


def table(
    caption: str, head: Sequence[Cell], rows: Iterable[Sequence[Cell]], foot: Sequence[tuple[str, str]] = ()
) -> Iterator[str]:
    """A table with a caption. The first cell of a row is its heading; a row of `foot` is a name and a text."""
    yield f'<div class="wide" tabindex="0" role="region" aria-label="{plain(caption)}">\n<table>\n'
    yield f"<caption>{plain(caption)}</caption>\n<thead>\n<tr>"
    yield "".join(_cell("th", cell, "col") for cell in head) + "</tr>\n</thead>\n<tbody>\n"
    for first, *others in rows:
        yield f"<tr>{_cell('th', first, 'row')}{''.join(_cell('td', cell) for cell in others)}</tr>\n"
    yield "</tbody>\n"
    if foot:
        yield "<tfoot>\n"
        for name, text in foot:
            span = f' colspan="{len(head) - 1}"' if len(head) > 2 else ""
            yield f'<tr><th scope="row">{plain(name)}</th><td{span}>{plain(text)}</td></tr>\n'
        yield "</tfoot>\n"
    yield "</table>\n</div>\n"


def paragraphs(texts: Iterable[str]) -> Iterator[str]:
    """Each text as a paragraph."""
    yield from (f"<p>{plain(text)}</p>\n" for text in texts)


def _cell(tag: str, cell: Cell, scope: str = "") -> str:
    classes = " ".join(["n"] * cell.figure + ["u"] * cell.marked)
    given = (f' scope="{scope}"' if scope else "") + (f' class="{classes}"' if classes else "")
    return f"<{tag}{given}>{plain(cell.text)}</{tag}>"

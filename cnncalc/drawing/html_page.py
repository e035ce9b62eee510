"""A drawing as a page that needs nothing else."""

from cnncalc.render import html_page

_STYLE = """\
html{background:#ffffff}
body{margin:0}
svg{display:block;margin:0 auto;max-width:none}
h1{position:absolute;width:1px;height:1px;margin:0;overflow:hidden;clip-path:inset(50%)}
@media(prefers-color-scheme:dark){html{background:#12161c}}
@media print{svg{max-width:100%;height:auto}}
"""


def page(drawing: str, title: str) -> str:
    """An HTML page with the drawing inside. It loads nothing, and runs nothing.

    Its heading is for screen readers: the drawing shows it, too.
    """
    body = f"<main>\n<h1>{html_page.plain(title)}</h1>\n{drawing}</main>\n"
    return html_page.page(title, _STYLE, body)

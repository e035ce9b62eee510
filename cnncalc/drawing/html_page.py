"""A drawing as a page that needs nothing else."""

from cnncalc.drawing.svg import plain

_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
html{{background:#ffffff}}
body{{margin:0}}
svg{{display:block;margin:0 auto;max-width:none}}
h1{{position:absolute;width:1px;height:1px;margin:0;overflow:hidden;clip-path:inset(50%)}}
@media(prefers-color-scheme:dark){{html{{background:#12161c}}}}
@media print{{svg{{max-width:100%;height:auto}}}}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{drawing}</main>
</body>
</html>
"""


def page(drawing: str, title: str) -> str:
    """An HTML page with the drawing inside. It loads nothing, and runs nothing.

    Its heading is for screen readers: the drawing shows it, too.
    """
    return _PAGE.format(title=plain(title), drawing=drawing)

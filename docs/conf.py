"""Settings of the site of the documentation, as Sphinx reads them: `make site`.

The pages are those that GitHub shows. Nothing is written for the site alone but the order of its pages.
"""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from docs.website import prepared

project = "cnncalc"
author = copyright = "The cnncalc authors"
html_title = "cnncalc"
html_theme = "furo"
extensions = ["myst_parser"]
root_doc = "README"
exclude_patterns = ["examples", "schema", "__pycache__"]

# Anchors as GitHub makes them: the pages are read there, too.
myst_heading_anchors = 4
myst_enable_extensions = ["html_image"]
# A link that leads nowhere stops the build (`make site` turns warnings into errors).
nitpicky = True
# Examples of broken YAML cannot be coloured.
suppress_warnings = ["misc.highlighting_failure"]
html_theme_options = {
    "source_repository": "https://github.com/cnncalc/cnncalc/",
    "source_branch": "main",
    "source_directory": "docs/",
}


def _source_read(app: Any, page: str, source: list[str]) -> None:
    source[0] = prepared(source[0], f"{page}.md")


def _finished(app: Any, error: Exception | None) -> None:
    """The way in: servers look for index.html."""
    if error is None and app.builder.format == "html":
        way_in = (
            '<!doctype html><meta http-equiv="refresh" content="0; url=README.html"><title>cnncalc</title>\n'
        )
        Path(app.outdir, "index.html").write_text(way_in, encoding="utf-8")


def setup(app: Any) -> None:
    app.connect("source-read", _source_read)
    app.connect("build-finished", _finished)

"""The figures of a network in a notebook: the table, folded by block."""

from cnncalc.analysis import Analysis
from cnncalc.notebook._bundle import WIDTH, bundle
from cnncalc.notebook._markup import heading
from cnncalc.notebook._network import caption, errors, tables
from cnncalc.render.table import of_analysis


def bundle_of(analysis: Analysis) -> dict[str, str]:
    """HTML and plain text."""
    parts = (heading(caption(analysis)), errors(analysis.graph), *tables(analysis))
    return bundle(analysis.graph.title, parts, [of_analysis(analysis, WIDTH)])

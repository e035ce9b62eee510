"""The memory of a run in a notebook: what is held over time, with the figures of the layers after a click.

A notebook shows one batch: one image, or the smallest batch that PyTorch runs.
"""

from collections.abc import Iterator

from cnncalc.analysis import Analysis
from cnncalc.drawing import DrawingOptions, draw
from cnncalc.memory import Estimate
from cnncalc.memory.report import Figures, MemoryReport, figures
from cnncalc.memory.report import folded as by_block
from cnncalc.notebook._bundle import WIDTH, bundle, picture
from cnncalc.notebook._markup import folded, paragraph, table
from cnncalc.render.formats import format_of
from cnncalc.render.memory import MemoryPage
from cnncalc.render.memory.cells import cells

MORE = "`cnncalc memory --layers` shows all"


def bundle_of(estimate: Estimate) -> dict[str, str]:
    """HTML and plain text; of a network that PyTorch runs for no batch, the reason."""
    batch, name = estimate.least_batch, estimate.graph.title
    if batch is None:
        refused = estimate.refusal(1)
        assert refused is not None
        message = refused.diagnostic(estimate.graph).message
        return bundle(name, [paragraph(message)], [message])
    computed = figures(estimate, batch)
    report = MemoryReport(estimate.graph, batch, computed)
    text = format_of("text").memory(report, MemoryPage(WIDTH))
    return bundle(name, _parts(estimate, batch, computed), text)


def _parts(estimate: Estimate, batch: int, computed: Figures) -> Iterator[str]:
    options = DrawingOptions(estimate=estimate, batch=batch)
    yield picture(draw("timeline", Analysis(estimate.graph), options))
    blocks = by_block(computed.layers)
    yield folded("layer by layer", table(cells(blocks), MORE))
    if len(blocks) < len(computed.layers):
        yield folded("every layer", table(cells(computed.layers), MORE))

"""Layers and blocks as boxes with their figures, from top to bottom, and tensors as lines between them."""

from collections.abc import Mapping

from cnncalc.analysis import Analysis
from cnncalc.drawing.graph import picture
from cnncalc.drawing.options import DrawingOptions


def draw(analysis: Analysis, options: DrawingOptions) -> str:
    """The graph. Blocks are folded unless a depth is given; the inside of each form of block is drawn once."""
    nbytes, about = (None, "") if options.shade != "memory" else _memory(options)
    return picture(
        analysis,
        depth=options.depth or 0,
        every=options.every,
        shade=options.shade,
        nbytes=nbytes,
        about_bytes=about,
        in_page=options.in_page,
    )


def _memory(options: DrawingOptions) -> tuple[Mapping[int, int] | None, str]:
    """For each node the bytes that it keeps for the backward pass, or at inference those of its output."""
    if options.estimate is None:
        return None, ""
    from cnncalc.memory.report import figures

    graph = options.estimate.graph
    training = options.estimate.setup.mode == "training"
    images = "1 image" if options.batch == 1 else f"{options.batch:,} images"
    rows = {row.name: row for row in figures(options.estimate, options.batch).layers}
    nbytes = {
        node.index: (rows[node.name].kept_bytes or 0) if training else rows[node.name].output_bytes
        for node in graph.layers
        if node.name in rows
    }
    what = "kept for the backward pass" if training else "of outputs"
    return nbytes, f" {what}, {images}"

"""Memory in a page without a script: a picture, and a table of the batches that were computed."""

from collections.abc import Sequence

from cnncalc.analysis import Analysis
from cnncalc.drawing import DrawingOptions, draw
from cnncalc.exact import grouped
from cnncalc.memory import Estimate
from cnncalc.render.figures import size
from cnncalc.render.memory.words import describe_setup
from cnncalc.webpage.markup import plain, tag
from cnncalc.webpage.memory.computed import ComputedBatch


def picture(analysis: Analysis, estimate: Estimate, batch: int) -> str:
    """Memory over the step."""
    drawing = draw("timeline", analysis, DrawingOptions(estimate=estimate, batch=batch, in_page=True))
    return tag("figure", drawing, class_="drawing wide")


def table(runs: Sequence[Estimate], computed: Sequence[Sequence[ComputedBatch]]) -> str:
    """A row for each run, a column for each batch."""
    heads = [tag("th", "run", scope="col")]
    heads += [tag("th", f"batch {grouped(done.batch)}", scope="col", class_="figure") for done in computed[0]]
    rows = [
        tag(
            "tr",
            tag("th", plain(" · ".join(describe_setup(run.setup, run.graph))), scope="row"),
            *(tag("td", *_figures(done), class_="figure") for done in batches),
        )
        for run, batches in zip(runs, computed, strict=True)
    ]
    return tag(
        "table",
        tag("thead", tag("tr", *heads)),
        tag("tbody", *rows),
        class_="memory-computed",
    )


def _figures(done: ComputedBatch) -> tuple[str, ...]:
    if done.nbytes is None:
        return (tag("span", "refused", class_="quiet"),)
    if done.reserved is None:
        return (size(done.nbytes),)
    return (size(done.nbytes), " ", tag("span", f"{size(done.reserved)} reserved", class_="quiet"))

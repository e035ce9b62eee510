"""`cnncalc inspect`: the table of one spec."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from cnncalc.commands._completion import complete_columns
from cnncalc.commands._drawn import format_for_file, refuse, too_many, write_drawing
from cnncalc.commands._format import FormatOutput, format_option
from cnncalc.commands._options import (
    MOST,
    WholeRange,
    figure_options,
    graph_options,
    patterned,
    report_output_option,
    spec_argument,
)
from cnncalc.render.formats import format_of

if TYPE_CHECKING:
    from cnncalc.analysis import Analysis
    from cnncalc.report import Report

# The format that is a drawing.
DRAWN = ("svg",)
SORTS = ("name", "activations", "weights", "params", "macs")


def parse_columns(ctx: click.Context, param: click.Parameter, given: str | None) -> tuple[str, ...] | None:
    """`--columns a,b,c`."""
    if given is None:
        return None
    from cnncalc.render.columns import EVERY
    from cnncalc.spec import nearest

    names = tuple(name.strip() for name in given.split(",") if name.strip())
    for name in names:
        if name not in EVERY:
            close = nearest(name, EVERY)
            hint = f" Did you mean {close!r}?" if close else ""
            raise click.BadParameter(f"there is no column {name!r}.{hint} Columns: {', '.join(EVERY)}.")
    if not names:
        raise click.BadParameter("no column is named")
    return names


@click.command(
    "inspect",
    short_help="The table of a spec: shapes, memory, weights, MACs.",
    epilog="""\b
Examples:
  cnncalc inspect vgg16
  cnncalc inspect resnet50 --depth 0
  cnncalc inspect net.yaml --set width=0.5 --batch 32 --dtype float16
  cnncalc inspect resnet50 --input 384x384x3
  cnncalc inspect net.yaml --watch
  cnncalc inspect net.yaml --format json | jq .totals.params
  cat net.yaml | cnncalc inspect -
  cnncalc inspect 'INPUT 32x32x3 -> [[CONV 32 -> RELU]*2 -> POOL]*3 -> FC 10'""",
)
@spec_argument
@click.option(
    "--all",
    "unfold",
    is_flag=True,
    help="Also show layers that store and learn nothing (relu, dropout, flatten).",
)
@click.option(
    "--depth",
    type=WholeRange(0, MOST),
    default=None,
    help="Show blocks below this many levels as one row each.",
)
@click.option(
    "--columns",
    metavar="A,B,...",
    callback=parse_columns,
    shell_complete=complete_columns,
    help="Show these columns, at any width.",
)
@click.option("--bars", is_flag=True, help="Draw bars beside the figures, in text: where they are large.")
@click.option("--sort", type=click.Choice(SORTS), default=None, help="Order the rows, largest first.")
@format_option(
    "report",
    help="The format of the report. JSON has every layer; other formats have the rows of the table, and svg is the "
    "drawing of the graph.",
    drawn=DRAWN,
)
@report_output_option
@click.option("--watch", is_flag=True, help="Show it again whenever the spec changes, until Ctrl-C.")
@figure_options
@graph_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    spec: str,
    unfold: bool,
    depth: int | None,
    columns: tuple[str, ...] | None,
    bars: bool,
    sort: str | None,
    format: str,
    output: str | None,
    watch: bool,
    **options: Any,
) -> int:
    """Shapes, memory, weights and multiply-adds of SPEC, layer by layer and in total.

    SPEC is a file, `-` for standard input, a shipped name (`cnncalc specs` lists them), or a pattern as the CS231n
    notes write it.
    """
    format = format_for_file(ctx, format, output, "report", DRAWN)
    if format in DRAWN:
        refuse(ctx, ("columns", "bars", "sort", "batch", "dtype", "units"), format, "formats with a table")
    if watch and spec == "-":
        raise click.UsageError("--watch and standard input exclude each other.")
    if watch and patterned(spec):
        raise click.UsageError("a pattern is in no file: there is nothing to watch.")

    if bars and columns:
        raise click.UsageError("--bars has columns of its own: leave --columns out.")
    if bars and format not in DRAWN and not format_of(format).styled:
        raise click.UsageError(f"--bars is for text, and the format is {format}: it has the figures.")

    def show() -> tuple[int, Iterable[str]]:
        return _show(spec, (not unfold, depth, sort), format, columns, bars, output, **options)

    if not watch:
        return show()[0]
    from cnncalc.commands._watch_spec import watch_spec

    return watch_spec(spec, lambda: show()[1])


def _show(
    spec: str,
    rows: tuple[bool, int | None, str | None],
    format: str,
    columns: tuple[str, ...] | None,
    bars: bool,
    output: str | None,
    batch: int,
    dtype: str,
    **graph_options: Any,
) -> tuple[int, Iterable[str]]:
    """Read the spec and write its report. Returns the exit status, and the files that were read."""
    from cnncalc.analysis import Analysis
    from cnncalc.analysis.summary import sentences
    from cnncalc.api import findings
    from cnncalc.commands._run import build_graph, read_spec_argument, show_findings, status
    from cnncalc.diagnostic import Severity
    from cnncalc.report import Report

    graph = build_graph(read_spec_argument(spec, graph_options["inputs"]), **graph_options)
    analysis = Analysis(graph, batch=batch, dtype=dtype)
    diagnostics = findings(analysis, advice=False)
    holds_diagnostics = format not in DRAWN and format_of(format).holds_diagnostics
    if not holds_diagnostics:
        show_findings((item for item in diagnostics if item.severity > Severity.INFO), graph.sources)
    ended = status(diagnostics, least=Severity.ERROR)
    if (graph.complete and graph.layers) or holds_diagnostics:
        if format in DRAWN:
            fold, depth, _ = rows
            write_drawing(_drawn(analysis, depth, every=not fold), output)
        else:
            report = Report(analysis, diagnostics, *rows, tuple(sentences(analysis)))
            _write(report, format, columns, bars, output)
    return ended, [source.path for source in graph.sources.values() if source.path]


def _write(
    report: "Report", format: str, columns: tuple[str, ...] | None, bars: bool, path: str | None
) -> None:
    from cnncalc.render.report import ReportPage

    output = FormatOutput(format_of(format))
    page = ReportPage(output.width, columns, bars, bars and path is None and output.ascii)
    pieces = format_of(format).report(report, page)
    if path is None:
        output.write(pieces)
    else:
        from cnncalc.commands._write_file import write_output

        write_output(path, pieces)


def _drawn(analysis: "Analysis", depth: int | None, *, every: bool) -> str:
    """The graph, as `cnncalc draw` draws it."""
    from cnncalc.drawing import DrawingOptions, TooManyBoxes, draw

    try:
        return draw("graph", analysis, DrawingOptions(depth, every))
    except TooManyBoxes as error:
        raise click.UsageError(too_many(error)) from None

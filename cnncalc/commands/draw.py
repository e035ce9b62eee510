"""`cnncalc draw`: a network as a picture."""

from typing import TYPE_CHECKING, Any

import click

from cnncalc.commands._completion import complete_layer
from cnncalc.commands._draw_options import FORMS, OTHERS, check_together, form_of
from cnncalc.commands._drawn import too_many, write_drawing
from cnncalc.commands._memory_options import batch_option, run_options
from cnncalc.commands._options import (
    MOST,
    WholeRange,
    input_option,
    max_nodes_option,
    mode_option,
    output_option,
    set_option,
    spec_argument,
    strict_option,
)
from cnncalc.drawing import kind_names
from cnncalc.drawing.shades import SHADES

if TYPE_CHECKING:
    from cnncalc.diagnostic import Diagnostic
    from cnncalc.drawing import DrawingOptions
    from cnncalc.graph import Graph
    from cnncalc.graph.other_input import Wanted


@click.command(
    "draw",
    short_help="A picture: the graph, volumes, fields, bars, or memory over time.",
    epilog="""\b
Examples:
  cnncalc draw resnet50 -o resnet50.svg
  cnncalc draw resnet50 --depth 1 --colour macs -o resnet50.html
  cnncalc draw vgg16 --kind volumes -o vgg16.svg
  cnncalc draw alexnet --kind field --layer conv3 --layer conv5 -o field.svg
  cnncalc draw vgg16 --kind bars -o bars.svg
  cnncalc draw resnet50 --kind timeline --mode training -o memory.svg
  cnncalc draw net.yaml --format mermaid""",
)
@spec_argument
@output_option
@click.option(
    "--format",
    "form",
    type=click.Choice(list(FORMS)),
    default=None,
    help="The form; without it, the end of FILE says which.",
)
@click.option(
    "--kind",
    type=click.Choice(kind_names()),
    default="graph",
    show_default=True,
    help="What is drawn: the graph of layers and blocks, the volumes as boxes, receptive fields on the input, bars of "
    "parameters, MACs and activations, or memory over the step.",
)
@click.option(
    "--depth",
    type=WholeRange(0, MOST),
    default=None,
    help="Unfold blocks for this many levels; the graph has none unfolded, the other kinds as many as are readable.",
)
@click.option(
    "--all", "every", is_flag=True, help="Draw norms, activations and the like as layers of their own."
)
@click.option(
    "--colour",
    "--color",
    "shade",
    type=click.Choice(list(SHADES)),
    default=None,
    help="Shade the boxes of the graph by this figure; without it, colours are the families of layers.",
)
@click.option(
    "--layer",
    "layers",
    metavar="NAME",
    multiple=True,
    shell_complete=complete_layer,
    help="A layer whose receptive field is drawn; may be repeated.",
)
@mode_option("A prediction, or a training step; decides which `only:` items are in the network.")
@batch_option
@run_options
@set_option
@input_option
@strict_option
@max_nodes_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    spec: str,
    output: str | None,
    form: str | None,
    kind: str,
    depth: int | None,
    every: bool,
    shade: str | None,
    layers: tuple[str, ...],
    mode: str,
    batch: int,
    values: dict[str, Any],
    inputs: "tuple[Wanted, ...]",
    strict: bool,
    max_nodes: int | None,
    **run: Any,
) -> int:
    """Draw SPEC as an SVG, an HTML page, or for Graphviz or Mermaid.

    A spec with errors is drawn as far as it is known: the edge that does not fit is red. Memory over time needs a spec
    without errors.
    """
    from cnncalc.analysis import Analysis
    from cnncalc.api import findings
    from cnncalc.commands._run import build_graph, read_spec_argument, show_findings, status
    from cnncalc.diagnostic import Severity

    form = form_of(form, output)
    check_together(ctx, form, kind, shade)
    graph = build_graph(
        read_spec_argument(spec, inputs),
        mode=mode,
        values=values,
        inputs=inputs,
        strict=strict,
        max_nodes=max_nodes,
    )
    analysis = Analysis(graph)
    diagnostics = findings(analysis, advice=False)
    from cnncalc.drawing import DrawingOptions

    options = DrawingOptions(depth, every, shade, batch=batch)
    if layers:
        from cnncalc.commands._named import find_layer

        options = options._replace(layers=tuple(find_layer(graph, name, "'--layer'") for name in layers))
    if kind == "timeline" or shade == "memory":
        options, more = _with_memory(graph, options, mode, run)
        diagnostics = (*diagnostics, *more)
    show_findings((item for item in diagnostics if item.severity > Severity.INFO), graph.sources)
    if graph.nodes and graph.complete and (options.estimate is not None or kind != "timeline"):
        write_drawing(_drawn(analysis, form, kind, options), output)
    return status(diagnostics, least=Severity.ERROR)


def _with_memory(
    graph: "Graph", options: "DrawingOptions", mode: str, run: dict[str, Any]
) -> "tuple[DrawingOptions, list[Diagnostic]]":
    """The options with the memory of the run; where that is not known, the diagnostics that say why."""
    from cnncalc.commands._memory_setup import setup_of
    from cnncalc.memory import Estimate

    if not graph.whole:
        if not (graph.ok and graph.opaque):
            return options, []
        from cnncalc.graph.unknown_operation import not_computed

        return options, [not_computed(graph, "the memory")]
    estimate = Estimate(graph, setup_of(graph, mode, run))
    refused = estimate.refusal(options.batch)
    return (options, [refused.diagnostic(graph)]) if refused else (options._replace(estimate=estimate), [])


def _drawn(analysis: Any, form: str, kind: str, options: "DrawingOptions") -> str:
    if form in OTHERS:
        from cnncalc.exporters import target

        content = target(form).write(analysis.graph)
        assert isinstance(content, str)
        return content
    from cnncalc.drawing import TooManyBoxes, draw, page

    try:
        drawing = draw(kind, analysis, options)
    except TooManyBoxes as error:
        raise click.UsageError(too_many(error)) from None
    return drawing if form == "svg" else page(drawing, analysis.graph.title)

"""`cnncalc expand`: a spec with nothing left to be expanded."""

import sys
from typing import TYPE_CHECKING, Any

import click

from cnncalc.commands._options import graph_options, output_option, spec_argument

if TYPE_CHECKING:
    from cnncalc.graph import Graph


@click.command(
    "expand",
    short_help="A spec with everything expanded.",
    epilog="""\b
Examples:
  cnncalc expand resnet50
  cnncalc expand net.yaml --set width=0.5 -o flat.yaml
  cnncalc expand vgg16 | cnncalc inspect -
  cnncalc expand vgg16 --pattern           [CONV3-64 -> RELU]*2 -> POOL2 -> ...""",
)
@spec_argument
@click.option(
    "--pattern", is_flag=True, help="Write a chain of layers as a pattern, what repeats in brackets."
)
@output_option
@graph_options
def command(spec: str, pattern: bool, output: str | None, **graph_options: Any) -> int:
    """SPEC with blocks, repeats, defaults and expressions expanded: a valid spec with the same figures.

    With --pattern it is written in the notes' notation, without names; every command reads that too. Only a chain of
    layers can be: a network with branches can't.
    """
    from cnncalc.analysis import Analysis
    from cnncalc.api import findings
    from cnncalc.commands._run import build_graph, read_spec_argument, show_findings, status
    from cnncalc.commands._write_file import write_output
    from cnncalc.diagnostic import Severity
    from cnncalc.program.streams import write_as
    from cnncalc.render.expansion import expansion

    graph = build_graph(read_spec_argument(spec, graph_options["inputs"]), **graph_options)
    diagnostics = findings(Analysis(graph), advice=False)
    show_findings((item for item in diagnostics if item.severity > Severity.INFO), graph.sources)
    if not graph.ok:
        return status(diagnostics, least=Severity.ERROR)
    lines = _pattern(graph) if pattern else expansion(graph)
    if output is None:
        write_as("yaml")
        sys.stdout.writelines(lines)
    else:
        write_output(output, lines)
    return 0


def _pattern(graph: "Graph") -> list[str]:
    """The graph as a pattern; that none can say it is a mistake in the usage."""
    from cnncalc.render.pattern import NoPattern, pattern

    try:
        return [f"{pattern(graph)}\n"]
    except NoPattern as error:
        raise click.UsageError(f"{error}; without --pattern it is written as a spec.") from None

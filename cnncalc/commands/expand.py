"""`cnncalc expand`: a spec with nothing left to be expanded."""

import sys
from typing import Any

import click

from cnncalc.commands._options import graph_options, output_option, spec_argument


@click.command(
    "expand",
    short_help="A spec with everything expanded.",
    epilog="""\b
Examples:
  cnncalc expand resnet50
  cnncalc expand net.yaml --set width=0.5 -o flat.yaml
  cnncalc expand vgg16 | cnncalc inspect -""",
)
@spec_argument
@output_option
@graph_options
def command(spec: str, output: str | None, **graph_options: Any) -> int:
    """SPEC with blocks, repeats, defaults and expressions expanded: a valid spec with the same figures."""
    from cnncalc.analysis import Analysis
    from cnncalc.api import findings
    from cnncalc.commands._run import build_graph, read_spec_argument, show_findings, status
    from cnncalc.commands._write_file import write_output
    from cnncalc.diagnostic import Severity
    from cnncalc.program.streams import write_as
    from cnncalc.render.expansion import expansion

    graph = build_graph(read_spec_argument(spec), **graph_options)
    diagnostics = findings(Analysis(graph), advice=False)
    show_findings((item for item in diagnostics if item.severity > Severity.INFO), graph.sources)
    if not graph.ok:
        return status(diagnostics, least=Severity.ERROR)
    lines = expansion(graph)
    if output is None:
        write_as("yaml")
        sys.stdout.writelines(lines)
    else:
        write_output(output, lines)
    return 0

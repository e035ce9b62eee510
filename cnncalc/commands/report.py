"""`cnncalc report`: networks as one page for a browser."""

import os
from typing import TYPE_CHECKING, Any

import click

from cnncalc.commands._completion import complete_spec
from cnncalc.commands._draw_options import FORMS
from cnncalc.commands._memory_options import batch_option, run_options
from cnncalc.commands._options import (
    input_option,
    max_nodes_option,
    mode_option,
    output_option_with,
    set_option,
    strict_option,
)

if TYPE_CHECKING:
    from cnncalc.diagnostic import Diagnostic
    from cnncalc.graph import Graph
    from cnncalc.graph.other_input import Wanted
    from cnncalc.memory import Estimate
    from cnncalc.webpage import ReportedNetwork


@click.command(
    "report",
    short_help="One HTML page: table, graph, fields, memory, findings.",
    epilog="""\b
Examples:
  cnncalc report resnet50 -o resnet50.html
  cnncalc report net.yaml --mode training --batch 32 --optimizer adam -o net.html
  cnncalc report vgg16 resnet50 mobilenet_v2 -o networks.html""",
)
@click.argument("specs", metavar="SPEC...", nargs=-1, required=True, shell_complete=complete_spec)
@output_option_with(required=True)
@mode_option("A prediction, or a training step; decides which `only:` items are in the network.")
@batch_option
@run_options
@set_option
@input_option
@strict_option
@max_nodes_option
def command(
    specs: tuple[str, ...],
    output: str,
    mode: str,
    batch: int,
    values: dict[str, Any],
    inputs: "tuple[Wanted, ...]",
    strict: bool,
    max_nodes: int | None,
    **run: Any,
) -> int:
    """Write what is known of SPEC as one HTML file, which loads nothing. Several networks are side by side in it.

    A network with errors is in it as far as it is known, with its errors, which are printed too.
    """
    _check_end(output)
    from cnncalc.commands._run import FAILED, build_graph, read_spec_argument, show_findings, status
    from cnncalc.commands._write_file import write_output
    from cnncalc.diagnostic import Severity
    from cnncalc.webpage import report_page

    options: dict[str, Any] = {"values": values, "inputs": inputs, "strict": strict, "max_nodes": max_nodes}
    networks: list[ReportedNetwork] = []
    for number, reference in enumerate(specs, 1):
        spec = read_spec_argument(reference, inputs)
        graph = build_graph(spec, mode=mode, **options)
        other = None
        if spec.two_modes:
            other_mode = "training" if mode == "inference" else "inference"
            other = build_graph(spec, mode=other_mode, quiet=True, **options)
        network = _reported(graph, other, number, batch, mode, run)
        show_findings((item for item in network.diagnostics if item.severity > Severity.INFO), graph.sources)
        networks.append(network)
    ended = max(status(network.diagnostics, least=Severity.ERROR) for network in networks)
    # Of a file that cannot be read there is nothing to show.
    if ended != FAILED:
        write_output(output, [report_page(networks)])
    return ended


def _check_end(output: str) -> None:
    """A report is a page for a browser: a file whose name says something else is a usage error."""
    pages = FORMS["html"]
    if os.path.splitext(output)[1] and not output.lower().endswith(pages):
        raise click.UsageError(f"a report is an HTML page: the name {output!r} must end in {pages[0]}.")


def _reported(
    graph: "Graph", other: "Graph | None", number: int, batch: int, mode: str, run: dict[str, Any]
) -> "ReportedNetwork":
    """All that the page shows of one network; `other` is its graph in the other mode, where that differs."""
    from cnncalc.analysis import Analysis
    from cnncalc.api import findings
    from cnncalc.commands._memory_setup import gpu_of
    from cnncalc.webpage import ReportedNetwork
    from cnncalc.webpage.memory import offered_runs

    analysis = Analysis(graph)
    estimate, missing = _estimate(graph, mode, run)
    diagnostics = [*findings(analysis), *missing]
    runs: tuple[Estimate, ...] = ()
    if estimate is not None:
        runs = offered_runs(estimate, other)
        refused = estimate.refusal(batch)
        if refused is not None:
            diagnostics.append(refused.diagnostic(graph))
            estimate = None
    return ReportedNetwork(analysis, tuple(diagnostics), estimate, batch, number, runs, gpu_of(run))


def _estimate(graph: "Graph", mode: str, run: dict[str, Any]) -> "tuple[Estimate | None, list[Diagnostic]]":
    """The memory of the run; where it is not known, the diagnostics that say why."""
    from cnncalc.commands._memory_setup import setup_of
    from cnncalc.memory import Estimate

    if graph.whole:
        return Estimate(graph, setup_of(graph, mode, run)), []
    if not (graph.ok and graph.opaque):
        return None, []
    from cnncalc.graph.unknown_operation import not_computed

    return None, [not_computed(graph, "the memory")]

"""`cnncalc memory`: what PyTorch takes of a device's memory to run one spec."""

from typing import TYPE_CHECKING, Any

import click

from cnncalc.commands._format import FormatOutput, format_for, format_option
from cnncalc.commands._memory_options import run_options
from cnncalc.commands._options import (
    MOST,
    WholeRange,
    input_option,
    max_nodes_option,
    mode_option,
    set_option,
    spec_argument,
    strict_option,
)

if TYPE_CHECKING:
    from cnncalc.graph.other_input import Wanted
    from cnncalc.memory.report import MemoryReport
    from cnncalc.render.formats import Format


@click.command(
    "memory",
    short_help="The GPU memory that PyTorch needs: the peak, and its reason.",
    epilog="""\b
Examples:
  cnncalc memory vgg16
  cnncalc memory resnet50 --mode training --batch 32 --optimizer adam
  cnncalc memory resnet50 --mode training --autocast float16 --gpu rtx4090
  cnncalc memory resnet50 --mode training --checkpoint bottleneck
  cnncalc memory three_convs --as-taught --batch 50
  cnncalc memory net.yaml --format json | jq .peak_bytes""",
)
@spec_argument
@mode_option("A prediction, or a training step; decides which `only:` items are in the network.")
@click.option("--batch", type=WholeRange(1, MOST), default=1, show_default=True, help="Images in a batch.")
@run_options
@click.option(
    "--as-taught",
    "taught",
    is_flag=True,
    help="The sums of the course (CS231n) and of a textbook, line by line, for a prediction and for training; "
    "`--mode` for only one.",
)
@click.option("--layers", "every", is_flag=True, help="Show every layer, blocks unfolded.")
@click.option("--bars", is_flag=True, help="Draw bars beside the layers' figures, in text.")
@click.option(
    "--top",
    type=WholeRange(0, MOST),
    default=10,
    show_default=True,
    help="How many of the largest tensors to show.",
)
@format_option("memory", "as_taught")
@set_option
@input_option
@strict_option
@max_nodes_option
def command(
    spec: str,
    batch: int,
    taught: bool,
    every: bool,
    bars: bool,
    top: int,
    format: str,
    values: dict[str, Any],
    mode: str,
    strict: bool,
    max_nodes: int | None,
    inputs: "tuple[Wanted, ...]",
    **run: Any,
) -> int:
    """The memory that PyTorch needs to run SPEC on a batch: the peak, its place, and the tensors in memory then.

    A prediction or a training step is simulated, tensor by tensor, as PyTorch allocates and frees them, with its
    caching allocator. A batch that PyTorch refuses to run (as in batch normalisation with one value per channel) is an
    error, and no figures are printed. With --as-taught nothing is simulated: volumes and parameters are added up, as
    the course does by hand. SPEC is a file, `-` for standard input, a shipped name, or a pattern.
    """
    from cnncalc.analysis import Analysis
    from cnncalc.api import findings
    from cnncalc.commands._memory_setup import gpu_of, setup_of
    from cnncalc.commands._run import build_graph, read_spec_argument, show_findings, status
    from cnncalc.diagnostic import Severity
    from cnncalc.memory import Estimate
    from cnncalc.memory.report import MemoryReport, figures

    options: dict[str, Any] = {"values": values, "inputs": inputs, "strict": strict, "max_nodes": max_nodes}
    if bars and taught:
        raise click.UsageError("--bars draws layers, and --as-taught has sums alone.")
    if taught:
        from cnncalc.commands._as_taught import show_taught

        return show_taught(read_spec_argument(spec, inputs), mode, batch, run, format, options)
    renderer = format_for(format, "memory")
    if bars and not renderer.styled:
        raise click.UsageError(f"--bars is for text, and the format is {format}: it has the figures.")
    graph = build_graph(read_spec_argument(spec, inputs), mode=mode, **options)
    diagnostics = findings(Analysis(graph), advice=False)
    gpu = gpu_of(run)
    computed = refused = None
    if graph.whole:
        estimate = Estimate(graph, setup_of(graph, mode, run))
        refused = estimate.refusal(batch)
        if refused is None:
            computed = figures(estimate, batch, largest=top, gpu=gpu)
        else:
            diagnostics = (*diagnostics, refused.diagnostic(graph))
    elif graph.ok and graph.opaque:
        from cnncalc.graph.unknown_operation import not_computed

        diagnostics = (*diagnostics, not_computed(graph, "the memory"))
    if not renderer.holds_diagnostics:
        show_findings((item for item in diagnostics if item.severity > Severity.INFO), graph.sources)
    if computed is not None or renderer.holds_diagnostics:
        _write(MemoryReport(graph, batch, computed, diagnostics, gpu, refused), renderer, every, bars)
    return status(diagnostics, least=Severity.ERROR)


def _write(report: "MemoryReport", renderer: "Format", every: bool, bars: bool) -> None:
    from cnncalc.render.memory import MemoryPage

    output = FormatOutput(renderer)
    page = MemoryPage(layers=every)
    if output.width is not None:
        page = MemoryPage(output.width, output.ascii, every, bars)
    output.write(renderer.memory(report, page))

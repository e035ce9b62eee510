"""`cnncalc fit`: the largest batch that fits a device's memory, and what helps where one doesn't."""

from typing import TYPE_CHECKING, Any

import click

from cnncalc.commands._format import FormatOutput, format_option
from cnncalc.commands._memory_options import run_options
from cnncalc.commands._memory_setup import find_gpu, setup_of
from cnncalc.commands._options import (
    MOST,
    WholeRange,
    input_option,
    max_nodes_option,
    set_option,
    spec_argument,
    strict_option,
)
from cnncalc.render.formats import format_of

if TYPE_CHECKING:
    from cnncalc.graph import Graph
    from cnncalc.graph.other_input import Wanted
    from cnncalc.memory import Setup
    from cnncalc.memory.advice import Answer
    from cnncalc.spec import Spec


def parse_size(ctx: click.Context, param: click.Parameter, given: str | None) -> int | None:
    """`--memory 12GiB`: bytes."""
    from cnncalc.commands._memory_size import parse

    if given is None:
        return None
    try:
        return parse(given)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def parse_reserve(ctx: click.Context, param: click.Parameter, given: str | None) -> int | None:
    """`--reserve 1GiB`: bytes; 0 needs no unit."""
    return 0 if given is not None and given.strip() == "0" else parse_size(ctx, param, given)


@click.command(
    "fit",
    short_help="The largest batch that fits a GPU; remedies if none fits.",
    epilog="""\b
Examples:
  cnncalc fit resnet50 --memory 12GiB
  cnncalc fit vgg16 --gpu RTX4090 --reserve 1GiB --optimizer adam
  cnncalc fit resnet50 --gpu RTX4090 --remedies    what would let more fit
  cnncalc fit net.yaml --memory 8GiB --batch 256   status 1 where it doesn't""",
)
@spec_argument
@click.option(
    "--memory",
    metavar="SIZE",
    callback=parse_size,
    help="Memory of the device, such as 12GiB; the default is that of --gpu.",
)
@click.option(
    "--reserve",
    metavar="SIZE",
    callback=parse_reserve,
    help="Memory for what is not counted: the CUDA context, other programs. The default is the context of --gpu, "
    "else 512MiB (at most half of the memory), and 0 on the CPU.",
)
@click.option(
    "--optimistic",
    is_flag=True,
    help="Count the least that workspaces of cuDNN and cuBLAS may take; the default is the most.",
)
@click.option(
    "--batch",
    type=WholeRange(1, MOST),
    default=None,
    help="Check whether this many images fit; without it, find the largest batch.",
)
@click.option("--remedies", is_flag=True, help="Show what needs less memory, even if the batch fits.")
@click.option(
    "--mode",
    type=click.Choice(["inference", "training"]),
    default=None,
    help="Only this mode. By default both, and training decides.",
)
@format_option("fit")
@run_options
@set_option
@input_option
@strict_option
@max_nodes_option
def command(
    spec: str,
    memory: int | None,
    reserve: int | None,
    optimistic: bool,
    batch: int | None,
    remedies: bool,
    mode: str | None,
    format: str,
    values: dict[str, Any],
    strict: bool,
    max_nodes: int | None,
    inputs: "tuple[Wanted, ...]",
    **run: Any,
) -> int:
    """The largest batch of SPEC that fits the memory of a device, in training and in inference.

    Every figure is from a simulation of PyTorch's allocations, and of its caching allocator. A batch that fits does so
    whatever workspaces cuDNN takes. With --batch: whether that fits. If it does not, the remedies, with the memory that
    each saves.
    """
    from cnncalc.commands._run import collect_garbage, read_spec_argument, show_findings, status
    from cnncalc.diagnostic import Severity
    from cnncalc.graph import MAX_NODES

    gpu: Any = None if run["gpu"] is None else find_gpu(run["gpu"])
    if memory is None and gpu is None:
        raise click.UsageError('How much memory is there? Give --memory 12GiB, or --gpu "RTX 4090".')
    there: int = gpu.memory if memory is None else memory
    context = None
    if reserve is None:
        reserve = 0
        if run["backend"] == "cuda":
            from cnncalc.memory.device import cuda_context

            context = cuda_context(gpu, run["torch"])
            # What the driver itself takes of a GPU is in its memory too, but not of one that is given as a size.
            driver = gpu.memory - gpu.for_programs if memory is None else 0
            # The least memory of any GPU is far more: less stands for what a network is to take, as in an exercise.
            reserve = min(context.nbytes + driver, there // 2)
    if reserve >= there:
        raise click.BadParameter("nothing is left for the network", param_hint="'--reserve'")
    options = {"values": values, "inputs": inputs, "strict": strict, "max_nodes": max_nodes}
    graphs = _graphs(read_spec_argument(spec, inputs), mode, options)
    diagnostics = tuple(dict.fromkeys(item for graph in graphs for item in graph.diagnostics))
    opaque = next((graph for graph in graphs if graph.opaque), None)
    if opaque is not None:
        from cnncalc.graph.unknown_operation import not_computed

        diagnostics = (*diagnostics, not_computed(opaque, "the memory"))
    if not format_of(format).holds_diagnostics:
        show_findings((item for item in diagnostics if item.severity > Severity.INFO), graphs[0].sources)
    from cnncalc.memory import LEAST, MOST, Estimate
    from cnncalc.memory.advice import Answer, advise, inference_of

    if opaque is not None or not all(graph.ok for graph in graphs):
        if format_of(format).holds_diagnostics:
            _write(Answer(graphs[0], there, reserve, gpu, batch, diagnostics=diagnostics), format)
        return status(diagnostics, least=Severity.ERROR)
    workspaces = LEAST if optimistic else MOST
    deciding = setup_of(graphs[0], graphs[0].mode, run)._replace(workspaces=workspaces)
    setups = [deciding, inference_of(deciding)]

    def setup_for(graph: "Graph") -> "Setup | None":
        try:
            return setup_of(graph, graph.mode, run)._replace(workspaces=workspaces)
        except click.UsageError:
            # What is checkpointed or frozen by name may be gone.
            return None

    # Remedies are tried: each makes graphs of its own.
    collect_garbage()
    result = advise(
        [Estimate(graph, setup) for graph, setup in zip(graphs, setups, strict=False)],
        there,
        reserve=reserve,
        gpu=gpu,
        batch=batch,
        always=remedies,
        setup_for=setup_for,
        values=values,
        strict=strict,
        max_nodes=max_nodes or MAX_NODES,
    )
    _write(result._replace(diagnostics=diagnostics, context=context), format)
    return int(not result.fits)


def _graphs(spec: "Spec", mode: str | None, options: dict[str, Any]) -> "list[Graph]":
    """The network in the modes that are asked for; the one that decides first."""
    from cnncalc.commands._run import build_graph

    first = build_graph(spec, mode=mode or "training", **options)
    if mode is not None:
        return [first]
    other = build_graph(spec, mode="inference", quiet=True, **options) if spec.two_modes else None
    return [first, other or first._replace(mode="inference")]


def _write(result: "Answer", format: str) -> None:
    output = FormatOutput(format_of(format))
    output.write(format_of(format).fit(result, output.width))

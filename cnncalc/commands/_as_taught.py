"""`cnncalc memory --as-taught`: the sums of the course and of the textbook."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from cnncalc.commands._format import FormatOutput, format_for

if TYPE_CHECKING:
    from cnncalc.graph import Graph
    from cnncalc.memory import Setup
    from cnncalc.spec import Spec

# The options of `memory` that these sums depend on; all others are about a run.
TAKEN = frozenset(
    [
        "spec",
        "taught",
        "mode",
        "batch",
        "dtype",
        "optimizer",
        "momentum",
        "weight_decay",
        "nesterov",
        "amsgrad",
        "centered",
        "format",
        "values",
        "inputs",
        "strict",
        "max_nodes",
    ]
)


def show_taught(
    spec: "Spec", mode: str, batch: int, run: Mapping[str, Any], format: str, options: Mapping[str, Any]
) -> int:
    """Write the sums in both modes, or in the given mode; returns the exit status.

    `run` holds the options of `memory` about a run, `options` those of a graph.
    """
    from cnncalc.analysis import Analysis
    from cnncalc.api import findings
    from cnncalc.commands._run import show_findings, status
    from cnncalc.diagnostic import Severity
    from cnncalc.memory.report import AsTaught, learning_of, taught_network

    context = click.get_current_context()
    _refuse_others(context)
    asked = mode if context.get_parameter_source("mode") is ParameterSource.COMMANDLINE else None
    setup = _setup(asked, run)
    graphs = _graphs(spec, asked, options)
    diagnostics = tuple(
        dict.fromkeys(item for graph in graphs for item in findings(Analysis(graph), advice=False))
    )
    networks = []
    if all(graph.whole for graph in graphs):
        learning = learning_of(setup)
        networks = [
            taught_network(graph, batch=batch, dtype=setup.dtype, learning=learning) for graph in graphs
        ]
    renderer = format_for(format, "as_taught")
    if not renderer.holds_diagnostics:
        show_findings((item for item in diagnostics if item.severity > Severity.INFO), graphs[0].sources)
    output = FormatOutput(renderer)
    if networks or renderer.holds_diagnostics:
        report = AsTaught(graphs[0], batch, setup.dtype, tuple(networks), diagnostics)
        output.write(renderer.as_taught(report, output.width))
    return status(diagnostics, least=Severity.ERROR)


def _refuse_others(context: click.Context) -> None:
    """An option of a run, which changes no sum of volumes and parameters, is a usage error."""
    run_options = [
        _flag(parameter, context.params.get(name))
        for parameter in context.command.params
        if (name := str(parameter.name)) not in TAKEN
        and context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    ]
    names = list(dict.fromkeys(filter(None, run_options)))
    if names:
        raise click.UsageError(
            "--as-taught adds up volumes and parameters, in bytes, MB and MiB: leave out what changes "
            f"no such sum: {', '.join(names)}"
        )


def _flag(parameter: click.Parameter, value: Any) -> str:
    """How an option is written; nothing for another flag of the same value."""
    if isinstance(parameter, click.Option) and parameter.is_flag and not isinstance(value, bool):
        return parameter.opts[-1] if parameter.flag_value == value else ""
    return parameter.opts[-1]


def _setup(mode: str | None, run: Mapping[str, Any]) -> "Setup":
    """The type and the optimizer. An impossible one is a usage error."""
    from cnncalc.commands._memory_setup import OPTIMIZER_OPTIONS
    from cnncalc.memory import Setup, impossible

    setup = Setup(
        mode=mode or "training",
        dtype=run["dtype"],
        optimizer=run["optimizer"],
        options={name: run[name] for name in OPTIMIZER_OPTIONS if run[name] is not None},
    )
    if problem := impossible(setup):
        raise click.UsageError(problem)
    return setup


def _graphs(spec: "Spec", mode: str | None, options: Mapping[str, Any]) -> "list[Graph]":
    """The network in the mode, or in both."""
    from cnncalc.commands._run import build_graph

    first = build_graph(spec, mode=mode or "inference", **options)
    if mode is not None:
        return [first]
    if not spec.two_modes:
        return [first, first._replace(mode="training")]
    return [first, build_graph(spec, mode="training", quiet=True, **options)]

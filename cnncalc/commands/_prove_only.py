"""`import --prove-only`: an edited spec against the code that it came from."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from cnncalc.commands._against import compared
from cnncalc.commands._import_torch import import_torch
from cnncalc.commands._proving import prove_import, write_weights
from cnncalc.commands._run import FINDINGS, build_graph, read_spec_argument, show_findings, status
from cnncalc.diagnostic import Severity
from cnncalc.graph.other_input import Wanted

if TYPE_CHECKING:
    from cnncalc.comparison import Comparison
    from cnncalc.graph import Graph


def prove_only(
    reference: str,
    source: str,
    arguments: Sequence[str],
    inputs: "tuple[Wanted, ...]",
    *,
    mode: str,
    weights: str | None,
) -> int:
    """Prove that a spec is the network of PyTorch code; if it is another one, print what differs. The status is 1 then.

    `inputs` replace those of the spec. `weights` is the file of `--weights`.
    """
    spec = read_spec_argument(reference, inputs)
    graph = build_graph(spec, values={}, inputs=inputs, mode=mode, strict=False, max_nodes=None)
    errors = [item for item in graph.diagnostics if item.severity is Severity.ERROR]
    if errors:
        show_findings(errors, graph.sources)
        return status(errors)
    shapes = [Wanted(None, None, node.shape) for node in graph.inputs if node.shape is not None]
    draft, make = import_torch(source, arguments, shapes, mode=mode, name=None)
    result = compared(graph, draft, source)
    if not result.ok:
        _print_changes(graph, source, result.comparison)
        return FINDINGS
    if weights is not None:
        write_weights(weights, draft, graph)
    return prove_import(draft, graph, make)


def _print_changes(graph: "Graph", source: str, comparison: "Comparison") -> None:
    from cnncalc.commands._format import FormatOutput, format_for
    from cnncalc.render.comparison import ComparisonPage

    renderer = format_for("text", "comparison")
    output = FormatOutput(renderer)
    output.write(renderer.comparison(comparison, (), ComparisonPage(width=output.width)))
    click.echo(f"not the same: {graph.spec.file} is another network than {source}", err=True)

"""`verify --against`: a spec as the lock file of code."""

from typing import TYPE_CHECKING

import click

from cnncalc.commands._code import code_errors, open_code
from cnncalc.commands._format import FormatOutput, format_for
from cnncalc.commands._run import CLEAN, FINDINGS, show_findings, status
from cnncalc.commands._verifier import graph_of
from cnncalc.commands._verify_events import VerifySettings
from cnncalc.diagnostic import Severity
from cnncalc.exact import counted
from cnncalc.render.comparison import ComparisonPage

if TYPE_CHECKING:
    from cnncalc.comparison import Agreement
    from cnncalc.graph import Graph
    from cnncalc.pytorch.capture.sources import Source


def verify_against(
    reference: str, text: str, arguments: tuple[str, ...], settings: VerifySettings, format: str
) -> int:
    """Compare a spec with the network that the code at `text` makes. The status is 1 if they do not agree."""
    renderer = format_for(format, "comparison")
    graph = graph_of(reference, settings, quiet=False)
    if not graph.ok:
        errors = [item for item in graph.diagnostics if item.severity is Severity.ERROR]
        show_findings(errors, graph.sources)
        return status(errors)
    with code_errors():
        result = compared(graph, open_code(text, arguments))
    output = FormatOutput(renderer)
    if result.ok and renderer.styled:
        parameters = result.comparison.new.totals["params"]
        known = "" if parameters is None else f", {counted(parameters, 'parameter')}"
        output.write(
            [f"{graph.spec.file} agrees with {text}: {counted(len(graph.layers), 'layer')}{known}\n"]
        )
    else:
        page = ComparisonPage(width=output.width)
        output.write(renderer.comparison(result.comparison, (), page))
    if not result.ok:
        click.echo(f"failed: {graph.spec.file} and {text} are not the same network", err=True)
    return CLEAN if result.ok else FINDINGS


def compared(graph: "Graph", source: "Source") -> "Agreement":
    """A spec and its source, with the inputs of the spec; with others where the source takes only others."""
    from cnncalc.pytorch.capture import Failed
    from cnncalc.pytorch.lock import Incomparable, compare_draft, input_shapes

    shapes = input_shapes(graph)
    try:
        draft = source.draft(shapes, graph.mode)
    except Failed as error:
        try:
            draft = source.draft(None, graph.mode)
        except Failed:
            raise error from None
        words = ", ".join(map(str, shapes.values()))
        click.echo(f"note: {source.text} does not run with the input of the spec, {words}: {error}", err=True)
    try:
        return compare_draft(draft, graph, name=source.text)
    except Incomparable as error:
        raise click.ClickException(str(error)) from None

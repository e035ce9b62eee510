"""`verify --against`: a spec as the lock file of code."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from cnncalc.commands._format import FormatOutput, format_for
from cnncalc.commands._import_torch import NotImported
from cnncalc.commands._missing import require_torch
from cnncalc.commands._run import CLEAN, FINDINGS, show_findings, status
from cnncalc.commands._verifier import graph_of
from cnncalc.commands._verify_events import VerifySettings
from cnncalc.diagnostic import Severity
from cnncalc.exact import counted
from cnncalc.render.comparison import ComparisonPage
from cnncalc.shape import Shape

if TYPE_CHECKING:
    from cnncalc.comparison import Agreement
    from cnncalc.graph import Graph
    from cnncalc.importers import Draft
    from cnncalc.pytorch.capture.named_source import TorchSource


def verify_against(
    reference: str, source: str, arguments: Sequence[str], settings: VerifySettings, format: str
) -> int:
    """Compare a spec with the network that PyTorch code makes. The status is 1 if they do not agree."""
    renderer = format_for(format, "comparison")
    graph = graph_of(reference, settings, quiet=False)
    if not graph.ok:
        errors = [item for item in graph.diagnostics if item.severity is Severity.ERROR]
        show_findings(errors, graph.sources)
        return status(errors)
    result = compared(graph, draft_of(graph, source, arguments), source)
    output = FormatOutput(renderer)
    if result.ok and renderer.styled:
        parameters = result.comparison.new.totals["params"]
        known = "" if parameters is None else f", {counted(parameters, 'parameter')}"
        layers = counted(len(graph.layers), "layer")
        output.write([f"{graph.spec.file} agrees with {source}: {layers}{known}\n"])
    else:
        output.write(renderer.comparison(result.comparison, (), ComparisonPage(width=output.width)))
    if not result.ok:
        click.echo(f"failed: {graph.spec.file} and {source} are not the same network", err=True)
    return CLEAN if result.ok else FINDINGS


def compared(graph: "Graph", draft: "Draft", source: str) -> "Agreement":
    """A spec and the draft of its source. Both without errors: else `NotImported`."""
    from cnncalc.pytorch.lock import Incomparable, compare_draft

    try:
        return compare_draft(draft, graph, name=source)
    except Incomparable as error:
        raise NotImported(str(error)) from None


def draft_of(graph: "Graph", source: str, arguments: Sequence[str]) -> "Draft":
    """The draft of code with the inputs of a spec; with others, which is said, if it runs with no input of the spec.

    Raises `NotImported` for code that makes no network, and for one that does not run.
    """
    require_torch()
    from cnncalc.pytorch.capture.named_source import BadSource
    from cnncalc.pytorch.capture.sources import check_place, resolve

    try:
        check_place(source)
        click.echo(f"note: runs the Python code of {source}", err=True)
        return _captured(graph, resolve(source, arguments))
    except BadSource as error:
        raise NotImported(str(error), error.help) from error


def _captured(graph: "Graph", source: "TorchSource") -> "Draft":
    from cnncalc.pytorch.capture.importing import import_source
    from cnncalc.pytorch.capture.named_source import BadSource

    # In order: what an input is called is up to the spec.
    named: list[tuple[str | None, Shape | int]] = [
        (None, node.shape) for node in graph.inputs if node.shape is not None
    ]
    try:
        return import_source(source, named, mode=graph.mode).draft
    except BadSource as refused:
        try:
            draft = import_source(source, mode=graph.mode).draft
        except BadSource:
            raise refused from None
        click.echo(f"note: {refused}", err=True)
        return draft

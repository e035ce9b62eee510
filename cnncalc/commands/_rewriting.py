"""Rewrites one after another, as `rewrite` and `verify` do them; a refusal is a diagnostic at its layer."""

from collections.abc import Sequence
from typing import NamedTuple

from cnncalc.commands._named import find_layer
from cnncalc.diagnostic import Diagnostic, DiagnosticKind, Severity, Span
from cnncalc.graph import Graph, build
from cnncalc.render.rewriting import spec_text
from cnncalc.rewrites import NO_REWRITE, Rewrite, RewriteRefused, Rewritten, applied, rewrite_type
from cnncalc.spec import read_spec
from cnncalc.text import from_text


class RewriteRequest(NamedTuple):
    """A network without errors, the names of the rewrites, and the layers that are meant (none: all)."""

    graph: Graph
    names: Sequence[str]
    layers: Sequence[str] = ()


class RewriteStep(NamedTuple):
    """One rewrite that is done: its option, and the network before and after it."""

    option: str
    rewrite: Rewrite
    before: Graph
    rewritten: Rewritten


def rewritten_in_turn(asked: RewriteRequest) -> tuple[list[RewriteStep], Diagnostic | None]:
    """Each rewrite of what the one before it gave; and why the next one can't be done.

    Raises `click.BadParameter` for a layer that the network does not have.
    """
    graph, steps = asked.graph, list[RewriteStep]()
    only = [find_layer(graph, name, "--layer").name for name in asked.layers]
    for name in asked.names:
        option, rewrite = f"--{name.replace('_', '-')}", rewrite_type(name)()
        if only and not rewrite.by_layer:
            reason = RewriteRefused("it changes the classifier as a whole", help="leave --layer out")
            return steps, refusal(NO_REWRITE, option, asked.graph, reason)
        try:
            rewritten = applied(rewrite, graph, only)
        except RewriteRefused as error:
            return steps, refusal(NO_REWRITE, option, asked.graph, error)
        if fault := _first_error(rewritten.graph, graph):
            reason = RewriteRefused(f"the new network would have an error: {fault}")
            return steps, refusal(NO_REWRITE, option, asked.graph, reason)
        steps.append(RewriteStep(option, rewrite, graph, rewritten))
        graph = rewritten.graph
    return steps, None


def _first_error(graph: Graph, before: Graph) -> str | None:
    """The first error of a new network, as its written spec has it."""
    spec = read_spec(*from_text(spec_text(graph, before)))
    again = build(spec, mode=graph.mode, strict=graph.strict, max_nodes=len(graph.nodes) + 1)
    return next((item.message for item in again.diagnostics if item.severity is Severity.ERROR), None)


def refusal(kind: DiagnosticKind, option: str, graph: Graph, error: RewriteRefused) -> Diagnostic:
    """A diagnostic where the layer stands in the spec that was read, or at its beginning."""
    node = error.node
    place = node.item.span if node is not None and node.item is not None else None
    span = place or Span(graph.spec.file, 1, 1, 1, 1)
    return kind.at(span, f"{option}: {error}" if option else str(error), help=error.help)

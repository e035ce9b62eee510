"""Lint rules: one file each, found by walking the package."""

from cnncalc import plugins
from cnncalc.analysis import Analysis
from cnncalc.diagnostic import Diagnostic, Span
from cnncalc.graph import Graph
from cnncalc.rules._rule import Finding, Rule

__all__ = ["Finding", "Rule", "check", "rules"]


def rules() -> list[Rule]:
    """One of every rule."""
    found = []
    for name, module in plugins.load_all(__name__).items():
        classes = [
            item
            for item in vars(module).values()
            if isinstance(item, type) and issubclass(item, Rule) and item.__module__ == module.__name__
        ]
        if len(classes) != 1:
            raise TypeError(f"{name} must define one rule, not {len(classes)}")
        found.append(classes[0]())
    return found


def check(analysis: Analysis) -> tuple[Diagnostic, ...]:
    """What the rules find in a graph, in the order of the text: each place once, nothing that is allowed there.

    A graph with faults is not held against rules: what they would say may not survive the mending.
    """
    if not analysis.graph.ok:
        return ()
    told: dict[tuple[str, Span], Diagnostic] = {}
    for rule in rules():
        for node, found in rule.check(analysis):
            if not _allowed(analysis.graph, node, found):
                told.setdefault((found.code, found.span), found)
    return tuple(sorted(told.values(), key=lambda item: item.order))


def _allowed(graph: Graph, node: object, found: Diagnostic) -> bool:
    allow = getattr(node, "allow", None)
    return bool(allow and found.code in allow)

"""Lint rules: one file each, found by walking the package."""

from functools import cache

from cnncalc import plugins
from cnncalc.analysis import Analysis
from cnncalc.diagnostic import Diagnostic, Span
from cnncalc.record import NamedTuple
from cnncalc.rules._rule import Finding, Rule
from cnncalc.rules._selection import ALL, EVERYTHING, Choice, Selection

__all__ = [
    "ALL",
    "EVERYTHING",
    "Choice",
    "Finding",
    "Rule",
    "RuleFindings",
    "Selection",
    "check",
    "checked",
    "rules",
]


class RuleFindings(NamedTuple):
    """What the rules find, and the entries of `allow:` and of comments that accepted a finding."""

    found: tuple[Diagnostic, ...] = ()
    accepted: frozenset[Span] = frozenset()


def rules(*, advice: bool = True) -> list[Rule]:
    """One of every rule; without `advice`, of those that are no design rules."""
    packages = (__name__, f"{__name__}.design") if advice else (__name__,)
    modules = [module for package in packages for module in plugins.load_all(package).values()]
    return [plugins.only(module, Rule)() for module in modules]  # type: ignore[type-abstract]


@cache
def _selected(selection: Selection, advice: bool) -> tuple[Rule, ...]:
    return tuple(rule for rule in rules(advice=advice) if selection.takes(rule.fault))


def check(
    analysis: Analysis, selection: Selection = EVERYTHING, *, advice: bool = True
) -> tuple[Diagnostic, ...]:
    """What the rules find in a graph, in the order of the text: each place once, nothing that is accepted there.

    A graph with faults is not held against rules: what they would say may not survive the mending. Rules that are not
    selected do not run.
    """
    return checked(analysis, selection, advice=advice).found


def checked(analysis: Analysis, selection: Selection = EVERYTHING, *, advice: bool = True) -> RuleFindings:
    """The same, and what was accepted."""
    graph = analysis.graph
    if not graph.ok:
        return RuleFindings()
    ignored = None
    if graph.spec.ignores:
        from cnncalc.spec.ignores import accepting

        ignored = accepting(graph.spec.ignores)
    told: dict[tuple[str, Span], Diagnostic] = {}
    accepted: set[Span] = set()
    for rule in _selected(selection, advice):
        for node, item in rule.check(analysis):
            if node is not None and node.allow and (entry := node.allow.get(item.code)):
                accepted.add(entry.span)
            elif ignored and (place := ignored(item)):
                accepted.add(place)
            else:
                told.setdefault((item.code, item.span), item)
    found = graph.spec.fitting(sorted(told.values(), key=lambda one: one.order))
    return RuleFindings(found, frozenset(accepted))

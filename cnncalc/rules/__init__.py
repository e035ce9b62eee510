"""Lint rules, one in each file, in three folders. The package finds all files."""

from functools import cache
from typing import TYPE_CHECKING

from cnncalc import plugins
from cnncalc.analysis import Analysis
from cnncalc.diagnostic import Diagnostic, Span
from cnncalc.record import NamedTuple
from cnncalc.rules._rule import Finding, Rule
from cnncalc.rules._selection import ALL, EVERYTHING, Choice, Selection

if TYPE_CHECKING:
    from cnncalc.rules.budget import MeasuredLimit

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
    "measured_limits",
    "rules",
]


class RuleFindings(NamedTuple):
    """The findings of the rules, and the entries of `allow:` and of comments that accepted a finding."""

    diagnostics: tuple[Diagnostic, ...] = ()
    accepted: frozenset[Span] = frozenset()


def rules(*, advice: bool = True, budget: bool = True) -> list[Rule]:
    """One instance of every rule; without `advice`, without the design rules; without `budget`, without those of it."""
    wanted = {__name__: True, f"{__name__}.budget": budget, f"{__name__}.design": advice}
    # Only the folders that are wanted are loaded: most specs have no budget, and `inspect` gives no advice.
    modules = [
        module for package in wanted if wanted[package] for module in plugins.load_all(package).values()
    ]
    return [plugins.only(module, Rule)() for module in modules]  # type: ignore[type-abstract]


@cache
def _selected(selection: Selection, advice: bool, budget: bool) -> tuple[Rule, ...]:
    return tuple(rule for rule in rules(advice=advice, budget=budget) if selection.takes(rule.fault))


def measured_limits(analysis: Analysis) -> "list[MeasuredLimit]":
    """Every limit of the spec's budget that applies to this network, with the figure, in the order of the spec.

    The figures are those that the rules compare. They are there for a spec with errors too, as far as they are known.
    """
    budget = analysis.graph.spec.budget
    if not budget:
        return []
    from cnncalc.rules.budget import BudgetRule

    modules = plugins.load_all(f"{__name__}.budget").values()
    own = [plugins.only(module, BudgetRule)() for module in modules]  # type: ignore[type-abstract]
    known = {id(each.limit): each for rule in own for each in rule.measurements(analysis)}
    return [known[id(limit)] for limit in budget.limits if id(limit) in known]


def check(
    analysis: Analysis, selection: Selection = EVERYTHING, *, advice: bool = True
) -> tuple[Diagnostic, ...]:
    """The findings of the rules in a graph, in the order of the text: each place once, without accepted findings.

    Rules do not run on a graph with errors, because their findings could change when the errors are fixed. Rules that
    are not selected do not run.
    """
    return checked(analysis, selection, advice=advice).diagnostics


def checked(analysis: Analysis, selection: Selection = EVERYTHING, *, advice: bool = True) -> RuleFindings:
    """The same findings, and the entries that accepted one."""
    graph = analysis.graph
    if not graph.ok:
        return RuleFindings()
    ignored = None
    if graph.spec.ignores:
        from cnncalc.spec.ignores import accepting

        ignored = accepting(graph.spec.ignores)
    by_place: dict[tuple[str, Span], Diagnostic] = {}
    accepted: set[Span] = set()
    for rule in _selected(selection, advice, bool(graph.spec.budget)):
        for node, diagnostic in rule.check(analysis):
            if node is not None and node.allow and (entry := node.allow.get(diagnostic.code)):
                accepted.add(entry.span)
            elif ignored and (place := ignored(diagnostic)):
                accepted.add(place)
            else:
                by_place.setdefault((diagnostic.code, diagnostic.span), diagnostic)
    diagnostics = graph.spec.fitting(sorted(by_place.values(), key=lambda item: item.order))
    return RuleFindings(diagnostics, frozenset(accepted))

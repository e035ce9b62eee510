"""Checks one spec: both modes if they differ, then the comments and entries that accept findings."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import Diagnostic, Severity, Span
from cnncalc.graph import MAX_NODES, Graph, build
from cnncalc.lint.settings import DEFAULT, Settings
from cnncalc.record import NamedTuple
from cnncalc.rules import checked
from cnncalc.spec import NOTHING, Spec

if TYPE_CHECKING:
    from cnncalc.graph.other_input import Wanted

MODES = ("inference", "training")


class Options(NamedTuple):
    """How specs become graphs. `mode` is used for specs whose modes do not differ."""

    mode: str = "inference"
    values: Mapping[str, Any] = NOTHING
    strict: bool = False
    max_nodes: int | None = None
    # Inputs that replace those of the specs.
    inputs: "tuple[Wanted, ...]" = ()


DEFAULT_OPTIONS = Options()


class CheckedSpec(NamedTuple):
    """The findings in one spec in the order of the text, the number of layers, and of those with unknown inputs."""

    findings: tuple[Diagnostic, ...]
    nodes: int
    not_checked: int
    # The number of entries of `expect` that are not checked, because they are for other inputs.
    expects: int = 0


class _Run(NamedTuple):
    """One mode of a spec."""

    graph: Graph
    findings: tuple[Diagnostic, ...]
    accepted: frozenset[Span]


def check(
    spec: Spec, settings: Settings = DEFAULT, options: Options = DEFAULT_OPTIONS, *, sizes: bool = True
) -> CheckedSpec:
    """Every selected finding, once for each place; with `sizes`, findings about sizes suggest sizes that fit."""
    if options.inputs:
        spec = _with_inputs(spec, options)
    if settings.budget:
        spec = spec._replace(budget=spec.budget.over(settings.budget))
    modes = MODES if spec.two_modes else (options.mode,)
    runs = {mode: _run(spec, settings, options, mode) for mode in modes}
    reports: dict[Any, Diagnostic] = {}
    for run in runs.values():
        for item in run.findings:
            reports.setdefault((item.code, item.span), item)
    if spec.ignores or spec.allowed:
        for item in _suppressions(spec, settings, options, runs, tuple(reports.values())):
            reports.setdefault((item.code, item.span), item)
    findings = tuple(sorted(reports.values(), key=lambda item: item.order))
    if sizes and any(item.severity is Severity.ERROR and item.code[0] == "S" for item in findings):
        from cnncalc.sizing.advice import with_sizes

        first = next(iter(runs.values()))
        findings = with_sizes(findings, first.graph)
    return CheckedSpec(
        findings,
        max(len(run.graph.nodes) - len(run.graph.inputs) for run in runs.values()),
        max(run.graph.not_checked for run in runs.values()),
        max(run.graph.unchecked.expects for run in runs.values()),
    )


def _with_inputs(spec: Spec, options: Options) -> Spec:
    from cnncalc.graph.other_input import BadInput, with_inputs

    try:
        return with_inputs(spec, options.inputs, options.values)
    except BadInput:
        # The caller has checked it with the spec. Only a fix that is tried may have changed the spec's inputs.
        return spec


def _run(spec: Spec, settings: Settings, options: Options, mode: str) -> _Run:
    graph = build(
        spec,
        mode=mode,
        values=options.values,
        strict=options.strict or settings.strict,
        max_nodes=options.max_nodes or MAX_NODES,
        judge=settings.judge,
    )
    findings, accepted = checked(Analysis(graph), settings.selection)
    if settings.weights:
        # The findings of the graph already have their severity.
        findings = tuple(settings.judge(item) or item for item in findings)
    return _Run(graph, (*graph.diagnostics, *findings), graph.accepted | accepted)


def _suppressions(
    spec: Spec,
    settings: Settings,
    options: Options,
    runs: Mapping[str, _Run],
    findings: tuple[Diagnostic, ...],
) -> list[Diagnostic]:
    from cnncalc.lint.suppressions import suppressions, unreached
    from cnncalc.spec.ignores import accepting

    def accepted() -> tuple[frozenset[Span], list[Span]] | None:
        # With other values or inputs it is another network; after an error not everything is checked.
        if options.values or spec.given_inputs or not all(run.graph.ok for run in runs.values()):
            return None
        if any(run.graph.unchecked.expects for run in runs.values()):
            return None
        # A rule that is checked in one mode only may have findings in the other.
        both = [runs[mode] if mode in runs else _run(spec, settings, options, mode) for mode in MODES]
        used: frozenset[Span] = frozenset().union(*(run.accepted for run in both))
        return used, unreached(spec, [run.graph for run in both])

    ignored = accepting(spec.ignores)
    reports = suppressions(spec, findings, settings, accepted)
    judged = (settings.judge(item) for item in reports if ignored(item) is None)
    return [item for item in judged if item is not None]

"""The entry point: builds the graph of a spec."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from cnncalc.diagnostic import Note
from cnncalc.graph.bind import Unbound
from cnncalc.graph.expand import Expander
from cnncalc.graph.findings import GraphFindings, Judge
from cnncalc.graph.growing import Growing, TooMany
from cnncalc.graph.inputs import input_shape, network_values, replaced_inputs
from cnncalc.graph.model import Graph, InputHistory, Unchecked
from cnncalc.graph.scope import Numbering, Scope
from cnncalc.spec import NOTHING, Spec, ValueExpr
from cnncalc.spec import faults as language

if TYPE_CHECKING:
    from cnncalc.spec.claims import Claim

MAX_NODES = 1_000_000
# How many outputs a message names.
SHOWN = 3


def build(
    spec: Spec,
    *,
    mode: str = "inference",
    values: Mapping[str, Any] | None = None,
    strict: bool = False,
    max_nodes: int = MAX_NODES,
    judge: Judge | None = None,
    advise: bool = True,
    expander: Callable[[Growing, str, Mapping[str, Any]], Expander] = Expander,
) -> Graph:
    """Expand a spec in one mode (`inference` or `training`), with `values` for some of its parameters.

    Errors of the spec are in the graph's `diagnostics`, beside its own; nothing is raised for them. `judge` may give
    another severity to findings that leave no shape unknown, or accept them. Without `advise` the diagnostics of
    layers have no help and no fixes, which may need a search: for callers that only check whether a network fits.
    `expander` makes what expands the items: one that also remembers how, for a caller that asks.
    """
    findings = _findings(spec, strict=strict, judge=judge)
    graph = _expanded(spec, mode, values or {}, max_nodes, findings, advise=advise, expander=expander)
    if any(node.shape is not None and node.shape.rank == 1 for node in graph.inputs):
        from cnncalc.graph.images import missing_channels

        def other(spec: Spec) -> Graph:
            return _expanded(spec, mode, values or {}, max_nodes, _findings(spec, strict=False), advise=False)

        if missing := tuple(missing_channels(graph, other)):
            for fault in missing:
                findings.add(fault, None, None)
            reports = spec.fitting(findings.all(graph.nodes))
            graph = graph.with_(diagnostics=reports, accepted=frozenset(findings.accepted))
    return graph


def _findings(spec: Spec, *, strict: bool, judge: Judge | None = None) -> GraphFindings:
    """The findings, first those of the text."""
    ignored = None
    if spec.ignores:
        from cnncalc.spec.ignores import accepting

        ignored = accepting(spec.ignores)
    findings = GraphFindings(strict=strict or spec.strict, ignored=ignored, judge=judge)
    for fault in spec.diagnostics:
        findings.add(fault, None, None)
    findings.doubtful = spec.doubtful
    return findings


def _expanded(
    spec: Spec,
    mode: str,
    values: Mapping[str, Any],
    max_nodes: int,
    findings: GraphFindings,
    *,
    advise: bool,
    expander: Callable[[Growing, str, Mapping[str, Any]], Expander] = Expander,
) -> Graph:
    """The graph of a spec, with its errors in `findings`."""
    for name, fault in spec.unset.items():
        if name not in values and name not in spec.given_inputs:
            findings.add(fault, None, None)

    def notes_on(value: ValueExpr) -> Iterable[Note]:
        from cnncalc.graph.given import notes

        return notes((value,), None, spec, values)

    parameters = network_values(spec, values, findings, notes_on)
    growing = Growing(spec, findings, max_nodes, advise=advise, given=values)
    expanding = expander(growing, mode, parameters)
    only = 0 if len(spec.inputs) == 1 else None
    scope = Scope(
        "", Numbering(spec.names | frozenset(spec.inputs)), NOTHING, NOTHING, None, None, only, depth=1
    )
    for name, shape in spec.inputs.items():
        growing.add_input(name, input_shape(shape, parameters, findings, notes_on), shape)
    if spec.written_for:
        growing.replaced = replaced_inputs(spec, parameters, growing.nodes)
    known_histories: dict[int, InputHistory] = {}
    if spec.histories:
        from cnncalc.graph.histories import histories

        known_histories = histories(spec, parameters, growing.nodes, findings)
    outputs, complete = _grown(expanding, growing, only, scope, mode)
    claims: tuple[tuple[Claim, int | None], ...] = ()
    if spec.claims and complete:
        from cnncalc.graph.claimed import claimed

        claims = claimed(growing, lambda: expanding.names, scope, mode, parameters)
    devices: tuple[str, ...] = ()
    if growing.devices:
        from cnncalc.graph import placement

        devices = placement.devices(growing)
    return Graph(
        spec=spec,
        mode=mode,
        nodes=tuple(growing.nodes),
        outputs=outputs,
        places={index: shape.span for index, shape in growing.input_givens.items()},
        by_name=growing.table.nodes,
        diagnostics=spec.fitting(findings.all(growing.nodes)),
        not_checked=growing.not_checked,
        complete=complete,
        values=parameters,
        accepted=frozenset(findings.accepted),
        doubtful=findings.doubtful,
        disputed=findings.disputed,
        counted=complete and growing.counted,
        strict=findings.strict,
        residuals=tuple(growing.residuals),
        devices=devices,
        histories=known_histories,
        unchecked=Unchecked(len(growing.unchecked), growing.replaced),
        claims=claims,
    )


def _grown(
    expander: Expander, growing: Growing, only: int | None, scope: Scope, mode: str
) -> tuple[tuple[int, ...], bool]:
    """The outputs after all items are expanded, and whether the network is complete.

    A short function of its own: where memory runs out in a long one, Python 3.11 can't leave its `try`. It pushes the
    number of the instruction, which from 257 on is an object that must be allocated, and tries again for ever.
    """
    spec = growing.spec
    try:
        last = expander.items(spec.items, only, scope)
        outputs = _outputs(expander, growing, last, scope)
        if any((shape := growing.nodes[index].shape) is not None and not shape.batched for index in outputs):
            from cnncalc.graph.without_batch import report_outputs

            report_outputs(growing, outputs, scope)
        if len(growing.nodes) == len(spec.inputs) and spec.items:
            what = f"every layer is left out ({mode}): there is no network"
            growing.findings.add(language.MISSING_KEY.at(spec.items[0].span, what), None, None)
    except TooMany:
        return (), False
    return outputs, True


def _outputs(expander: Expander, growing: Growing, last: int | None, scope: Scope) -> tuple[int, ...]:
    """The output nodes. If there is none, that is reported here."""
    spec = growing.spec
    if spec.outputs is None:
        if last is not None and not growing.nodes[last].is_input:
            return (last,)
        if spec.items and len(growing.nodes) > len(spec.inputs):
            item = spec.items[-1]
            source = "an input" if last is None else f"`{growing.nodes[last].name}` itself"
            what = f"the network has no output: the last item gives {source}"
            layer = next(node.name for node in reversed(growing.nodes) if not node.is_input)
            help = f"write the layer that gives the output: `outputs: [{layer}]`"
            growing.report(language.NO_OUTPUT.at(item.span, what, help=help), scope)
        return ()
    outputs = []
    left_out = [
        output for output in spec.outputs if output.constant and output.value in growing.table.skipped
    ]
    for output in spec.outputs:
        if not output.constant or output in left_out:
            continue
        if output.value == "prev" and last is not None:
            outputs.append(last)
            continue
        try:
            outputs.append(expander.names.find(output, scope))
        except Unbound:
            continue
    if len(left_out) == len(spec.outputs):
        names = " and ".join(f"`{output.value}`" for output in left_out[:SHOWN])
        more = f" and {len(left_out) - SHOWN:,} more" if len(left_out) > SHOWN else ""
        are = "is" if len(left_out) == 1 else "are"
        what = (
            f"the network has no output in {expander.mode}: {names}{more} of `outputs` {are} left out of it (`only` or "
            "`when`)"
        )
        help = "name a layer in `outputs` that is in the network in training and in inference"
        growing.report(language.NO_OUTPUT.at(left_out[0].span, what, help=help), scope)
    return tuple(dict.fromkeys(outputs))

"""Devices: which device computes each layer of a spec with `place`, and errors for layers without a clear device."""

from cnncalc.diagnostic import Diagnostic, Note
from cnncalc.exact import grouped
from cnncalc.graph import faults
from cnncalc.graph.bind import Binder, Unbound
from cnncalc.graph.growing import Growing
from cnncalc.graph.node import Node
from cnncalc.graph.scope import Scope
from cnncalc.spec import ValueExpr
from cnncalc.spec import faults as language
from cnncalc.spec.placement import no_device

# How many devices or operands a message names.
SHOWN = 4


def scope_on_device(growing: Growing, binder: Binder, place: ValueExpr, scope: Scope) -> Scope:
    """The scope of an item on the device that `place` names; unchanged if it names none, which is reported here."""
    # A device changes no figure of the network.
    with growing.findings.figures_stand():
        try:
            value = binder.value(place, None, scope)
        except Unbound:
            growing.lost_device = True
            return scope
        fault = no_device(value)
        if fault is not None:
            growing.lost_device = True
            growing.report(language.WRONG_VALUE.at(place.span, fault[0]), scope, values=(place,))
            return scope
    growing.devices.setdefault(value)
    return scope.marked(scope.marks._replace(place=value))


def devices(growing: Growing) -> tuple[str, ...]:
    """The devices of a network, in the order of their first layers; none where one is not clear (reported here)."""
    nodes = growing.nodes
    if growing.lost_device or all(node.place is None for node in nodes):
        # Every layer that has a device may be left out.
        return ()
    reports = [(node, report) for node in nodes if (report := _report(growing, node)) is not None]
    with growing.findings.figures_stand():
        for node, report in reports:
            growing.findings.add(report, node.frame, node.allow, node.item)
    used = dict.fromkeys(node.place for node in nodes if not node.is_input)
    return tuple(place for place in used if place is not None) if not reports and None not in used else ()


def _report(growing: Growing, node: Node) -> Diagnostic | None:
    """The error of a layer about its device, if it has one."""
    nodes = growing.nodes
    if node.fit is None or node.item is None:
        return None
    if node.place is None:
        reads = [nodes[source] for source in dict.fromkeys(node.inputs) if not nodes[source].is_input]
        if any(source.place is None for source in reads):
            # The device of this layer would be known if that of the layer before it were.
            return None
        return _without_place(growing, node, reads) if reads else _first_without_place(growing, node)
    owner = nodes[node.owner]
    if owner.place in (None, node.place):
        return None
    message = (
        f"`{node.name}` is on {node.place}, "
        f"but the weights that it shares with `{owner.name}` are on {owner.place}"
    )
    help = f"put `place: {owner.place}` beside it, or leave `share` out: then the layer has its own weights"
    notes = [Note("the weights are here", owner.item.span)] if owner.item is not None else []
    return faults.WEIGHTS_ELSEWHERE.at(node.item.span, message, notes=notes, help=help)


def _first_without_place(growing: Growing, node: Node) -> Diagnostic:
    assert node.item is not None
    count = len(growing.devices)
    other = next(other for other in growing.nodes if other.place is not None)
    places = _listed([f"`{name}`" for name in growing.devices])
    notes = [Note(f"`{other.name}` has a `place`", other.item.span)] if other.item is not None else []
    return faults.NO_PLACE.at(
        node.item.span,
        f"`{node.name}` has no `place`, and other layers have one: {places}",
        notes=notes,
        help=f"put `place: {next(iter(growing.devices))}` beside it"
        + (", or another of these devices" if count > 1 else "")
        + "; layers after it that have no `place` are then on the same device",
    )


def _without_place(growing: Growing, node: Node, reads: list[Node]) -> Diagnostic:
    assert node.item is not None
    where = _listed([f"`{source.name}` on {source.place}" for source in reads])
    return faults.NO_PLACE.at(
        node.item.span,
        f"`{node.name}` has no `place`, and reads layers on several devices: {where}",
        help=_choice(reads),
    )


def _choice(reads: list[Node]) -> str:
    """The devices to choose from, the device that would receive the fewest values first."""
    values: dict[str, int | None] = {}
    for place in dict.fromkeys(source.place for source in reads):
        shapes = [source.shape for source in reads if source.place != place]
        sizes = [shape.size for shape in shapes if shape is not None]
        values[place or ""] = sum(sizes) if len(sizes) == len(shapes) else None
    ordered = sorted(values, key=lambda place: values[place] or 0)
    words = [
        f"`place: {place}`"
        + (f" (it receives {grouped(received)} values an image)" if (received := values[place]) else "")
        for place in ordered[:SHOWN]
    ]
    return f"put {' or '.join(words)} beside it"


def _listed(words: list[str]) -> str:
    more = f" and {len(words) - SHOWN} more" if len(words) > SHOWN else ""
    return ", ".join(words[:SHOWN]) + more

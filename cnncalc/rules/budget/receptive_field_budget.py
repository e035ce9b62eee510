"""The receptive field is outside of the budget."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis, Field
from cnncalc.diagnostic import DiagnosticKind, Note, Severity
from cnncalc.exact import grouped
from cnncalc.graph import Node
from cnncalc.layers import Layer
from cnncalc.rules._rule import Finding
from cnncalc.rules.budget._limits import BudgetRule, in_words, limits, misses, missing, over_budget
from cnncalc.spec import Limit
from cnncalc.vocabulary.convolution import SlidingFilters

# From this kernel on, more layers are the better advice.
LARGEST = 15


class ReceptiveFieldBudget(BudgetRule):
    """`budget: {receptive_field: 224}`."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "C005",
        "receptive-field-budget",
        Severity.ERROR,
        "The receptive field is outside of the budget: `receptive_field` in `budget`. The figure is the field of the "
        "widest volume with more than one position, along the first axis that misses the limit. If the field differs "
        "by position, a lower limit is compared with the positions that see least, an upper limit with those that see "
        "most.",
        "A value cannot depend on pixels that it does not see: it sees only parts of an object larger than "
        "the field. The field includes padding, and its border has little weight, so the effective field is "
        "even smaller.",
        invalid="cnncalc: 1\ninput: 32x32x3\nbudget: {receptive_field: 6}\nlayers:\n"
        "  - conv: {filters: 16, kernel: 3, padding: half}\n",
        valid="cnncalc: 1\ninput: 32x32x3\nbudget: {receptive_field: 6}\nlayers:\n"
        "  - conv: {filters: 16, kernel: 7, padding: half}\n",
        source="Luo et al. 2016, Understanding the Effective Receptive Field, arXiv 1701.04128",
    )

    figures: ClassVar[tuple[str, ...]] = ("receptive_field",)

    def measured(self, limit: Limit, network: Analysis) -> int | None:
        """The axis that is furthest from its limit decides."""
        if not network.graph.shaped:
            return None
        volumes = _volumes(network)
        if any(network.receptive_fields[node.index] is None for node in volumes):
            return None
        above = limit.bound.sign[0] == ">"
        # A bound says how large a field is at most, never at least.
        sure = [node for node in volumes if not above or network.field_exactness[node.index] is None]
        widest = [
            max((_sizes(network, node, axis, limit)[0] for node in sure), default=0)
            for axis in range(_rank(volumes))
        ]
        value = (min if above else max)(widest, default=None)
        inexact = any(network.field_exactness[node.index] is not None for node in volumes)
        return None if value is None or (inexact and not limit.holds(value)) else value

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        for limit, network in limits(analysis, "receptive_field"):
            yield from self._held(limit, network)

    def _held(self, limit: Limit, analysis: Analysis) -> Iterator[Finding]:
        graph = analysis.graph
        volumes = _volumes(analysis)
        unknown = next((node for node in volumes if analysis.receptive_fields[node.index] is None), None)
        if unknown is not None:
            inexact = analysis.field_exactness[unknown.index]
            name = inexact.layer if inexact is not None and inexact.layer is not None else unknown.name
            message = (
                f"the receptive field is not known from `{name}` on, but the budget is {in_words(limit)}"
            )
            yield over_budget(self.fault, limit, graph, message, [])
            return
        for axis in range(_rank(volumes)):
            above = limit.bound.sign[0] == ">"
            sizes = {node.index: _sizes(analysis, node, axis, limit) for node in volumes}
            exact = [node for node in volumes if analysis.field_exactness[node.index] is None]
            if above and any(limit.holds(sizes[node.index][0]) for node in exact):
                continue
            widest = max(volumes, key=lambda node: sizes[node.index])
            size, inexact = sizes[widest.index][0], analysis.field_exactness[widest.index]
            if limit.holds(size) and not (above and inexact):
                continue
            if inexact is not None:
                message = (
                    f"the receptive field is at most {grouped(size)} px, but the budget is {in_words(limit)}"
                )
                note = Note(f"`{inexact.layer}` reads more in some runs or places")
                yield over_budget(self.fault, limit, graph, message, [note])
                return
            fields = analysis.receptive_fields[widest.index] or ()
            least, most = fields[axis].sizes
            by_position = f" ({grouped(least)} to {grouped(most)} by position)" if least != most else ""
            message = f"the receptive field is {grouped(size)} px{by_position}: {misses(limit, size)}"
            note = Note(
                f"this is the field of `{widest.name}` (line {graph.line(widest)})",
                widest.item.span if widest.item is not None else None,
            )
            yield over_budget(
                self.fault, limit, graph, message, [note], _wider(analysis, widest, limit, axis)
            )
            return


def _volumes(analysis: Analysis) -> list[Node]:
    """The nodes with more than one position."""
    return [node for node in analysis.graph.nodes if node.shape is not None and node.shape.positions > 1]


def _rank(nodes: list[Node]) -> int:
    """The most axes of a node."""
    return max((node.shape.rank for node in nodes if node.shape is not None), default=0)


def _sizes(analysis: Analysis, node: Node, axis: int, limit: Limit) -> tuple[int, int]:
    """The sizes of a field, first the one to compare: of the positions that see least, or most for an upper limit."""
    fields = analysis.receptive_fields[node.index]
    if not fields or axis >= len(fields):
        return 0, 0
    least, most = fields[axis].sizes
    return (most, least) if limit.bound.sign[0] == "<" else (least, most)


def _wider(analysis: Analysis, widest: Node, limit: Limit, axis: int) -> str | None:
    """A larger kernel, or more convolutions, that make the field wide enough. Each tap adds the stride before it."""
    last = _last_convolution(analysis, widest, axis)
    if last is None or limit.bound.sign[0] == "<":
        return None
    node, kernel, step = last
    size, _ = _sizes(analysis, widest, axis, limit)
    # Two more taps keep an odd kernel odd.
    pairs = int(-(-missing(limit, size) // (2 * step)))
    field = int(size + 2 * pairs * step)
    if kernel + 2 * pairs <= LARGEST:
        return (
            f"with kernel {kernel + 2 * pairs} instead of {kernel} in `{node.name}` it is {grouped(field)} px"
        )
    return (
        f"{grouped(pairs)} more convolutions of kernel 3 after `{node.name}` make it {grouped(field)} px: "
        f"{2 * step} px each"
    )


def _last_convolution(analysis: Analysis, widest: Node, axis: int) -> tuple[Node, int, int] | None:
    """The convolution nearest to the end of the widest path, its kernel, and the pixels between two of its taps."""
    graph, fields, node = analysis.graph, analysis.receptive_fields, widest
    while node.fit is not None and node.inputs:
        kernel = _kernel(node.fit.layer, axis)
        before = fields[node.inputs[0]]
        if kernel is not None and before:
            if not _is_regular(before[axis]):
                return None
            return node, kernel, before[axis].shift * _dilation(node.fit.layer, axis)
        if len(node.inputs) == 1:
            node = graph.nodes[node.inputs[0]]
            continue
        # Of several paths only one that sees everything the others see passes its taps on.
        whole = fields[node.index]
        same = [
            source
            for source in node.inputs
            if (field := fields[source]) and whole and field[axis] == whole[axis]
        ]
        if not same:
            return None
        node = graph.nodes[same[0]]
    return None


def _is_regular(field: Field) -> bool:
    """Whether every position sees the same number of pixels, one step further: then a tap adds a step."""
    return len(field.phases) == 1 and field.fixed is None and field.shift > 0


def _kernel(layer: Layer, axis: int) -> int | None:
    """The size of a convolution's window along an axis."""
    kernel = getattr(layer, "kernel", None)
    if not isinstance(layer, SlidingFilters) or kernel is None:
        return None
    return int(kernel[axis] if isinstance(kernel, tuple) else kernel)


def _dilation(layer: Layer, axis: int) -> int:
    dilation = getattr(layer, "dilation", 1)
    return int(dilation[axis] if isinstance(dilation, tuple) else dilation)

"""Channels that tensor cores pad."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Severity
from cnncalc.exact import grouped
from cnncalc.graph import BoundLayer, Node
from cnncalc.layers.conv import Conv
from cnncalc.layers.fc import FC
from cnncalc.layers.linear import Linear
from cnncalc.rules._paths import ends
from cnncalc.rules._places import cases, notes
from cnncalc.rules._rule import Finding, Rule

# 16 bytes, of two-byte values.
STEP = 8
# The fields for the number of output channels.
FIELDS = ("filters", "units")


class UnalignedChannels(Rule):
    """Filters or units that are not a multiple of 8."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "D105",
        "unaligned-channels",
        Severity.INFO,
        "A convolution or fully-connected layer whose number of filters or units is not a multiple of 8.",
        "Tensor cores multiply float16 matrices whose sides are multiples of 8 (16 bytes); libraries pad "
        "other sizes or use slower kernels, so the next multiple often costs nothing. Not reported: layers "
        "that produce an output of the network, layers with fewer than 8, and layers with groups.",
        invalid="cnncalc: 1\ninput: 32x32x16\nlayers:\n  - conv: {filters: 60, kernel: 3, act: relu}\n  - conv: 10\n",
        valid="cnncalc: 1\ninput: 32x32x16\nlayers:\n  - conv: {filters: 64, kernel: 3, act: relu}\n  - conv: 10\n",
        source="NVIDIA, Deep Learning Performance: Matrix Multiplication Background User's Guide, section 4.1",
        preview=True,
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        given: set[int] | None = None
        odd: list[Node] = []
        for node in analysis.graph.layers:
            if _field(node) is None or node.shape is None:
                continue
            if not node.shape.channels % STEP or node.shape.channels < STEP:
                continue
            if given is None:
                given = ends(analysis, lambda node: _field(node) is None)
            if node.index not in given and getattr(node.fit and node.fit.layer, "groups", 1) == 1:
                odd.append(node)
        for field in FIELDS:
            of_field = [node for node in odd if _field(node) == field]
            for case in cases(analysis, self.fault.code, of_field, field, reshapes=True):
                size = getattr(case.fit.layer, field)
                up = -(-size // STEP) * STEP
                message = (
                    f"`{case.node.name}` has {grouped(size)} {field}, which is not a multiple of {STEP}: a GPU that "
                    f"pads them to {grouped(up)} computes {_more(case.fit, field, up)}"
                )
                help = f"write `{field}: {up}`" + (
                    f" or `{field}: {size // STEP * STEP}`" if size > STEP else ""
                )
                diagnostic = self.fault.at(
                    case.span, message, notes=notes(analysis.graph, case, field), help=help
                )
                yield Finding(case.node, diagnostic)


def _field(node: Node) -> str | None:
    """The field for the number of output channels of a layer, if the layer is one matrix product.

    A transposed convolution is not: its output is often an enlarged map of classes.
    """
    layer = node.fit.layer if node.fit is not None else None
    if isinstance(layer, Conv):
        return "filters"
    return "units" if isinstance(layer, FC | Linear) else None


def _more(fit: BoundLayer, field: str, up: int) -> str:
    """How many products the padding costs."""
    layer, inputs = fit.layer, fit.inputs
    macs = layer.work(inputs).macs
    filled = layer.with_fields(**{field: up})
    return f"{grouped(filled.work(inputs).macs - macs)} more MACs than the {grouped(macs)} of the layer"

"""Average pooling that halves a volume inside a network."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Fix, Severity
from cnncalc.graph import BoundLayer, Node
from cnncalc.layers.avgpool import AvgPool
from cnncalc.layers.maxpool import MaxPool
from cnncalc.rules._edits import word
from cnncalc.rules._places import broken, cases, grid, notes, of_type, spatial_behind
from cnncalc.rules._rule import Finding, Rule
from cnncalc.vocabulary.convolution import SlidingFilters
from cnncalc.vocabulary.window import axiswise


class InnerAveragePool(Rule):
    """Every average pool with a stride above 1, followed by convolutions."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "D011",
        "inner-average-pool",
        Severity.INFO,
        "Average pooling with a stride above 1 and spatial layers after it. Pooling at the end of a network "
        "or before a head, and pooling with stride 1, is not reported.",
        "Average pooling inside networks is rare today: max pooling works better in practice.",
        invalid="cnncalc: 1\ninput: 32x32x3\ndefaults: {conv: {kernel: 3, padding: 1, act: relu}}\nlayers:\n"
        "  - conv: 8\n  - avgpool: {kernel: 2, stride: 2}\n  - conv: 16\n",
        valid="cnncalc: 1\ninput: 32x32x3\ndefaults: {conv: {kernel: 3, padding: 1, act: relu}}\nlayers:\n"
        "  - conv: 8\n  - maxpool: {kernel: 2, stride: 2}\n  - conv: 16\n",
        source="CS231n notes, Pooling Layer: general pooling",
        preview=True,
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        nodes = broken(analysis, AvgPool, _halves)
        if not nodes:
            return
        graph = analysis.graph
        convolutions = of_type(analysis, SlidingFilters)
        inner = [node for node in nodes if spatial_behind(graph, node)]
        for case in cases(analysis, self.fault.code, inner):
            volume, after = case.fit.inputs[0], case.fit.output
            behind = _behind(convolutions, case.node)
            message = (
                f"`{case.node.name}` averages {volume} to {after}, and {behind} of {len(convolutions)} convolutions "
                f"{'comes' if behind == 1 else 'come'} after it"
            )
            layer = case.fit.layer
            kernel = axiswise(layer.kernel, volume.rank) if isinstance(layer, AvgPool) else ()
            help = f"`maxpool` with the same windows of {grid(kernel)} also gives {after}"
            edit = word(analysis.graph, case.node, MaxPool.key)
            call = case.node.call
            takes = call is not None and "count_include_pad" not in {*call.fields, *call.computed}
            fixes = (
                [Fix(MaxPool.key, (edit,))]
                if edit and takes and case.whole and not (call and call.inherited)
                else []
            )
            context = notes(analysis.graph, case)
            yield Finding(case.node, self.fault.at(case.span, message, notes=context, help=help, fixes=fixes))


def _halves(fit: BoundLayer) -> bool:
    layer = fit.layer
    if not isinstance(layer, AvgPool) or fit.output is None or layer.step == 1 or layer.kernel == 1:
        return False
    return fit.output.positions > 1


def _behind(convolutions: list[Node], pool: Node) -> int:
    return sum(node.index > pool.index for node in convolutions)

"""More layers in a row than the notes' pattern has."""

from collections.abc import Callable, Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Severity
from cnncalc.exact import counted
from cnncalc.graph import Node
from cnncalc.layers.fc import FC
from cnncalc.rules._paths import only_reader
from cnncalc.rules._places import cases, notes
from cnncalc.rules._rule import Finding, Rule
from cnncalc.vocabulary.convolution import SlidingFilters
from cnncalc.vocabulary.families import ACTIVATION
from cnncalc.vocabulary.traits import is_elementwise
from cnncalc.vocabulary.window import axiswise

# N and K of the notes' pattern: the most convolutions before a pooling, and the most hidden fully-connected layers.
CONVS, HIDDEN = 3, 2


class DeepStage(Rule):
    """A run of more convolutions without pooling, or of more hidden fc layers, than the notes' pattern has."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "D014",
        "deep-stage",
        Severity.INFO,
        "More than 3 convolutions in a row that keep the size, or 3 and more hidden fully-connected layers. "
        "1x1 convolutions are not counted, and a merge or a stride begins a new row.",
        "In the pattern INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC of the notes N is usually "
        "at most 3 and K less than 3. A longer plain row is harder to train, and a third hidden layer adds many "
        "parameters. (VGG-19 has N = 4.)",
        invalid="cnncalc: 1\ninput: 32x32x3\nlayers:\n  - conv: {filters: 8, kernel: 3, padding: 1, act: relu}\n"
        "    repeat: 5\n  - maxpool: 2\n  - flatten\n  - fc: 10\n",
        valid="cnncalc: 1\ninput: 32x32x3\nlayers:\n  - conv: {filters: 8, kernel: 3, padding: 1, act: relu}\n"
        "    repeat: 3\n  - maxpool: 2\n  - flatten\n  - fc: 10\n",
        source="CS231n notes, Layer Patterns",
        preview=True,
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        convs = _rows(analysis, _keeps_size)
        yield from self._findings(
            analysis,
            convs,
            CONVS,
            "convolutions in a row ({of}), with no pooling between them",
            "put a pooling layer between them",
        )
        hidden = _rows(analysis, lambda node: _is_hidden(analysis, node))
        yield from self._findings(analysis, hidden, HIDDEN, "hidden fully-connected layers ({of})", "")

    def _findings(
        self, analysis: Analysis, rows: list[list[Node]], most: int, what: str, instead: str
    ) -> Iterator[Finding]:
        long = {row[-1].index: row for row in rows if len(row) > most}
        last = [row[-1] for row in long.values()]
        for case in cases(analysis, self.fault.code, last):
            row = long[case.node.index]
            of = f"`{row[0].name}` to `{row[-1].name}`"
            message = f"there are {len(row)} {what.format(of=of)}; the usual pattern has at most {most}"
            ways = [instead] * bool(instead) + [f"remove {counted(len(row) - most, 'layer')}"]
            help = f"{', or '.join(ways)}; many published networks have more, so you can also accept it"
            diagnostic = self.fault.at(case.span, message, notes=notes(analysis.graph, case), help=help)
            yield Finding(case.node, diagnostic)


def _rows(analysis: Analysis, counts: Callable[[Node], bool]) -> list[list[Node]]:
    """The layers that count, in rows: between two of a row is only what works value by value, each read by one."""
    graph = analysis.graph
    rows: list[list[Node]] = []
    row_of: dict[int, list[Node]] = {}
    for node in graph.layers:
        if node.fit is None or not counts(node):
            continue
        before = graph.nodes[node.inputs[0]]
        while (
            before.fit is not None
            and len(before.inputs) == 1
            and not counts(before)
            and is_elementwise(before.fit.layer, before.fit.inputs)
            and only_reader(analysis, before) is not None
        ):
            before = graph.nodes[before.inputs[0]]
        row = row_of.get(before.index) if only_reader(analysis, before) is not None else None
        if row is None or not _goes_on(node):
            row = []
            rows.append(row)
        row.append(node)
        row_of[node.index] = row
    return rows


def _goes_on(node: Node) -> bool:
    """Whether a layer can be a later one of a row: it works on as many positions as it gives."""
    assert node.fit is not None
    output = node.fit.output
    return output is not None and output.rank == node.fit.inputs[0].rank and not _strides(node)


def _strides(node: Node) -> bool:
    assert node.fit is not None
    stride = getattr(node.fit.layer, "stride", 1)
    return set(axiswise(stride, node.fit.inputs[0].rank)) not in (set(), {1})


def _keeps_size(node: Node) -> bool:
    """Whether a layer is a convolution over more than one position of a volume of several."""
    fit = node.fit
    if fit is None or not isinstance(fit.layer, SlidingFilters) or fit.inputs[0].positions == 1:
        return False
    kernel = getattr(fit.layer, "kernel", 1)
    return max(axiswise(kernel, fit.inputs[0].rank)) > 1


def _is_hidden(analysis: Analysis, node: Node) -> bool:
    """Whether a layer is an fc whose output goes through an activation to another layer."""
    if node.fit is None or not isinstance(node.fit.layer, FC):
        return False
    after = only_reader(analysis, node)
    while after is not None and after.fit is not None and is_elementwise(after.fit.layer, after.fit.inputs):
        if after.fit.layer.family == ACTIVATION and only_reader(analysis, after) is not None:
            return True
        after = only_reader(analysis, after)
    return False

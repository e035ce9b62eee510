"""Merges of paths with different strides over the input."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Note, Severity
from cnncalc.rules._rule import Finding, Rule

if TYPE_CHECKING:
    from fractions import Fraction


class PathsDisagree(Rule):
    """Operands of one merge with different total strides."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "G002",
        "paths-disagree",
        Severity.WARNING,
        "The operands of a merge have the same size but different total strides: neighbouring values are a "
        "different number of pixels apart in each operand.",
        "The values that are added or joined then see different places of the image, and the difference grows with the "
        "distance from the corner. The sizes are equal by accident, often because of padding.",
        invalid="cnncalc: 1\ninput: 9x9x3\nlayers:\n  - add:\n"
        "      - [conv: {filters: 8, kernel: 3, stride: 2}]\n"
        "      - [conv: {filters: 8, kernel: 6}]\n",
        valid="cnncalc: 1\ninput: 9x9x3\nlayers:\n  - add:\n"
        "      - [conv: {filters: 8, kernel: 3, stride: 2}]\n"
        "      - [conv: {filters: 8, kernel: 5, stride: 2, padding: 1}]\n",
        source="Araujo, Norris & Sim 2019, Computing Receptive Fields of Convolutional Neural Networks",
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        graph = analysis.graph
        for disagreement in analysis.disagreements:
            node = graph.nodes[disagreement.node]
            assert node.item is not None
            notes = []
            for input_index, stride in zip(disagreement.inputs, disagreement.strides, strict=True):
                source = graph.nodes[input_index]
                place = source.item.span if source.item is not None else None
                notes.append(
                    Note(
                        f"the stride of `{source.name}` is {_pixels(stride)} (line {graph.line(source)})",
                        place,
                    )
                )
            first, other = disagreement.strides
            message = (
                f"the operands of `{node.name}` do not show the same places of the image: along the "
                f"{disagreement.axis} their values are {_pixels(first)} and {_pixels(other)} apart"
            )
            help = (
                "give both paths the same strides; if they differ on purpose, write "
                f"`allow: {{{self.fault.code}: different strides on purpose}}` beside it"
            )
            yield Finding(node, self.fault.at(node.item.span, message, notes=notes, help=help))


def _pixels(count: "int | Fraction") -> str:
    if count < 1:
        return f"{count} of a pixel"
    return f"{count} pixel" if count == 1 else f"{count} pixels"

"""Groups of one channel in some uses of a layer, but not in others."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import DiagnosticKind, Severity
from cnncalc.exact import counted, grouped
from cnncalc.graph import Node
from cnncalc.layers.conv import Conv
from cnncalc.rules._places import cases, notes, of_type
from cnncalc.rules._rule import Finding, Rule


class OneChannelGroups(Rule):
    """A number of groups that is equal to the number of channels by accident."""

    fault: ClassVar[DiagnosticKind] = DiagnosticKind(
        "D106",
        "one-channel-groups",
        Severity.INFO,
        "A convolution whose `groups`, a number, gives each group one channel, although the same item gives several "
        "elsewhere, or although the number comes from `defaults`.",
        "With one channel in each group it is a depthwise convolution: no filter sees two channels, and the "
        "layer has far fewer weights than in its other uses. If this is intended, `depthwise_conv` says so.",
        invalid="cnncalc: 1\ninput: 16x16x16\ndefaults: {conv: {kernel: 3, padding: half, act: relu, groups: 16}}\n"
        "layers:\n  - conv: 16\n  - conv: {filters: 32, groups: 1}\n",
        valid="cnncalc: 1\ninput: 16x16x16\ndefaults: {conv: {kernel: 3, padding: half, act: relu, groups: 4}}\n"
        "layers:\n  - conv: 16\n  - conv: {filters: 32, groups: 1}\n",
        source="Xie et al. 2017, ResNeXt, arXiv 1611.05431",
    )

    def check(self, analysis: Analysis) -> Iterator[Finding]:
        alone: list[Node] = []
        for node in of_type(analysis, Conv):
            fit = node.fit
            if (
                fit is not None
                and isinstance(fit.layer, Conv)
                and 1 < fit.layer.groups == fit.inputs[0].channels
            ):
                alone.append(node)
        if not alone:
            return
        wide = {id(node.call) for node in of_type(analysis, Conv) if _several(node)}
        by_chance = [node for node in alone if _by_chance(node, wide)]
        for case in cases(analysis, self.fault.code, by_chance, "groups", reshapes=True):
            layer, channels = case.fit.layer, case.fit.inputs[0].channels
            assert isinstance(layer, Conv)
            weights = sum(weight.size for weight in layer.weights(case.fit.inputs) if not weight.is_bias)
            message = (
                f"each filter of `{case.node.name}` reads only 1 of the {channels} input channels, because there are "
                f"{counted(channels, 'group')}: {grouped(weights)} weights; with 2 channels in a group it would have "
                f"{grouped(2 * weights)}"
            )
            half = channels // 2
            help = "if this is intended, write `depthwise_conv`"
            if channels == 2 * half and layer.filters % half == 0:
                help += f"; if not, `groups: {half}` gives each group 2 channels"
            diagnostic = self.fault.at(
                case.span, message, notes=notes(analysis.graph, case, "groups"), help=help
            )
            yield Finding(case.node, diagnostic)


def _several(node: Node) -> bool:
    fit = node.fit
    return fit is not None and isinstance(fit.layer, Conv) and 1 < fit.layer.groups < fit.inputs[0].channels


def _by_chance(node: Node, wide: set[int]) -> bool:
    """Whether `groups` was not written for this number of channels."""
    call = node.call
    if call is None:
        return False
    computed = call.computed.get("groups")
    if computed is not None and computed.reads_input:
        return False
    return id(call) in wide or "groups" in call.inherited

"""One large filter compared with a stack of 3x3 filters with the same field: weights, and how to write it."""

from cnncalc.diagnostic import Fix
from cnncalc.exact import grouped
from cnncalc.graph import BoundLayer, Graph
from cnncalc.layers.conv import Conv
from cnncalc.rules._edits import repeated, setting
from cnncalc.rules._places import RuleCase, grid
from cnncalc.vocabulary.window import axiswise

# The widest filter that is small in the course's convention.
MOST = 5


def is_large(fit: BoundLayer) -> bool:
    """Whether the filters are wider than 5 along every axis, and each reads more than one channel.

    Along a single axis a stack of small filters has more weights, not fewer (n*3 against 2n + 1).
    """
    layer = fit.layer
    if not isinstance(layer, Conv) or layer.kernel == 1:
        return False
    volume = fit.inputs[0]
    return (
        volume.rank > 1 and min(axiswise(layer.kernel, volume.rank)) > MOST and layer.groups < volume.channels
    )


class ConvStack:
    """n 3x3 convolutions instead of one (2n + 1)x(2n + 1) convolution, with the same input channels and filters.

    Per position and group 9*C*K + (n - 1)*9*K*K weights against F*F*C*K: with C channels everywhere, 27 C^2 against the
    49 C^2 of a 7x7. If the input has much fewer channels than the output, as after an image, the stack has more.
    """

    def __init__(self, fit: BoundLayer, layer: Conv) -> None:
        volume = fit.inputs[0]
        rank = volume.rank
        kernel = axiswise(layer.kernel, rank)
        self.size = kernel[0]
        self.layers = (self.size - 1) // 2
        self.small, self.wide = grid((3,) * rank), grid(kernel)
        taps = 3**rank
        inside, outside = volume.channels // layer.groups, layer.filters // layer.groups
        self.weights = layer.filters * taps * (inside + (self.layers - 1) * outside)
        self.instead_of = layer.filters * self.size**rank * inside
        whole = len(set(kernel)) == 1 and self.size % 2 == 1 and self.size > 3
        self.possible = (
            whole and {*axiswise(layer.stride, rank)} == {1} and {*axiswise(layer.dilation, rank)} == {1}
        )

    @property
    def saves(self) -> bool:
        """Whether it is possible here, and saves at least a quarter of the weights."""
        return self.possible and 4 * self.weights <= 3 * self.instead_of

    @property
    def help(self) -> str:
        return f"{self.layers} convs of {self.small} see the same {self.wide} with {grouped(self.weights)} weights"


def stacked(graph: Graph, case: RuleCase, stack: ConvStack, layer: Conv) -> list[Fix]:
    """The layer written as a stack, if its padding can be split between the layers."""
    fields = {"kernel": "3"}
    if isinstance(layer.padding, int) and layer.padding:
        if layer.padding != stack.layers:
            return []
        fields["padding"] = "1"
    elif layer.padding not in (0, "half", "same", "valid"):
        return []
    node = case.node
    if not case.whole or node.call is None or not fields.keys() <= node.call.spans.keys():
        return []
    edits, again = setting(graph, node, fields), repeated(graph, node, stack.layers)
    if not edits or again is None:
        return []
    return [Fix(f"kernel: 3, repeat: {stack.layers}", (again, *edits))]

"""Ways through a graph that rules follow: the one layer behind another, what passes values on, what mixes channels."""

from collections.abc import Callable, Iterator

from cnncalc.analysis import Analysis
from cnncalc.graph import Fit, Node

# Layers with weights that are a linear function of their input.
LINEAR = ("conv", "depthwise_conv", "conv_transpose", "fc", "linear", "patch_embed", "locally_connected")
# Layers that hand values on as they are, at other places or fewer of them.
SAME_VALUES = frozenset(
    ("flatten", "identity", "dropout", "dropout2d", "channel_shuffle", "reshape", "permute", "maxpool", "slice",
     "adaptive_maxpool", "global_maxpool", "crop", "crop_to", "chunk", "pixel_shuffle", "pixel_unshuffle")
)  # fmt: skip
# Layers that average: of values that are not negative none becomes so.
AVERAGES = frozenset(("avgpool", "adaptive_avgpool", "global_avgpool", "mean"))
# Activations that are never negative.
NOT_NEGATIVE = frozenset(("relu", "relu6", "sigmoid", "hardsigmoid", "softmax", "softplus"))

# Activations that outputs have: probabilities, or values within limits.
OF_OUTPUTS = frozenset(("softmax", "log_softmax", "sigmoid", "hardsigmoid", "tanh", "hardtanh"))


def only_reader(analysis: Analysis, node: Node) -> Node | None:
    """The one layer that reads a node; None where there are several, or where the node is an output."""
    readers = analysis.readers[node.index]
    if len(readers) != 1 or node.index in analysis.graph.outputs:
        return None
    return analysis.graph.nodes[readers[0]]


def ends(analysis: Analysis, through: Callable[[Node], bool]) -> set[int]:
    """The layers before the outputs of the network: those, and what the ones that ways go `through` read."""
    graph = analysis.graph
    found: set[int] = set()
    waiting = list(graph.outputs)
    while waiting:
        node = graph.nodes[waiting.pop()]
        if node.index not in found:
            found.add(node.index)
            if through(node):
                waiting += node.inputs
    return found


def heads(analysis: Analysis) -> set[int]:
    """The layers that give an output of the network: its task, and no design, says how many channels they have.

    A network that ends in another activation than those of outputs, or has none at all, is a part of one.
    """
    families = {nodes[0].fit.layer.family for nodes in analysis.by_kind.values() if nodes[0].fit is not None}
    if "activation" not in families:
        return set()

    def through(node: Node) -> bool:
        if node.fit is None or node.kind in OF_OUTPUTS:
            return True
        return node.fit.layer.family != "activation" and not mixes_channels(node.fit)

    return ends(analysis, through)


def mixes_channels(fit: Fit) -> bool:
    """Whether an output channel reads more than one channel of the input."""
    layer = fit.layer
    if layer.family in ("convolution", "linear", "attention"):
        groups = getattr(layer, "groups", 1)
        alone = layer.key == "depthwise_conv" or (groups > 1 and groups == fit.inputs[0].channels)
        return not alone
    return layer.key == "maxout"


def before(analysis: Analysis, node: Node) -> Iterator[Node]:
    """What a layer reads, and what that reads, as far as there is one input."""
    nodes = analysis.graph.nodes
    while len(node.inputs) == 1:
        node = nodes[node.inputs[0]]
        yield node

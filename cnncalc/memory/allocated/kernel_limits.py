"""How many images kernels can count the values of."""

from cnncalc.graph import Graph, Node
from cnncalc.memory.allocated.run import Run
from cnncalc.memory.setup import Setup
from cnncalc.record import NamedTuple


class ImageLimit(NamedTuple):
    """The first layer whose kernel counts the values of no more than `images` images, on one device."""

    node: Node
    images: int


def image_limit(graph: Graph, setup: Setup) -> ImageLimit | None:
    """The strictest limit of a network; None where no kernel has one. With the channels last none has."""
    if setup.backend.name != "cuda" or setup.channels_last:
        return None
    run, strictest = Run(graph, setup), None
    for node in graph.layers:
        assert node.fit is not None  # Only layers have kernels.
        most = node.fit.layer.most_images(node.fit.inputs, run.call(node))
        if most is not None and (strictest is None or most < strictest.images):
            strictest = ImageLimit(node, most)
    return strictest

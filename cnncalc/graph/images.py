"""An input of two numbers that is an image without its channels: the same layers, tried on one."""

from collections.abc import Callable, Iterator

from cnncalc.diagnostic import Diagnostic
from cnncalc.graph import _faults
from cnncalc.graph.model import Graph
from cnncalc.shape import Shape
from cnncalc.spec import Given, Spec

# A side of an image at least: a sequence of one channel is no image.
SMALLEST = 8
# Channels that images have: colours, or grey.
CHANNELS = (3, 1)


def missing_channels(graph: Graph, build: Callable[[Spec], Graph]) -> Iterator[Diagnostic]:
    """Inputs written as `224x224` that are read as sequences, where the network takes images of that size.

    Two equal numbers look like an image, and so do any two where the layers have errors on a sequence. `build` makes
    the network of another spec: what takes no image is left alone.
    """
    for node in graph.inputs:
        given = graph.spec.inputs[node.name]
        shape = node.shape
        if not (given.constant and isinstance(given.value, str) and shape is not None and shape.rank == 1):
            continue
        height, width = *shape.spatial, shape.channels
        if min(height, width) < SMALLEST or (height != width and graph.ok):
            continue
        images = [image for image in _images(height, width) if _takes(graph, node.name, image, build)]
        if images:
            meant = " or ".join(f"`{image}`" for image in images)
            yield _faults.IMAGE_WITHOUT_CHANNELS.at(
                given.span,
                f"`{shape}` is a sequence of length {height} with {width} channels: it reads like an image without "
                "its channels",
                help=f"an image is HEIGHTxWIDTHxCHANNELS: write {meant}; if a sequence is meant, write "
                f"`{{length: {height}, channels: {width}}}`",
            )


def _images(height: int, width: int) -> list[Shape]:
    return [Shape(channels, (height, width)) for channels in CHANNELS]


def _takes(graph: Graph, name: str, image: Shape, build: Callable[[Spec], Graph]) -> bool:
    given = Given(graph.spec.inputs[name].span, image.asdict(), constant=True)
    other = build(graph.spec._replace(inputs={**graph.spec.inputs, name: given}))
    return other.ok and other.whole

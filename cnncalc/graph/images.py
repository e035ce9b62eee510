"""Finds inputs of two numbers that are images without channels: the same layers are tried with an image."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from cnncalc.diagnostic import Diagnostic
from cnncalc.graph import faults
from cnncalc.graph.model import Graph
from cnncalc.graph.node import Node
from cnncalc.shape import Shape
from cnncalc.spec import Spec, ValueExpr

# The least side of an image: a sequence of one channel is not an image.
SMALLEST = 8
# The channels of images: colours, or grey.
CHANNELS = (3, 1)


def missing_channels(graph: Graph, build: Callable[[Spec], Graph]) -> Iterator[Diagnostic]:
    """Inputs written as `224x224` that are read as sequences, if the network accepts images of that size.

    Two equal numbers look like an image, and so do any two if the layers have errors on a sequence. `build` makes
    the network of another spec: an input is reported only if that network has no errors.
    """
    suspects = {
        node.name: (*shape.spatial, shape.channels)
        for node in graph.inputs
        if (shape := _suspect(graph, node))
    }
    together = _images(graph, tuple(suspects), suspects, build)
    for name, (height, width) in suspects.items():
        images = together or (_images(graph, (name,), suspects, build) if len(suspects) > 1 else ())
        if images:
            message, help = words(height, width, images)
            yield faults.IMAGE_WITHOUT_CHANNELS.at(graph.spec.inputs[name].span, message, help=help)


def words(height: int, width: int, images: Iterable[int]) -> tuple[str, str]:
    """The message, and the help, for two numbers that would be an image with one of these counts of channels."""
    meant = " or ".join(f"`{height}x{width}x{channels}`" for channels in images)
    return (
        f"`{height}x{width}` is a sequence of length {height} with {width} channels: it looks like an image "
        "without its channels",
        f"an image is HEIGHTxWIDTHxCHANNELS: write {meant}; for a sequence, write "
        f"`{{length: {height}, channels: {width}}}`",
    )


def _suspect(graph: Graph, node: Node) -> Shape | None:
    """The shape of an input that may be an image: written as text, with two sides that an image can have."""
    given, shape = graph.spec.inputs[node.name], node.shape
    if not (given.constant and isinstance(given.value, str) and shape is not None and shape.rank == 1):
        return None
    height, width = *shape.spatial, shape.channels
    return None if min(height, width) < SMALLEST or (height != width and graph.ok) else shape


def _images(
    graph: Graph, names: tuple[str, ...], sides: Mapping[str, tuple[int, ...]], build: Callable[[Spec], Graph]
) -> tuple[int, ...]:
    """The numbers of channels with which the network accepts images for these inputs, all together."""
    return tuple(channels for channels in CHANNELS if names and _takes(graph, names, sides, channels, build))


def _takes(
    graph: Graph,
    names: tuple[str, ...],
    sides: Mapping[str, tuple[int, ...]],
    channels: int,
    build: Callable[[Spec], Graph],
) -> bool:
    inputs = dict(graph.spec.inputs)
    for name in names:
        image = Shape(channels, sides[name])
        inputs[name] = ValueExpr(inputs[name].span, image.asdict(), constant=True)
    other = build(graph.spec._replace(inputs=inputs))
    return other.ok and other.whole

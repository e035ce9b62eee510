"""A classifier that slides over a larger image: as a convolution it gives a map of scores, all crops in one pass."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import product
from math import prod

from cnncalc.analysis import Analysis
from cnncalc.exact import counted
from cnncalc.graph import Graph, Node
from cnncalc.layers import Layer
from cnncalc.record import NamedTuple
from cnncalc.rewrites._draft import RewriteDraft, RewriteRefused, layer_of, shape_of
from cnncalc.rewrites._rewrite import Rewritten, applied
from cnncalc.rewrites.fc_to_conv import FcToConv
from cnncalc.shape import Shape
from cnncalc.vocabulary.edges import Edges
from cnncalc.vocabulary.pad_layer import PadLayer
from cnncalc.vocabulary.window import Windowed


class Passed(NamedTuple):
    """One pass over the image, moved by `shift` pixels along each axis: the scores' positions, and the MACs."""

    shift: tuple[int, ...]
    places: tuple[int, ...]
    macs: int


class Slide(NamedTuple):
    """A network over a larger image.

    `converted` is the network as convolutions, over its own input, the `crop`; `graph` over as much of the image as its
    windows reach (`used`). `entering` is the volume that the first of the former fully-connected layers reads. `passes`
    are those that the wanted stride takes, the unmoved one first. `reasons` are the layers for which a crop's scores
    are not those of the map: a sentence for each kind.
    """

    converted: Rewritten
    graph: Graph
    crop: Shape
    image: Shape
    used: Shape
    strides: tuple[int, ...]
    wanted: tuple[int, ...]
    entering: tuple[str, Shape]
    scores: Shape
    macs_of_a_crop: int
    passes: tuple[Passed, ...]
    reasons: tuple[str, ...]

    @property
    def crops(self) -> int:
        """How many crops one pass replaces."""
        return prod(self.passes[0].places)

    @property
    def places(self) -> int:
        """The number of places for which all passes together give scores."""
        return sum(prod(one_pass.places) for one_pass in self.passes)


def slide(graph: Graph, image: Shape, stride: int | None = None) -> Slide:
    """Slide a network over an image. `stride`: pixels between two scores; left out, the network's own.

    Raises `RewriteRefused` where the network can't slide, for an image smaller than its input, and for a stride that
    does not divide the network's.
    """
    converted = applied(FcToConv(), graph)
    (input_node, *others) = graph.inputs
    crop = shape_of(input_node)
    if others or len(graph.outputs) > 1:
        raise RewriteRefused("a network slides over one image, and gives one map of scores")
    if image.rank != crop.rank or image.channels != crop.channels:
        raise RewriteRefused(
            f"the image is {image}, and the network reads {crop}", help=f"give an image like {crop}"
        )
    if any(size < least for size, least in zip(image.spatial, crop.spatial, strict=True)):
        raise RewriteRefused(
            f"the image ({image}) is smaller than the network's input ({crop})",
            help=f"--image {crop} or more",
        )
    strides = _strides(converted.graph)
    wanted = tuple(own if stride is None else stride for own in strides)
    if any(own % step for own, step in zip(strides, wanted, strict=True)):
        parts = ", ".join(
            str(part) for part in range(1, min(strides) + 1) if all(own % part == 0 for own in strides)
        )
        raise RewriteRefused(
            f"scores are {_sizes(strides)} pixels apart; passes over shifted images give strides that divide it, "
            f"and {stride} does not",
            help=f"--stride takes {parts}",
        )
    used = _used(image, crop, strides)
    whole = _over(converted.graph, input_node, used)
    passes = tuple(_passes(converted.graph, input_node, image, crop, strides, wanted))
    first = next(node for node in converted.graph.layers if node.name in converted.carried)
    entering = whole.nodes[whole[first.name].inputs[0]]
    return Slide(
        converted,
        whole,
        crop,
        image,
        used,
        strides,
        wanted,
        (entering.name, shape_of(entering)),
        shape_of(whole.nodes[whole.outputs[0]]),
        Analysis(graph).totals.macs or 0,
        passes,
        # A single crop is the image itself.
        () if sum(prod(one_pass.places) for one_pass in passes) == 1 else tuple(_reasons(converted, first)),
    )


def _strides(graph: Graph) -> tuple[int, ...]:
    """Pixels between two scores, along each axis."""
    (output,) = graph.outputs
    fields = Analysis(graph).receptive_fields[output]
    strides = tuple(field.stride for field in fields or ())
    if not strides or any(Fraction(stride).denominator != 1 for stride in strides):
        raise RewriteRefused("the distance between two scores is not a whole number of pixels")
    return tuple(int(stride) for stride in strides)


def _used(image: Shape, crop: Shape, strides: tuple[int, ...]) -> Shape:
    """The part of an image that windows read. No window reads the rest at the end."""
    sizes = zip(image.spatial, crop.spatial, strides, strict=True)
    return Shape(crop.channels, tuple(least + (size - least) // step * step for size, least, step in sizes))


def _over(graph: Graph, input_node: Node, shape: Shape) -> Graph:
    """The network over another input."""
    draft = RewriteDraft(graph, {input_node.name: shape})
    for node in graph.layers:
        draft.copy(node)
    return draft.graph()


def _passes(
    graph: Graph,
    input_node: Node,
    image: Shape,
    crop: Shape,
    strides: tuple[int, ...],
    wanted: tuple[int, ...],
) -> Iterator[Passed]:
    macs: dict[Shape, int] = {}
    ranges = (range(0, own, step) for own, step in zip(strides, wanted, strict=True))
    for shift in product(*ranges):
        left = Shape(image.channels, tuple(size - by for size, by in zip(image.spatial, shift, strict=True)))
        if any(size < least for size, least in zip(left.spatial, crop.spatial, strict=True)):
            continue
        used = _used(left, crop, strides)
        if used not in macs:
            macs[used] = Analysis(_over(graph, input_node, used)).totals.macs or 0
        places = zip(used.spatial, crop.spatial, strides, strict=True)
        yield Passed(shift, tuple((size - least) // step + 1 for size, least, step in places), macs[used])


def _reasons(converted: Rewritten, first: Node) -> Iterator[str]:
    """Why the scores of the map differ from those of crops: layers that read other values in a crop."""
    graph = converted.graph
    before = graph.layers[: first.index - len(graph.inputs)]
    by_contents: dict[str, list[str]] = {}
    for node in before:
        if _pads(node):
            by_contents.setdefault(_contents(layer_of(node)), []).append(node.name)
    for contents, padded in by_contents.items():
        verbs = _named(padded, "pads", "pad")
        yield f"{verbs}: a crop has {contents} at its border where the larger image has pixels"
    seen_whole = [node.name for node in before if _reads_all(node)]
    if seen_whole:
        yield f"{_named(seen_whole, 'reads', 'read')} all positions: the image has more of them than a crop"


def _pads(node: Node) -> bool:
    layer = layer_of(node)
    assert node.fit is not None
    volume = node.fit.inputs[0]
    if isinstance(layer, PadLayer):
        return any(any(ends) for ends in layer.ends(volume))
    return isinstance(layer, Windowed) and any(
        window.before or window.after for window in layer.windows(volume)
    )


def _contents(layer: Layer) -> str:
    """What is in the padding of a layer that pads."""
    edges = getattr(layer, "edges", None)
    filling = getattr(layer, "filling", 0)
    return edges.contains if isinstance(edges, Edges) else "-inf" if filling else "zeros"


def _reads_all(node: Node) -> bool:
    assert node.fit is not None
    volume = node.fit.inputs[0]
    return volume.positions > 1 and shape_of(node).positions == 1 and not isinstance(layer_of(node), Windowed)


def _named(names: list[str], verb: str, plural: str) -> str:
    """`conv1 pads`, `conv1 and 12 more layers pad`."""
    more = len(names) - 1
    return f"{names[0]} and {counted(more, 'more layer')} {plural}" if more else f"{names[0]} {verb}"


def _sizes(sizes: tuple[int, ...]) -> str:
    return str(sizes[0]) if len(set(sizes)) == 1 else "x".join(map(str, sizes))

"""The inputs of a Caffe network: `input` with its sizes, `Input` layers, and layers that read data."""

from typing import TYPE_CHECKING

from cnncalc.diagnostic import Span
from cnncalc.importers import faults
from cnncalc.importers.formats._caffe.layer import BadCaffeLayer, CaffeLayer, CaffeParameters
from cnncalc.importers.formats._caffe.text_format import Message
from cnncalc.importers.unreadable import Unreadable
from cnncalc.shape import Shape
from cnncalc.text import escaped

if TYPE_CHECKING:
    from cnncalc.importers.formats._caffe.network import CaffeNetwork

# Layers of data that hold no images as a rule, but features: a number that is asked for is how many.
FEATURES = ("HDF5Data",)
# Channels of an image where nothing says another number.
COLOURS = 3


def declared(network: "CaffeNetwork") -> None:
    """The inputs that the file declares at its top."""
    root = network.root
    names, dims = root.values("input"), root.values("input_dim")
    shapes = root.messages("input_shape")
    holder = _holder(network, root)
    try:
        numbers = CaffeParameters(root, holder).numbers("input_dim", 1)
        for index, name in enumerate(names):
            sizes = numbers[4 * index : 4 * index + 4]
            if index < len(shapes):
                sizes = CaffeParameters(shapes[index], holder).numbers("dim", 1)
            add(network, name.text, sizes, name.span, len(names))
    except BadCaffeLayer:
        raise Unreadable(network.building.faults, network.building.source) from None
    if dims and not names:
        network.building.fault(
            faults.NO_NETWORK, dims[0].span, "`input_dim` is here, and no `input` that it is of"
        )


def data_layer(network: "CaffeNetwork", message: Message, kind: str, tops: list[str]) -> None:
    """A layer that gives data: its first blob is an input, the others are labels."""
    holder = _holder(network, message)
    try:
        if kind in ("Input", "DummyData"):
            inner = message.message("input_param" if kind == "Input" else "dummy_data_param")
            shapes = [CaffeParameters(shape, holder).numbers("dim", 1) for shape in inner.messages("shape")]
            for index, top in enumerate(tops):
                sizes = shapes[min(index, len(shapes) - 1)] if shapes else []
                add(network, top, sizes, message.span, len(tops))
            return
        sizes = _data_sizes(network, message, holder)
    except BadCaffeLayer:
        raise Unreadable(network.building.faults, network.building.source) from None
    for index, top in enumerate(tops):
        if index == 0 and not (kind == "Python" and len(tops) == 1 and top == "label"):
            add(network, top, sizes, message.span, 1, features=kind in FEATURES)
        else:
            network.blobs[top] = None


def add(
    network: "CaffeNetwork", name: str, sizes: list[int], span: Span, among: int, *, features: bool = False
) -> None:
    """Add an input with its sizes, the number of images first; without sizes they are asked for.

    Of an input of `features` one number is asked for, or the sizes of a volume.
    """
    building = network.building
    own = Shape(sizes[1], tuple(sizes[2:])) if 2 <= len(sizes) <= 5 else None
    if len(sizes) == 1 or (name == "label" and name not in network.asked.inputs):
        # One number for each image.
        network.blobs[name] = None
        return
    first = not building.inputs
    called = "input" if first and among == 1 else building.name(name)
    shape = network.asked.shape(called, own, features=features)
    if shape is None and name in network.asked.inputs:
        shape = network.asked.shape(name, own, features=features)
    if shape is None:
        example = "784" if features else "224x224x3"
        building.fault(
            faults.NO_INPUT_SIZE,
            span,
            f"the file does not say the size of its input `{escaped(name)}`",
            help=f"give it, as in `--input {example}`"
            if among == 1
            else f"give it, as in `--input {escaped(called)}={example}`",
        )
        raise Unreadable(building.faults, building.source)
    network.blobs[name] = building.input(called, shape)


def _data_sizes(network: "CaffeNetwork", message: Message, holder: CaffeLayer) -> list[int]:
    """The sizes that a layer of data states: those of `crop_size`, or of memory."""
    memory = CaffeParameters(message.message("memory_data_param"), holder)
    if "channels" in memory:
        return [1, memory.needed("channels"), memory.needed("height"), memory.needed("width")]
    side = 0
    for place in ("transform_param", "data_param", "image_data_param", "window_data_param"):
        side = CaffeParameters(message.message(place), holder).number("crop_size", 0) or side
    if not side or network.asked.inputs:
        return []
    text = f"`{escaped(holder.name)}` crops images to {side}x{side}: {COLOURS} channels are assumed"
    network.building.note(faults.ASSUMED, message.span, text)
    return [1, COLOURS, side, side]


def _holder(network: "CaffeNetwork", message: Message) -> CaffeLayer:
    return CaffeLayer(message, network.building, [], message.text("name") or "the network")

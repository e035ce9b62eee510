"""Caffe's layers that change shapes, join and split: their axes are numbered with the images as axis 0."""

from itertools import pairwise

from cnncalc.importers import faults
from cnncalc.importers.formats._caffe.layer import BadCaffeLayer, CaffeLayer, CaffeParameters
from cnncalc.shape import AXES, Shape


def axis_of(layer: CaffeLayer, given: CaffeParameters, *names: str, default: int = 1) -> str:
    """The name of an axis that is given by its number."""
    shape = layer.shape()
    number = next((given.number(name, default, -8) for name in names if name in given), default)
    rank = shape.rank if shape is not None else 2
    axes = ("images", "channels", *AXES[rank])
    if not -len(axes) <= number < len(axes) or axes[number] == "images":
        value = next(value for name in names for value in given.message.values(name))
        raise given.bad(value, f"axis {number} is no axis of one image of {shape}")
    return axes[number]


def inner_product(layer: CaffeLayer) -> str:
    given = layer.parameters("inner_product_param")
    fields = {"units": given.needed("num_output"), "bias": given.flag("bias_term", True)}
    shape = layer.shape()
    if given.number("axis", 1, -8) not in (1,) and shape is not None and shape.rank:
        return layer.unknown("InnerProduct over some axes", None)
    source = layer.bottoms[0]
    if shape is not None and shape.positions > 1:
        source = layer.add("flatten", {}, [source], "flat")
    return layer.add("fc", fields, [source])


def softmax(layer: CaffeLayer) -> str:
    axis = axis_of(layer, layer.parameters("softmax_param"), "axis")
    return layer.add("softmax", {"over": axis}, layer.bottoms)


def concat(layer: CaffeLayer) -> str:
    axis = axis_of(layer, layer.parameters("concat_param"), "axis", "concat_dim")
    if len(layer.bottoms) == 1:
        return layer.bottoms[0]
    return layer.add("concat", {"over": axis}, layer.bottoms)


def flatten(layer: CaffeLayer) -> str:
    given = layer.parameters("flatten_param")
    if given.number("axis", 1, -8) != 1 or given.number("end_axis", -1, -8) not in (-1, 3):
        return layer.unknown("Flatten of some axes", None)
    return layer.add("flatten", {}, layer.bottoms)


def reshape(layer: CaffeLayer) -> str:
    given, shape = layer.parameters("reshape_param"), layer.shape()
    if shape is None:
        raise BadCaffeLayer
    dims = CaffeParameters(given.message.message("shape"), layer).numbers("dim", -1)
    before = [1, *shape.torch]
    if given.number("axis", 0, -8) or given.number("num_axes", -1, -1) != -1 or not dims or len(dims) > 5:
        return layer.unknown("Reshape of some axes", None)
    sizes = [before[index] if dim == 0 and index < len(before) else dim for index, dim in enumerate(dims)]
    if sizes[0] not in (1, -1) and dims[0] != 0:
        sizes[0] = 1
    if sizes[0] == -1:
        sizes[0] = 1
    if sizes.count(-1) == 1:
        known = 1
        for size in sizes:
            known *= abs(size)
        sizes[sizes.index(-1)] = max(1, shape.size // known)
    result = Shape(sizes[1], tuple(sizes[2:])) if len(sizes) > 1 else Shape(shape.size)
    fields = dict(result.asdict())
    return layer.add(
        "reshape",
        {
            "channels": result.channels,
            **{k: v for k, v in fields.items() if k not in ("channels", "features")},
        },
        layer.bottoms,
    )


def crop(layer: CaffeLayer) -> str:
    """The part of the first bottom at an offset, with the size of the second."""
    given = layer.parameters("crop_param")
    shape, other = layer.shape(0), layer.shape(1) if len(layer.bottoms) > 1 else None
    if shape is None or other is None:
        raise BadCaffeLayer
    first, offsets = given.number("axis", 2, -8), given.numbers("offset")
    axes = ("images", "channels", *shape.axes)
    first = first + len(axes) if first < 0 else first
    if not 1 <= first < len(axes) or shape.rank != other.rank:
        return layer.unknown("Crop", None)
    starts, sizes, ends = [], [], []
    for index in range(first, len(axes)):
        place = index - first
        starts.append(offsets[0] if len(offsets) == 1 else offsets[place] if place < len(offsets) else 0)
        sizes.append(shape.torch[index - 1])
        ends.append(other.torch[index - 1])
    if first == 2 and all(
        (size - end) // 2 == start for size, end, start in zip(sizes, ends, starts, strict=True)
    ):
        return layer.add("crop_to", {}, layer.bottoms)
    source = layer.bottoms[0]
    for index, (start, size, end) in enumerate(zip(starts, sizes, ends, strict=True)):
        if start + end > size:
            message = f"`{layer.name}` (Crop) takes {end} positions from {start} on, and there are {size}"
            layer.building.fault(faults.DOES_NOT_FIT, layer.message.span, message)
            raise BadCaffeLayer
        if end != size:
            axis = axes[first + index]
            fields = {"axis": axis, "start": start, "stop": start + end}
            source = layer.add("slice", dict(fields), [source], axis)
    return source


def permute(layer: CaffeLayer) -> str:
    """`Permute` (SSD): the order of the axes, the images among them."""
    order, shape = layer.parameters("permute_param").numbers("order"), layer.shape()
    if shape is None:
        raise BadCaffeLayer
    names = ["images", "channels", *shape.axes]
    order += [index for index in range(len(names)) if index not in order]
    if order[0] != 0 or sorted(order) != list(range(len(names))):
        return layer.unknown("Permute", None)
    channels, *spatial = (names[index] for index in order[1:])
    return layer.add("permute", {"order": [*spatial, channels]}, layer.bottoms)


def normalize(layer: CaffeLayer) -> str:
    """`Normalize` (SSD): each position by its norm, then a learned factor for each channel."""
    given = layer.parameters("norm_param")
    if given.flag("across_spatial", True) or given.flag("channel_shared", True):
        return layer.unknown("Normalize", layer.shape())
    last = layer.add("l2_norm", {}, layer.bottoms)
    return layer.add("layer_scale", {"init": 20.0}, [last], "scale")


def upsample(layer: CaffeLayer) -> str:
    return layer.add("upsample", {"scale": layer.parameters("upsample_param").needed("scale")}, layer.bottoms)


def shuffle(layer: CaffeLayer) -> str:
    return layer.add(
        "channel_shuffle",
        {"groups": layer.parameters("shuffle_channel_param").number("group", 1, 1)},
        layer.bottoms,
    )


def slices(layer: CaffeLayer, tops: int) -> list[str]:
    """The parts of a `Slice`, one for each top."""
    given, shape = layer.parameters("slice_param"), layer.shape()
    axis = axis_of(layer, given, "axis", "slice_dim")
    if shape is None:
        return [layer.building.lost(layer.name) for _ in range(tops)]
    size = shape.channels if axis == "channels" else shape.spatial[shape.axes.index(axis)]
    points = given.numbers("slice_point", 1)
    if not points:
        if size % tops:
            message = f"`{layer.name}` (Slice) splits {size} {axis} into {tops} equal parts"
            layer.building.fault(faults.DOES_NOT_FIT, layer.message.span, message)
            raise BadCaffeLayer
        points = [size // tops * part for part in range(1, tops)]
    bounds = [0, *points, size]
    if len(bounds) != tops + 1 or any(end <= start for start, end in pairwise(bounds)):
        message = (
            f"`{layer.name}` (Slice) has {tops} tops, and its points {points} do not split {size} {axis} so"
        )
        layer.building.fault(faults.BAD_VALUE, layer.message.span, message)
        raise BadCaffeLayer
    return [
        layer.add("slice", {"axis": axis, "start": start, "stop": end}, layer.bottoms, str(part))
        for part, (start, end) in enumerate(pairwise(bounds))
    ]

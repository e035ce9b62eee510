"""Darknet's sections that slide a window: convolutions and poolings, with Darknet's own padding."""

from typing import Any

from cnncalc.importers import faults
from cnncalc.importers.formats._darknet.network import DarknetNetwork
from cnncalc.importers.formats._darknet.sections import BadSection, Section
from cnncalc.shape import Shape

# Options that change how filters are used, and not how many there are.
_OTHER_FILTERS = (
    "xnor",
    "binary",
    "sway",
    "rotate",
    "stretch",
    "stretch_sway",
    "coordconv",
    "flipped",
    "dot",
)


def sides(before: int, after: int) -> int | dict[str, int]:
    """Padding that differs at the ends of both axes."""
    return {"top": before, "bottom": after, "left": before, "right": after}


def strides(section: Section) -> int | list[int]:
    """`stride`, or `stride_y` and `stride_x`."""
    stride = section.number("stride", 1, low=1)
    pair = [section.number("stride_y", stride, low=1), section.number("stride_x", stride, low=1)]
    return pair if pair[0] != pair[1] else pair[0]


def padding(section: Section, size: int) -> int:
    """`pad=1` is half of the size; else `padding`."""
    return size // 2 if section.number("pad", 0) else section.number("padding", 0)


def convolutional(network: DarknetNetwork, section: Section) -> str:
    network.image(section)
    building, name = network.building, network.name(section)
    size = section.number("size", 1, low=1)
    normed = section.number("batch_normalize", 0) > 0 or section.number("cbn", 0) > 0
    blurred = section.number("antialiasing", 0)
    fields: dict[str, Any] = {
        "filters": section.number("filters", 1, low=1),
        "kernel": size,
        "stride": 1 if blurred else strides(section),
        "padding": padding(section, size),
        "dilation": section.number("dilation", 1, low=1) if size > 1 else 1,
        "groups": section.number("groups", 1, low=1),
        "bias": not normed,
    }
    shares = None
    if "share_index" in section:
        index = network.layer(section.number("share_index", 0, low=-(10**6)), section, "share_index")
        shares = network.first[index]
    changed = [option for option in _OTHER_FILTERS if option in section and section.decimal(option, 0)]
    if changed:
        message = f"`{changed[0]}` changes how the filters are used: this is a plain convolution with as many"
        building.note(faults.LEFT_OUT, section.place(changed[0]), message)
    last = building.add("conv", fields, [network.last], name=name, span=section.span, shares=shares)
    network.first[len(network.after)] = last
    last = network.ended(section, last, normed, "logistic")
    if blurred:
        stride = section.number("stride", 1, low=1)
        shape = building.shapes[last]
        if shape is not None:
            shape = Shape(shape.channels, tuple((side - 1) // stride + 1 for side in shape.spatial))
        last = building.unknown(
            "antialiasing", [last], shape, name=f"{name}_blur", span=section.span, params=0
        )
    return last


def deconvolutional(network: DarknetNetwork, section: Section) -> str:
    network.image(section)
    size = section.number("size", 1, low=1)
    normed = section.number("batch_normalize", 0) > 0
    fields = {
        "filters": section.number("filters", 1, low=1),
        "kernel": size,
        "stride": section.number("stride", 1, low=1),
        "padding": padding(section, size),
        "bias": not normed,
    }
    name = network.name(section)
    last = network.building.add("conv_transpose", fields, [network.last], name=name, span=section.span)
    return network.ended(section, last, normed, "logistic")


def local(network: DarknetNetwork, section: Section) -> str:
    network.image(section)
    size = section.number("size", 1, low=1)
    # With `pad` the output is as long as the input less one, by the stride, plus one; windows begin one before it.
    padded = section.number("pad", 0) > 0
    if padded and size < 2:
        raise section.bad("pad", "`pad` of `[local]` needs a `size` of at least 2")
    fields = {
        "filters": section.number("filters", 1, low=1),
        "kernel": size,
        "stride": section.number("stride", 1, low=1),
        "padding": sides(1, size - 2) if padded else 0,
        "bias": True,
    }
    name = network.name(section)
    last = network.building.add("locally_connected", fields, [network.last], name=name, span=section.span)
    return network.ended(section, last, False, "logistic")


def maxpool(network: DarknetNetwork, section: Section) -> str:
    if section.number("maxpool_depth", 0):
        shape = network.image(section)
        channels = section.number("out_channels", 1, low=1)
        shape = shape and Shape(channels, shape.spatial)
        return network.building.unknown(
            "maxpool over channels",
            [network.last],
            shape,
            name=network.name(section),
            span=section.span,
            params=0,
            macs=0,
        )
    return _pool(network, section, "maxpool")


def local_avgpool(network: DarknetNetwork, section: Section) -> str:
    return _pool(network, section, "avgpool")


def _pool(network: DarknetNetwork, section: Section, kind: str) -> str:
    """Windows begin half of the padding before the input; the padding is by default the size less one."""
    shape = network.image(section)
    stride = strides(section)
    default = stride if isinstance(stride, int) else section.number("stride", 1, low=1)
    size = section.number("size", default, low=1)
    total = section.number("padding", size - 1)
    if total > 2 * (size - 1):
        raise section.bad("padding", f"`padding={total}` is more than twice the size less one ({size - 1})")
    before, after = total // 2, total - total // 2
    fields: dict[str, Any] = {"kernel": size, "stride": stride, "padding": sides(before, after)}
    steps = stride if isinstance(stride, list) else [stride, stride]
    if not before and shape is not None:
        exact = all((side - size) % step == 0 for side, step in zip(shape.spatial, steps, strict=True))
        if exact and size in steps and steps[0] == steps[1]:
            # The position at the end is in no window: the plain pooling is the same.
            fields["padding"] = 0
    if kind == "avgpool":
        fields["count_include_pad"] = False
    return network.building.add(kind, fields, [network.last], name=network.name(section), span=section.span)


def avgpool(network: DarknetNetwork, section: Section) -> str:
    network.image(section)
    return network.building.add(
        "global_avgpool", {}, [network.last], name=network.name(section), span=section.span
    )


def crop(network: DarknetNetwork, section: Section) -> str:
    """The middle of the image, as in a test; values from 0 to 1 become -1 to 1."""
    network.image(section)
    building, name, span = network.building, network.name(section), section.span
    size = [section.number("crop_height", 1, low=1), section.number("crop_width", 1, low=1)]
    last = building.add("crop", {"size": size}, [network.last], name=name, span=span)
    if section.number("noadjust", 0):
        return last
    twice = building.add("scale", {"factor": 2}, [last], name=f"{name}_scale", span=span)
    return building.add("sub", {"numbers": [None, 1]}, [twice], name=f"{name}_shift", span=span)


def reorg(network: DarknetNetwork, section: Section) -> str:
    shape = network.image(section)
    stride = section.number("stride", 1, low=1)
    reverse = section.number("reverse", 0) > 0
    if "flatten" in section or "extra" in section:
        if shape is None:
            raise BadSection
        extra = section.number("extra", 0)
        result = Shape(shape.size + extra)
        if not extra:
            step = stride * stride
            sides = tuple(side * stride if reverse else side // stride for side in shape.spatial)
            result = Shape(shape.channels // step if reverse else shape.channels * step, sides)
        return network.building.unknown(
            "reorg", [network.last], result, name=network.name(section), span=section.span, params=0, macs=0
        )
    kind, field = ("depth_to_space", "block") if reverse else ("space_to_depth", "block")
    if section.kind == "reorg":
        message = (
            "`[reorg]` orders values in its own way: the spec has the same shape, with blocks of positions"
        )
        network.building.note(faults.ASSUMED, section.span, message)
    return network.building.add(
        kind, {field: stride}, [network.last], name=network.name(section), span=section.span
    )


def upsample(network: DarknetNetwork, section: Section) -> str:
    shape = network.image(section)
    name, span = network.name(section), section.span
    if "stride" in section and section.options["stride"][0].startswith("-"):
        stride = -section.number("stride", 2, low=-1000)
        if shape is not None:
            shape = Shape(shape.channels, tuple(max(1, side // stride) for side in shape.spatial))
        return network.building.unknown(
            "downsample by sums", [network.last], shape, name=name, span=span, params=0, macs=0
        )
    fields = {"scale": section.number("stride", 2, low=1)}
    last = network.building.add("upsample", fields, [network.last], name=name, span=span)
    factor = section.decimal("scale", 1)
    if factor != 1:
        last = network.building.add("scale", {"factor": factor}, [last], name=f"{name}_scale", span=span)
    return last

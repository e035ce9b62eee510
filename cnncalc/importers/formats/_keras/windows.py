"""Keras' layers that slide a window. `same` is TensorFlow's: an odd position of padding is at the end."""

from typing import Any

from cnncalc.importers.formats._keras.activations import activate
from cnncalc.importers.formats._keras.call import KerasCall
from cnncalc.shape import AXES


def _window(call: KerasCall, *, causal: bool = False) -> dict[str, Any]:
    config, rank = call.config, call.shape.rank
    words = ("valid", "same", "causal") if causal else ("valid", "same")
    padding = config.word("padding", "valid", words)
    fields: dict[str, Any] = {
        "kernel": config.sizes("kernel_size", rank, 1),
        "stride": config.sizes("strides", rank, 1),
        "dilation": config.sizes("dilation_rate", rank, 1),
    }
    if padding != "valid":
        fields["padding"] = padding
    return fields


def convolution(call: KerasCall) -> str:
    config = call.config
    fields = {
        "filters": config.number("filters", low=1),
        **_window(call, causal=True),
        "groups": config.number("groups", 1, low=1),
        "bias": config.flag("use_bias", True),
    }
    return activate(call, call.add("conv", fields, [call.source]), call.at("activation"))


def depthwise(call: KerasCall) -> str:
    config = call.config
    fields = {
        "multiplier": config.number("depth_multiplier", 1, low=1),
        **_window(call),
        "bias": config.flag("use_bias", True),
    }
    return activate(call, call.add("depthwise_conv", fields, [call.source]), call.at("activation"))


def separable(call: KerasCall) -> str:
    config = call.config
    fields = {
        "filters": config.number("filters", low=1),
        "multiplier": config.number("depth_multiplier", 1, low=1),
        **_window(call, causal=True),
        "bias": config.flag("use_bias", True),
    }
    return activate(call, call.add("separable_conv", fields, [call.source]), call.at("activation"))


def transposed(call: KerasCall) -> str:
    """The output is the input times the stride; without padding at least as long as the kernel makes it."""
    config, rank = call.config, call.shape.rank
    fields: dict[str, Any] = {
        "filters": config.number("filters", low=1),
        **_window(call),
        "bias": config.flag("use_bias", True),
    }
    kernels, steps = (_listed(fields[name], rank) for name in ("kernel", "stride"))
    more = config.numbers("output_padding")
    if more is not None:
        fields["output_padding"] = more[0] if len(set(more)) == 1 else more
        if fields.get("padding") == "same":
            fields["padding"] = [kernel // 2 for kernel in kernels]
    elif "padding" not in fields:
        missing = [max(0, step - kernel) for kernel, step in zip(kernels, steps, strict=True)]
        if any(missing):
            fields["output_padding"] = missing
    return activate(call, call.add("conv_transpose", fields, [call.source]), call.at("activation"))


def _listed(value: Any, rank: int) -> list[int]:
    return value if isinstance(value, list) else [value] * rank


def pooling(call: KerasCall, kind: str) -> str:
    config, rank = call.config, call.shape.rank
    size = config.sizes("pool_size", rank, 2)
    fields: dict[str, Any] = {"kernel": size, "stride": config.sizes("strides", rank, 0) or size}
    if config.word("padding", "valid", ("valid", "same")) == "same":
        fields["padding"] = "same"
        if kind == "avgpool":
            fields["count_include_pad"] = False
    return call.add(kind, fields, [call.source])


def global_pooling(call: KerasCall, kind: str) -> str:
    y = call.add(kind, {}, [call.source])
    return y if call.config.flag("keepdims", False) else call.add("flatten", {}, [y], "flat")


def _sides(call: KerasCall, name: str) -> Any:
    """`padding` or `cropping`: one number, one for each axis, or a pair for each axis."""
    rank = call.shape.rank
    values = call.config.numbers(name)
    if values is None:
        return 1
    if rank == 1 and len(values) == 2 and all(isinstance(value, int) for value in values):
        values = [values]
    if len(values) == 1 and isinstance(values[0], int):
        return values[0]
    if len(values) != rank:
        raise call.config.bad(name, f"a number, {rank} numbers or {rank} pairs")
    ends = {
        "depth": ("front", "back"),
        "height": ("top", "bottom"),
        "width": ("left", "right"),
        "length": ("left", "right"),
    }
    sides: dict[str, int] = {}
    for axis, value in zip(AXES[rank], values, strict=True):
        pair = value if isinstance(value, list) else [value, value]
        if len(pair) != 2:
            raise call.config.bad(name, "pairs of numbers")
        sides |= dict(zip(ends[axis], pair, strict=True))
    return sides


def zero_padding(call: KerasCall) -> str:
    return call.add("zero_pad", {"padding": _sides(call, "padding")}, [call.source])


def cropping(call: KerasCall) -> str:
    return call.add("crop", {"sides": _sides(call, "cropping")}, [call.source])


def upsampling(call: KerasCall) -> str:
    rank = call.shape.rank
    mode = call.config.word(
        "interpolation", "nearest", ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")
    )
    size = call.config.sizes("size", rank, 2)
    if mode.startswith("lanczos"):
        factors = _listed(size, rank)
        sides = tuple(side * factor for side, factor in zip(call.shape.spatial, factors, strict=True))
        return call.unknown(mode, [call.source], call.shape._replace(spatial=sides), 0, 0)
    return call.add("upsample", {"scale": size, "mode": mode}, [call.source])

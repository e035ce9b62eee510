"""cnncalc's own modules, of a built network or copied into an exported file: each is the layer that it was made for."""

from collections.abc import Sequence
from typing import Any

from cnncalc.pytorch.capture.drafting import Drafting
from cnncalc.pytorch.capture.functions.timm_layers import blurred, stochastic_depth
from cnncalc.pytorch.capture.mapping import Unmapped, maps_module
from cnncalc.pytorch.capture.recording import ModuleCall
from cnncalc.pytorch.capture.values import Own, Value, group
from cnncalc.shape import AXES

_OWN = "cnncalc.pytorch.own"


def _weights(drafting: Drafting, call: ModuleCall, *names: str) -> dict[str, Own]:
    """Parameters of a module by their names there, which are those of the layer."""
    return {name: drafting.parameter(call, name) for name in names}


def _ordered(drafting: Drafting, x: Any) -> Value:
    return drafting.in_order(drafting.value(x))


maps_module(f"{_OWN}.channels.StochasticDepth")(stochastic_depth)


@maps_module(f"{_OWN}.channels.Chunk")
def chunk(drafting: Drafting, call: ModuleCall, x: Any) -> Value:
    module: Any = call.module
    value = _ordered(drafting, x)
    whole = value.shape[1]
    if whole % module.chunks:
        raise Unmapped("its pieces are not equal")
    axes = (value.axes[0], group(whole // module.chunks), *value.axes[2:])
    return drafting.emit("chunk", [value], axes, of=module.chunks, index=module.index)


@maps_module(f"{_OWN}.blur.BlurPool")
def blur_pool(drafting: Drafting, call: ModuleCall, x: Any) -> Value:
    module: Any = call.module
    return blurred(drafting, call, x, module.kernel, module.stride, module.padding)


@maps_module(f"{_OWN}.positions.Crop")
def crop(drafting: Drafting, call: ModuleCall, x: Any) -> Value:
    module: Any = call.module
    value = _ordered(drafting, x)
    axes = (*value.axes[:2], *map(group, module.size))
    rests = [whole - kept for whole, kept in zip(value.shape[2:], module.size, strict=True)]
    if all(start == rest // 2 for start, rest in zip(module.start, rests, strict=True)):
        return drafting.emit("crop", [value], axes, size=_shortest(module.size))
    return drafting.emit("crop", [value], axes, sides=_sides(module.start, rests))


def _sides(start: Sequence[int], rests: Sequence[int]) -> Any:
    """Positions removed at the ends of each axis, as a spec writes them."""
    ends = [(first, rest - first) for first, rest in zip(start, rests, strict=True)]
    if len(set(ends)) == 1 and ends[0][0] == ends[0][1]:
        return ends[0][0]
    words = {1: ("left", "right"), 2: ("top", "bottom", "left", "right")}.get(len(ends))
    if words is None:
        if all(first == last for first, last in ends):
            return [first for first, _ in ends]
        raise Unmapped("it crops a volume of three axes unevenly")
    return {word: size for word, size in zip(words, sum(ends, ()), strict=True) if size}


def _shortest(sizes: Sequence[int]) -> int | list[int]:
    return sizes[0] if len(set(sizes)) == 1 else list(sizes)


@maps_module(f"{_OWN}.windows.WindowAttention")
def window_attention(drafting: Drafting, call: ModuleCall, x: Any) -> Value:
    module: Any = call.module
    table = ("relative_position_bias_table",) if module.relative else ()
    return drafting.elementwise(
        "window_attention",
        _ordered(drafting, x),
        heads=module.heads,
        window=_shortest(module.window),
        shift=_shortest(module.shift) if any(module.shift) else None,
        grid=True if module.grid else None,
        relative=None if module.relative else "none",
        weights=_weights(drafting, call, *table, "qkv.weight", "qkv.bias", "proj.weight", "proj.bias")
        | ({"relative_position_index": drafting.parameter(call, "relative_position_index")} if table else {}),
    )


@maps_module(f"{_OWN}.windows.PatchMerging")
def patch_merging(drafting: Drafting, call: ModuleCall, x: Any) -> Value:
    value = _ordered(drafting, x)
    _, channels, *spatial = value.shape
    halves = [group(-(-size // 2)) for size in spatial]
    return drafting.emit("patch_merging", [value], (value.axes[0], group(4 * channels), *halves))


@maps_module(f"{_OWN}.tokens.SelfAttention")
def self_attention(drafting: Drafting, call: ModuleCall, x: Any) -> Value:
    module: Any = call.module
    value = _ordered(drafting, x)
    biases = module.in_proj_bias is not None
    names = ["in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias"]
    over = None if module.dim is None else AXES[value.rank][module.dim - 2]
    return drafting.elementwise(
        "self_attention",
        value,
        heads=module.num_heads,
        bias=None if biases else False,
        over=over,
        fused=None if module.fused else False,
        weights=_weights(drafting, call, *(names if biases else names[::2])),
    )


@maps_module(f"{_OWN}.pools.DisjointMaxPool")
def disjoint_maxpool(drafting: Drafting, call: ModuleCall, x: Any) -> Value:
    module: Any = call.module
    value = _ordered(drafting, x)
    return drafting.emit(
        "fractional_maxpool",
        [value],
        (*value.axes[:2], *map(group, module.output_size)),
        output_size=_shortest(module.output_size),
        windows="disjoint_random" if module.shuffled else "disjoint",
    )


@maps_module(f"{_OWN}.norms.GlobalResponseNorm")
def global_response_norm(drafting: Drafting, call: ModuleCall, x: Any) -> Value:
    module: Any = call.module
    return drafting.elementwise(
        "grn",
        _ordered(drafting, x),
        eps=None if module.eps == 1e-6 else module.eps,
        weights=_weights(drafting, call, "weight", "bias"),
    )


@maps_module(f"{_OWN}.channels.LayerScale")
def layer_scale(drafting: Drafting, call: ModuleCall, x: Any) -> Value:
    module: Any = call.module
    init = None if module.init == 1e-6 else module.init
    weights = _weights(drafting, call, "weight")
    return drafting.elementwise("layer_scale", _ordered(drafting, x), init=init, weights=weights)


@maps_module(f"{_OWN}.copies.Unstack")
def unstack(drafting: Drafting, call: ModuleCall, x: Any) -> Value:
    module: Any = call.module
    value = _ordered(drafting, x)
    axis = module.dim - 2
    axes = [part for index, part in enumerate(value.axes) if index != module.dim]
    over = None if axis == 0 else AXES[value.rank][axis]
    return drafting.emit("unstack", [value], axes, index=module.index, over=over)

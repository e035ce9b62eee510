"""Every layer with windows gives PyTorch's sizes and refuses what PyTorch refuses, over a grid of configurations.

PyTorch's own modules are called with the numbers as they are written, not through what a layer states.
"""

import warnings
from collections.abc import Callable, Iterator
from itertools import product
from types import ModuleType
from typing import Any, NamedTuple, TypeAlias

import pytest

from cnncalc.layers import layer_type, problems
from cnncalc.shape import Shape

CHANNELS = 2
RANKS = (1, 2, 3)
SIZES = {1: range(1, 8), 2: range(1, 8), 3: (1, 2, 3, 5)}
# `make test` checks each n-th case of every grid. The n is a prime, so that no axis is left out.
APART = 23

Fields: TypeAlias = dict[str, Any]


class Case(NamedTuple):
    """A layer as a spec says it, over a volume; PyTorch's module for it, with its arguments."""

    key: str
    fields: Fields
    size: int
    module: str
    arguments: Fields


def poolings(rank: int, key: str) -> Iterator[Case]:
    """Poolings: every rounding, padding and dilation that they have."""
    module = {"maxpool": "MaxPool", "avgpool": "AvgPool", "lppool": "LPPool"}[key] + f"{rank}d"
    paddings, dilations = (0,) if key == "lppool" else range(4), (1, 2, 3) if key == "maxpool" else (1,)
    numbers = product(SIZES[rank], range(1, 6), range(1, 5), paddings, dilations, ("floor", "ceil"))
    for size, kernel, stride, padding, dilation, rounding in numbers:
        fields: Fields = {"kernel": kernel, "stride": stride, "padding": padding, "rounding": rounding}
        arguments: Fields = {"kernel_size": kernel, "stride": stride, "ceil_mode": rounding == "ceil"}
        if key == "lppool":
            arguments["norm_type"] = 2
        else:
            arguments["padding"] = padding
        if key == "maxpool":
            fields["dilation"] = arguments["dilation"] = dilation
        yield Case(key, fields, size, module, arguments)


def convolutions(rank: int, key: str) -> Iterator[Case]:
    """Convolutions: also the words for padding; PyTorch has `same` for a stride of 1."""
    numbers = product(SIZES[rank], range(1, 5), range(1, 4), (0, 1, 2, "half", "same", "valid"), (1, 2, 3))
    for size, kernel, stride, padding, dilation in numbers:
        fields = {"kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}
        if key != "depthwise_conv":
            fields["filters"] = CHANNELS
        reach = dilation * (kernel - 1)
        if (padding == "half" and reach % 2) or (padding == "same" and stride > 1):
            continue
        arguments = {
            "in_channels": CHANNELS,
            "out_channels": CHANNELS,
            "kernel_size": kernel,
            "stride": stride,
            "padding": reach // 2 if padding == "half" else padding,
            "dilation": dilation,
        }
        yield Case(key, fields, size, f"Conv{rank}d", arguments)


def transposed(rank: int, key: str) -> Iterator[Case]:
    """Transposed convolutions: also what is added at the end."""
    numbers = product(SIZES[rank], range(1, 5), range(1, 4), range(4), (1, 2, 3), range(5))
    for size, kernel, stride, padding, dilation, added in numbers:
        same = {"stride": stride, "padding": padding, "dilation": dilation, "output_padding": added}
        arguments = {"in_channels": CHANNELS, "out_channels": CHANNELS, "kernel_size": kernel, **same}
        yield Case(
            key,
            {"filters": CHANNELS, "kernel": kernel, **same},
            size,
            f"ConvTranspose{rank}d",
            arguments,
        )


def to_size(rank: int, key: str) -> Iterator[Case]:
    """Poolings to a size of the output."""
    module = {"adaptive_avgpool": "AdaptiveAvgPool", "adaptive_maxpool": "AdaptiveMaxPool"}[key] + f"{rank}d"
    for size, out in product(SIZES[rank], range(1, 8)):
        yield Case(key, {"output_size": out}, size, module, {"output_size": out})


def fractional(rank: int, key: str) -> Iterator[Case]:
    """Fractional poolings, by size and by ratio."""
    if rank > 1:
        for size, kernel, out in product(SIZES[rank], range(1, 5), range(1, 7)):
            for how in ({"output_size": out}, {"output_ratio": out / 7}):
                module = f"FractionalMaxPool{rank}d"
                yield Case(key, {"kernel": kernel, **how}, size, module, {"kernel_size": kernel, **how})


def paddings(rank: int, key: str) -> Iterator[Case]:
    """Layers that pad, and nothing else."""
    module = {"zero_pad": "ZeroPad", "reflection_pad": "ReflectionPad", "replication_pad": "ReplicationPad"}[
        key
    ]
    for size, padding in product(SIZES[rank], range(6)):
        yield Case(key, {"padding": padding}, size, f"{module}{rank}d", {"padding": padding})


def enlarging(rank: int, key: str) -> Iterator[Case]:
    """Enlargements, and positions to channels and back."""
    for size, factor in product(SIZES[rank], range(1, 5)):
        if key == "upsample":
            yield Case(key, {"scale": factor}, size, "Upsample", {"scale_factor": factor})
        elif rank == 2:
            word = "downscale_factor" if key == "pixel_unshuffle" else "upscale_factor"
            module = "PixelUnshuffle" if key == "pixel_unshuffle" else "PixelShuffle"
            yield Case(key, {word: factor}, size, module, {word: factor})


GRIDS: dict[str, Callable[[int, str], Iterator[Case]]] = {
    **dict.fromkeys(("maxpool", "avgpool", "lppool"), poolings),
    **dict.fromkeys(("conv", "depthwise_conv", "separable_conv"), convolutions),
    "conv_transpose": transposed,
    **dict.fromkeys(("adaptive_avgpool", "adaptive_maxpool"), to_size),
    "fractional_maxpool": fractional,
    **dict.fromkeys(("zero_pad", "reflection_pad", "replication_pad"), paddings),
    **dict.fromkeys(("upsample", "pixel_shuffle", "pixel_unshuffle"), enlarging),
}
EACH = pytest.mark.parametrize("key", GRIDS)


@EACH
def test_a_sample_of_the_grid(torch: ModuleType, key: str) -> None:
    compare(torch, key, APART)


@pytest.mark.long
@EACH
def test_the_grid(torch: ModuleType, key: str) -> None:
    compare(torch, key, 1)


def compare(torch: ModuleType, key: str, apart: int) -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        grid = [case for rank in RANKS for case in ((rank, value) for value in GRIDS[key](rank, key))]
        for rank, case in grid[::apart]:
            hold(torch, rank, case)
    torch.set_num_threads(threads)


def hold(torch: ModuleType, rank: int, case: Case) -> None:
    """Our size, or that we refuse, against PyTorch's; and the calls that build the layer, where there are any."""
    layer, volume = layer_type(case.key)(**case.fields), Shape(CHANNELS, (case.size,) * rank)
    image = torch.zeros(1, *volume.torch)
    reported = list(problems(layer, (volume,)))
    codes = {problem.fault.code for problem in reported}
    refused = any(problem.blocking for problem in reported)
    ours = None if refused else layer.output((volume,)).spatial
    theirs = size_of(torch, case, image)
    if theirs is None and "S012" in codes:
        # Padding that PyTorch's pooling does not take stands in a step of its own, and the finding says so.
        assert pads_too_much(case, rank), case
        theirs = size_of(torch, without_padding(case), padded(torch, case, image))
    else:
        assert "S012" not in codes, case
    assert ours == theirs, case
    calls = () if refused else layer.torch((volume,))
    if calls:
        assert built(torch, calls, image) == ours, case


def size_of(torch: ModuleType, case: Case, image: Any) -> tuple[int, ...] | None:
    """Positions of what PyTorch gives; None where it refuses, or gives no value at all."""
    try:
        sizes = tuple(getattr(torch.nn, case.module)(**case.arguments)(image).shape[2:])
    except (RuntimeError, ValueError):
        return None
    return sizes if min(sizes) else None


def pads_too_much(case: Case, rank: int) -> bool:
    """Whether it is the padding that PyTorch's pooling refuses."""
    kernel, padding = case.fields["kernel"], case.fields["padding"]
    alone = case.key == "avgpool" and rank == 3 and kernel > case.size
    return padding > kernel // 2 or (padding > 0 and alone)


def padded(torch: ModuleType, case: Case, image: Any) -> Any:
    """The image with padding around it; with `ceil` as much at the end as the last window reads.

    One window more than fits may start before the padding at the end, none in it.
    """
    before = after = case.fields["padding"]
    stride = case.arguments["stride"]
    extent = case.fields.get("dilation", 1) * (case.fields["kernel"] - 1) + 1
    room = case.size + 2 * before - extent
    if case.fields["rounding"] == "ceil" and room > -stride:
        last = room // stride * stride
        if room % stride and last + stride < before + case.size:
            last += stride
        after = last + extent - before - case.size
    return torch.nn.functional.pad(image, (before, after) * (image.dim() - 2))


def without_padding(case: Case) -> Case:
    return case._replace(arguments={**case.arguments, "padding": 0, "ceil_mode": False})


def built(torch: ModuleType, calls: tuple[Any, ...], image: Any) -> tuple[int, ...]:
    from cnncalc.pytorch import modules

    value = image
    for call in calls:
        room, _, name = call.target.partition(".")
        value = getattr(torch.nn if room == "nn" else modules, name)(**call.arguments)(value)
    return tuple(value.shape[2:])


def test_every_layer_with_a_window_is_in_the_grid() -> None:
    from cnncalc.layers import names
    from cnncalc.vocabulary.window import Windowed

    # A convolution whose stride is its kernel, filters of each position, and a pooling that PyTorch has not: their own
    # tests compare their sizes.
    others = {"patch_embed", "locally_connected", "blur_pool"}
    windowed = {name for name in names() if issubclass(layer_type(name), Windowed)}
    assert windowed - others <= set(GRIDS)

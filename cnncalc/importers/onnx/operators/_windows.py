"""Windows of ONNX as fields of a layer: kernels, strides, paddings on each side, and what is not read."""

from collections.abc import Sequence
from typing import Any

from cnncalc.importers.onnx.values import NoLayer
from cnncalc.shape import Shape, Window

# The ends of each axis, by the number of axes.
ENDS = {
    1: (("left", "right"),),
    2: (("top", "bottom"), ("left", "right")),
    3: (("front", "back"), ("top", "bottom"), ("left", "right")),
}
# Why a remainder is accepted.
AS_EXPORTED = "as in the ONNX file"


def each(value: Any, rank: int, usual: int = 1) -> list[int]:
    """An attribute with a number for each axis."""
    numbers = [int(number) for number in value] if value else [usual] * rank
    if len(numbers) != rank:
        raise NoLayer(f"it has {len(numbers)} numbers for {rank} axes")
    return numbers


def short(numbers: Sequence[int]) -> Any:
    """One number if all are equal, else the list."""
    return numbers[0] if len(set(numbers)) == 1 else list(numbers)


def padding_field(ends: Sequence[tuple[int, int]]) -> Any:
    """Paddings of both ends of each axis as a field."""
    if all(before == after for before, after in ends):
        return short([before for before, _ in ends])
    named: dict[str, int] = {}
    for (first, last), (before, after) in zip(ENDS[len(ends)], ends, strict=True):
        named |= {name: size for name, size in ((first, before), (last, after)) if size}
    return named


def ends_of(
    attributes: dict[str, Any], shape: Shape, kernel: list[int], stride: list[int], dilation: list[int]
) -> list[tuple[int, int]]:
    """The padding of both ends of each axis."""
    rank = shape.rank
    auto = attributes.get("auto_pad", b"NOTSET").decode()
    if auto in ("NOTSET", ""):
        pads = each(attributes.get("pads"), 2 * rank, 0)
        return list(zip(pads[:rank], pads[rank:], strict=True))
    if auto == "VALID":
        return [(0, 0)] * rank
    ends = []
    for size, taps, step, wide in zip(shape.spatial, kernel, stride, dilation, strict=True):
        missing = max(0, (-(-size // step) - 1) * step + wide * (taps - 1) + 1 - size)
        less, more = missing // 2, missing - missing // 2
        ends.append((less, more) if auto == "SAME_UPPER" else (more, less))
    return ends


def allowed(
    shape: Shape,
    kernel: list[int],
    stride: list[int],
    ends: list[tuple[int, int]],
    dilation: list[int],
    *,
    ceil: bool = False,
) -> dict[str, Any]:
    """The control that accepts a remainder, where windows leave out real positions."""
    windows = (
        Window(size, taps, step, before, after, wide, ceil)
        for size, taps, step, (before, after), wide in zip(
            shape.spatial, kernel, stride, ends, dilation, strict=True
        )
    )
    if any(window.unread and window.stride <= window.extent for window in windows):
        return {"allow": {"S001": AS_EXPORTED}}
    return {}

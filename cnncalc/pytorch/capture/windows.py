"""What convolutions and pools have in common: sizes for each axis, padding, and windows that leave input unread."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

from cnncalc.pytorch.capture.mapping import Unmapped
from cnncalc.pytorch.capture.values import Pending, Value, group
from cnncalc.shape import Window

if TYPE_CHECKING:
    from cnncalc.pytorch.capture.drafting import Drafting

# The words for both ends of each axis, by the number of axes.
ENDS = {
    1: (("left", "right"),),
    2: (("top", "bottom"), ("left", "right")),
    3: (("front", "back"), ("top", "bottom"), ("left", "right")),
}
AS_PYTORCH = {"S001": "PyTorch rounds down"}


def per_axis(given: Any, rank: int) -> tuple[int, ...]:
    """One number for each axis."""
    numbers = (given,) if isinstance(given, int) else tuple(given)
    return numbers * rank if len(numbers) == 1 else numbers


def short(numbers: Sequence[Any], default: Any = None) -> Any:
    """Numbers for each axis as a spec has them: one if all are equal, None if that is the default."""
    if len(set(numbers)) > 1:
        return list(numbers)
    return None if numbers[0] == default else numbers[0]


def sides(pads: Sequence[tuple[int, int]]) -> Any:
    """Padding at both ends of each axis as a spec has it; None for none."""
    if all(before == after for before, after in pads):
        return short([before for before, _ in pads], 0)
    return {
        word: size
        for words, both in zip(ENDS[len(pads)], pads, strict=True)
        for word, size in zip(words, both, strict=True)
        if size
    }


def padding_field(pads: Sequence[tuple[int, int]], windows: Sequence[Window]) -> Any:
    """The padding of a convolution as a spec has it: by its name where it has one that says more."""
    uneven = any(before != after for before, after in pads)
    if uneven and all(_is_same(window) for window in windows):
        return "same"
    return sides(pads)


def _is_same(window: Window) -> bool:
    """Whether the padding is TensorFlow's: as many windows as the size over the stride, the odd position at the end."""
    outputs = -(-window.size // window.stride)
    total = max(0, (outputs - 1) * window.stride + window.extent - window.size)
    return (window.before, window.after) == (total // 2, total - total // 2)


def drops_input(windows: Sequence[Window]) -> dict[str, str] | None:
    """What to allow if windows leave input unread at the end, as PyTorch's do."""
    dropped = any(
        not window.ceil and window.remainder and window.kernel >= window.stride and window.unread
        for window in windows
    )
    return AS_PYTORCH if dropped else None


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Padded(Pending):
    """A value with constants around it, which the layer after it may have as its padding."""

    value: Value
    pads: tuple[tuple[int, int], ...]
    fill: float

    @property
    def shape(self) -> tuple[int, ...]:
        sizes = zip(self.value.shape[2:], self.pads, strict=True)
        return (*self.value.shape[:2], *(size + before + after for size, (before, after) in sizes))

    def settle(self, drafting: "Drafting") -> Value:
        if self.fill:
            note = f"pad with {self.fill:g}"
            return drafting.unknown("pad", [self.value], self.shape, (), note)
        return padded_with_zeros(drafting, self.value, self.pads)


def padded_with_zeros(drafting: "Drafting", value: Value, pads: Sequence[tuple[int, int]]) -> Value:
    """A layer that puts zeros around a value."""
    axes = (*value.axes[:2], *(
        group(size + before + after) for size, (before, after) in zip(value.shape[2:], pads, strict=True)
    ))  # fmt: skip
    return drafting.emit("zero_pad", [value], axes, padding=sides(pads))


def before_window(
    drafting: "Drafting", input: Any, rank: int, fill: float, padding: Any
) -> tuple[Value, tuple[tuple[int, int], ...] | None]:
    """What a window slides over, and the padding that was made before with `fill`; None if none was."""
    if isinstance(input, Padded) and input.fill == fill and padding in (0, "valid", (0,) * rank, [0] * rank):
        return input.value, input.pads
    value = drafting.in_order(drafting.value(drafting.settled(input)))
    if value.rank != rank:
        raise Unmapped("its input has no batch")
    return value, None


NOTHING = -inf

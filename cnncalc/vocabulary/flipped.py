"""The gradient of a convolution's input is a convolution again: of the output's gradient, with the filters flipped."""

from collections.abc import Iterable

from cnncalc.shape import Window


def gradient_windows(windows: Iterable[Window]) -> tuple[Window, ...]:
    """The windows of that convolution, an axis each, over a gradient with S - 1 zeros put between its values.

    Its padding is negative where the forward pass pads by more than F - 1: so much of the gradient is cut off then.
    """
    found = []
    for at in windows:
        spread = (at.output - 1) * at.stride + 1
        before = at.extent - 1 - at.before
        found.append(
            Window(spread, at.kernel, 1, before, at.size - spread - before + at.extent - 1, at.dilation)
        )
    return tuple(found)

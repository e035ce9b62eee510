"""The gradient of a convolution's input is a convolution again: of the output's gradient, with the filters flipped."""

from collections.abc import Iterable

from cnncalc.shape import Window


def gradient_windows(windows: Iterable[Window]) -> tuple[Window, ...]:
    """The windows of that convolution, one for each axis, over a gradient with S - 1 zeros put between its values.

    Its padding is negative where the forward pass pads by more than F - 1: the gradient is then cropped by this amount.
    """
    flipped = []
    for window in windows:
        spread = (window.output - 1) * window.stride + 1
        before = window.extent - 1 - window.before
        flipped.append(
            Window(
                spread,
                window.kernel,
                1,
                before,
                window.size - spread - before + window.extent - 1,
                window.dilation,
            )
        )
    return tuple(flipped)

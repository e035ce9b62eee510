"""What the pooling layers share: a window, no weights, one number out of each window and channel."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from cnncalc.layers._convolution import kernel_text
from cnncalc.layers._field import REQUIRED, Padding, PerAxis, choice, padding, per_axis
from cnncalc.layers._groups import NoScratch, OwnOutput, Weightless
from cnncalc.layers._layer import Inputs
from cnncalc.layers._window import Windowed, axiswise, sliding
from cnncalc.shape import Shape, Window


@dataclass(frozen=True)
class Pool(Windowed, Weightless, NoScratch, OwnOutput):
    """Each channel by itself, each window to one number."""

    family: ClassVar[str] = "pooling"
    takes = "volume"

    kernel: PerAxis = per_axis(REQUIRED, "size of the window", letter="F", main=True)
    stride: PerAxis | None = per_axis(None, "step between two windows; left out, the kernel", letter="S")
    padding: Padding = padding(0, "positions around the input")
    rounding: Literal["floor", "ceil"] = choice(
        "floor", "what becomes of a remainder (PyTorch's ceil_mode)", ("floor", "ceil")
    )

    @property
    def step(self) -> PerAxis:
        return self.kernel if self.stride is None else self.stride

    def windows(self, volume: Shape) -> tuple[Window, ...]:
        return sliding(volume, self.kernel, self.step, self.padding, ceil=self.rounding == "ceil")

    def output(self, inputs: Inputs) -> Shape:
        return Shape(inputs[0].channels, self.grid(inputs[0]))

    def window_arguments(self, inputs: Inputs) -> dict[str, Any]:
        """The arguments that PyTorch's pooling modules have in common."""
        volume = inputs[0]
        return {
            "kernel_size": axiswise(self.kernel, volume.rank),
            "stride": axiswise(self.step, volume.rank),
            "padding": tuple(at.before for at in self.windows(volume)),
            "ceil_mode": self.rounding == "ceil",
        }

    def label(self, inputs: Inputs) -> str:
        rank = inputs[0].rank
        kernel, step = axiswise(self.kernel, rank), axiswise(self.step, rank)
        return f"{self.short}{kernel_text(kernel)}" + (f"/{kernel_text(step)}" if step != kernel else "")

    # The word of the label.
    short: ClassVar[str]

"""What the paddings share whose values are the input's own."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.field import REQUIRED, Padding, base, padding
from cnncalc.vocabulary.groups import KeepsFormat, KeepsInput, NoScratch, OwnOutput, Weightless
from cnncalc.vocabulary.layer import Inputs, Reach, TorchCall, Work
from cnncalc.vocabulary.padding import Ends, ends_of, torch_order
from cnncalc.vocabulary.window import sliding


@base
class EdgePad(KeepsFormat, Weightless, NoScratch, OwnOutput, KeepsInput):
    """A volume with values of its own around it."""

    family: ClassVar[str] = "shape"
    formats = (2,)
    gradient_format = "in order"
    takes = "volume"
    # The PyTorch module, without its number of axes.
    module: ClassVar[str]

    padding: Padding = padding(REQUIRED, "positions around the input", main=True, by_window=False)

    def ends(self, volume: Shape) -> Ends:
        return ends_of(sliding(volume, 1, 1, self.padding))

    def output(self, inputs: Inputs) -> Shape:
        sizes = zip(inputs[0].spatial, self.ends(inputs[0]), strict=True)
        return Shape(inputs[0].channels, tuple(size + sum(ends) for size, ends in sizes))

    def work(self, inputs: Inputs) -> Work:
        return Work()

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        """As with zeros: what lies around the input is taken as outside of it, wherever its values come from."""
        return tuple(Reach.window(1, 1, -before)._replace(beyond=True) for before, _ in self.ends(inputs[0]))

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall(f"{self.module}{inputs[0].rank}d", {"padding": torch_order(self.ends(inputs[0]))}),)

    def label(self, inputs: Inputs) -> str:
        ends = {end for pair in self.ends(inputs[0]) for end in pair}
        return f"PAD{ends.pop()}" if len(ends) == 1 else "PAD"

"""What padding layers have in common."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.field import REQUIRED, base, padding
from cnncalc.vocabulary.groups import NoScratch, NoStatistics, OwnOutput, Weightless
from cnncalc.vocabulary.layer import Inputs, Work
from cnncalc.vocabulary.layouts import KeepsFormat
from cnncalc.vocabulary.padding import Ends, ends_of
from cnncalc.vocabulary.values import Padding
from cnncalc.vocabulary.window import sliding


@base
class PadLayer(NoStatistics, KeepsFormat, Weightless, NoScratch, OwnOutput):
    """Adds positions around a volume."""

    family: ClassVar[str] = "shape"
    takes = "volume"
    autocast = "input"
    linear = True

    padding: Padding = padding(REQUIRED, "positions around the input", main=True, by_window=False)

    def ends(self, volume: Shape) -> Ends:
        """The number of positions added before and after, for each axis."""
        return ends_of(sliding(volume, 1, 1, self.padding))

    def output(self, inputs: Inputs) -> Shape:
        sizes = zip(inputs[0].spatial, self.ends(inputs[0]), strict=True)
        return Shape(inputs[0].channels, tuple(size + sum(ends) for size, ends in sizes))

    def work(self, inputs: Inputs) -> Work:
        return Work()

    def label(self, inputs: Inputs) -> str:
        ends = {end for pair in self.ends(inputs[0]) for end in pair}
        return f"PAD{ends.pop()}" if len(ends) == 1 else "PAD"

"""What global pooling layers have in common."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.groups import (
    FullOverThreeAxes,
    NoScratch,
    NoStatistics,
    OneAxisAsTwo,
    OwnOutput,
    PicksValues,
    Weightless,
    WholeInput,
)
from cnncalc.vocabulary.layer import Inputs
from cnncalc.vocabulary.layouts import KeepsFormat


class GlobalPool(
    FullOverThreeAxes,
    NoStatistics,
    PicksValues,
    KeepsFormat,
    OneAxisAsTwo,
    Weightless,
    NoScratch,
    OwnOutput,
    WholeInput,
):
    """Reduces all positions of a channel to one number."""

    autocast = "input"
    family: ClassVar[str] = "pooling"
    takes = "volume"
    one_axis = "as two"
    formats = (1, 2)

    def output(self, inputs: Inputs) -> Shape:
        return Shape(inputs[0].channels, (1,) * inputs[0].rank)

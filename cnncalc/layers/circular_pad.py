"""A volume between copies of itself."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.edge_pad import EdgePad
from cnncalc.vocabulary.layer import Example, layer
from cnncalc.vocabulary.values import Sides


@layer
class CircularPad(EdgePad):
    """Adds values of the opposite side around a volume, as if it went on from its end to its start."""

    mode = "circular"
    source: ClassVar[str] = "torch.nn.CircularPad2d"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"padding": 3}, (Shape(3, (32, 32)),)),
        Example({"padding": Sides(bottom=1, right=2)}, (Shape(8, (9, 9)),)),
        Example({"padding": (10,)}, (Shape(4, (10,)),)),
        Example({"padding": (0, 1, 2)}, (Shape(2, (4, 4, 4)),)),
    )

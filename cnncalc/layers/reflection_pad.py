"""A volume with mirrored edges."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.edge_pad import EdgePad
from cnncalc.vocabulary.layer import Example, layer
from cnncalc.vocabulary.values import Sides


@layer
class ReflectionPad(EdgePad):
    """Adds a mirror image of the volume around it. The edge values themselves are not repeated."""

    mode = "reflect"
    source: ClassVar[str] = "torch.nn.ReflectionPad2d"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"padding": 3}, (Shape(3, (32, 32)),)),
        Example({"padding": Sides(bottom=1, right=2)}, (Shape(8, (9, 9)),)),
        Example({"padding": (1,)}, (Shape(4, (10,)),)),
        Example({"padding": (0, 1, 2)}, (Shape(2, (4, 4, 4)),)),
    )

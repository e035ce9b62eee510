"""A volume with repeated edges."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.edge_pad import EdgePad
from cnncalc.vocabulary.layer import Example, layer
from cnncalc.vocabulary.values import Sides


@layer
class ReplicationPad(EdgePad):
    """Repeats the outermost values of the volume around it."""

    mode = "replicate"
    source: ClassVar[str] = "torch.nn.ReplicationPad2d"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"padding": 3}, (Shape(3, (32, 32)),)),
        Example({"padding": Sides(bottom=1, right=2)}, (Shape(8, (9, 9)),)),
        Example({"padding": (12,)}, (Shape(4, (10,)),)),
        Example({"padding": (0, 1, 2)}, (Shape(2, (4, 4, 4)),)),
    )

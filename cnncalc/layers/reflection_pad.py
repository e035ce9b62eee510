"""A volume with mirrored edges."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.exact import counted
from cnncalc.shape import Shape
from cnncalc.vocabulary import faults
from cnncalc.vocabulary.edge_pad import EdgePad
from cnncalc.vocabulary.field import Sides
from cnncalc.vocabulary.layer import Change, Example, Inputs, Precision, Problem, layer


@layer
class ReflectionPad(EdgePad):
    """Adds a mirror image of the volume around it. The edge values themselves are not repeated."""

    source: ClassVar[str] = "torch.nn.ReflectionPad2d"
    module: ClassVar[str] = "nn.ReflectionPad"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"padding": 3}, (Shape(3, (32, 32)),)),
        Example({"padding": Sides(bottom=1, right=2)}, (Shape(8, (9, 9)),)),
        Example({"padding": (1,)}, (Shape(4, (10,)),)),
        Example({"padding": (0, 1, 2)}, (Shape(2, (4, 4, 4)),)),
    )

    def autocast_on_cpu(self, inputs: Inputs) -> Precision:
        """Only `reflection_pad1d` and `reflection_pad2d` are in the list of operations that stay in float32."""
        return "float32" if inputs[0].rank < 3 else "input"

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        volume = inputs[0]
        for axis, size, ends in zip(volume.axes, volume.spatial, self.ends(volume), strict=True):
            if max(ends) >= size:
                most = min(volume.spatial) - 1
                plain = isinstance(self.padding, int)
                yield Problem(
                    faults.PADDING_OVER_INPUT,
                    f"{axis}: {counted(max(ends), 'position')} to mirror, but only {size - 1} beside the edge",
                    "padding",
                    help=f"use at most {most}, or use `replication_pad`" if plain else None,
                    changes=(Change("padding", most),) if plain else (),
                )
                return

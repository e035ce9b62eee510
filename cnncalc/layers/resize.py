"""A volume at a given size, or at a part of its size."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary import field_faults
from cnncalc.vocabulary.convolution import kernel_text
from cnncalc.vocabulary.field import factors, per_axis
from cnncalc.vocabulary.layer import Example, Inputs, Problem, TorchCall, layer
from cnncalc.vocabulary.scaled import Scaled, factors_text, spread
from cnncalc.vocabulary.values import Factors, PerAxis
from cnncalc.vocabulary.window import axiswise


@layer
class Resize(Scaled):
    """Resizes a volume by the nearest value or by interpolation: to `size` positions, or to floor(W*scale) of them.

    Where W*scale is no whole number, PyTorch computes positions with `scale`; with `recompute: true` it does so with
    the ratio of the sizes.
    """

    family: ClassVar[str] = "shape"
    takes = "volume"
    source: ClassVar[str] = "torch.nn.Upsample(size); torch.nn.functional.interpolate"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"size": 20}, (Shape(16, (13, 13)),)),
        Example({"size": (7, 4), "mode": "bilinear"}, (Shape(4, (5, 6)),)),
        Example({"size": 9, "mode": "bicubic", "align_corners": True}, (Shape(4, (5, 6)),)),
        Example({"size": 3, "mode": "linear"}, (Shape(4, (7,)),)),
        Example({"size": 6, "mode": "trilinear"}, (Shape(2, (3, 4, 5)),)),
        Example({"scale": 0.5, "mode": "bilinear"}, (Shape(16, (14, 13)),)),
        Example({"scale": (0.75, 1.5), "mode": "bicubic", "align_corners": True}, (Shape(4, (9, 7)),)),
        Example({"scale": 0.4}, (Shape(4, (12,)),)),
        Example({"scale": 0.7, "mode": "bilinear", "recompute": True}, (Shape(4, (9, 8)),)),
    )

    size: PerAxis | None = per_axis(None, "positions of the output", main=True, of_part="scale")
    scale: Factors | None = factors(
        None, "instead of `size`: the factor by which each axis grows, 0.5 for half of it", low=0
    )

    def scales(self, volume: Shape) -> tuple[float, ...] | None:
        return None if self.scale is None else spread(self.scale, volume.rank)

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        if (self.size is None) == (self.scale is None):
            both = self.size is not None
            words = ("both", "and") if both else ("neither", "nor")
            yield Problem(
                field_faults.ONE_OF_TWO_FIELDS,
                f"resize has {words[0]} a `size` {words[1]} a `scale`",
                "scale" if both else None,
                help="give exactly one of them: `resize: 20`, or `resize: {scale: 0.5}`",
            )
            return
        yield from super().problems(inputs)

    def sizes(self, inputs: Inputs) -> tuple[int, ...]:
        if self.size is None:
            return self.scaled_sizes(inputs[0])
        return axiswise(self.size, inputs[0].rank)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        given = {"size": self.sizes(inputs), **self.filling()}
        return (TorchCall("nn.Upsample", given if self.scale is None else self.scale_arguments(inputs[0])),)

    def label(self, inputs: Inputs) -> str:
        by = self.scales(inputs[0])
        return f"RESIZE->{kernel_text(self.sizes(inputs))}" if by is None else f"RESIZE*{factors_text(by)}"

"""Layer normalisation over the channels of each position of a volume."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.layer import Example, layer
from cnncalc.vocabulary.layer_norm import ChannelNorm


@layer
class LayerNorm2d(ChannelNorm):
    """Normalises the channels of each position, then applies a learned scale and shift for each channel."""

    takes = "volume"
    source: ClassVar[str] = "torchvision.models.convnext.LayerNorm2d; Liu et al. 2022, arXiv 2201.03545"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"eps": 1e-6}, (Shape(96, (56, 56)),)),
        Example({"bias": False}, (Shape(8, (6, 6)),)),
        Example({"affine": False}, (Shape(8, (5, 6)),)),
        Example({}, (Shape(8, (30,)),)),
        Example({}, (Shape(8, (4, 6, 6)),)),
    )

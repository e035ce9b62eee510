"""Layer normalisation."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.layer import Example, layer
from cnncalc.vocabulary.layer_norm import ChannelNorm


@layer
class LayerNorm(ChannelNorm):
    """Normalises the features, or the channels of each token, then applies a learned scale and shift to each."""

    source: ClassVar[str] = "torch.nn.LayerNorm; Ba et al. 2016, arXiv 1607.06450"
    ranks = (1,)
    other_ranks = "use `ln2d` for the channels of each position, or `gn: 1` for all values of an image"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({}, (Shape(100),)),
        Example({"eps": 1e-6}, (Shape(768, (197,)),)),
        Example({"bias": False}, (Shape(8, (9,)),)),
        Example({"affine": False}, (Shape(8, (5,)),)),
    )

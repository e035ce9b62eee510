"""What the layers of tokens share. Tokens are a volume of one axis: channels are the embedding, the length their count.

PyTorch's layers want them as (batch, length, channels). Between our modules they have the shape of every volume,
(batch, channels, length), as a view: they lie in memory as PyTorch wants them, and nothing is copied on the way.
"""

from typing import ClassVar

from cnncalc.vocabulary.groups import GivesView, NoStatistics


class OfTokens(NoStatistics, GivesView):
    """A layer of tokens."""

    takes = "volume"
    ranks = (1,)
    other_ranks = "`patch_embed` makes tokens of a volume"
    family: ClassVar[str] = "attention"

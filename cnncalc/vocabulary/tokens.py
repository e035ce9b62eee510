"""What token layers have in common. Tokens are a volume with one axis: the channels are the embedding, the length is
their number.

PyTorch's layers need them as (batch, length, channels). Between our modules they have the shape of every volume,
(batch, channels, length), as a view: in memory they have PyTorch's order, and nothing is copied.
"""

from typing import ClassVar

from cnncalc.vocabulary.families import ATTENTION
from cnncalc.vocabulary.groups import GivesView, NoStatistics


class OfTokens(NoStatistics, GivesView):
    """A layer of tokens."""

    takes = "volume"
    ranks: ClassVar[tuple[int, ...]] = (1,)
    other_ranks: ClassVar[str | None] = "use `patch_embed` to make tokens of a volume"
    family: ClassVar[str] = ATTENTION

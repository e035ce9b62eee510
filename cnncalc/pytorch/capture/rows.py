"""Tensors of vectors: for each image and head, a row for each position."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cnncalc.pytorch.capture.arranging import arrange
from cnncalc.pytorch.capture.layout import flat
from cnncalc.pytorch.capture.mapping import Unmapped
from cnncalc.pytorch.capture.values import Group, Value

if TYPE_CHECKING:
    from cnncalc.pytorch.capture.drafting import Drafting


@dataclass(frozen=True, slots=True)
class Rows:
    """A tensor of vectors: for each image and head, a row for each position. `dims` are those of its node."""

    value: Value
    heads: Group
    positions: Group
    channels: Group


def rows(value: Value, *, turned: bool = False) -> Rows:
    """The images, heads, positions and channels of a tensor whose last dimensions are positions and channels.

    With `turned` the last two are channels and positions. Raises `Unmapped` if the images are not its first dimension.
    """
    if value.expanded:
        raise Unmapped("an operand is repeated by `expand`")
    *outer, before_last, last = value.dims
    images = value.axes[0]
    if not outer or outer[0][: len(images)] != images or not images:
        raise Unmapped("the images of the batch are not its first dimension")
    heads = (*outer[0][len(images) :], *flat(outer[1:]))
    positions, channels = (last, before_last) if turned else (before_last, last)
    return Rows(value, heads, positions, channels)


def as_operand(drafting: "Drafting", given: Rows) -> Value:
    """A tensor of vectors as an operand of a layer: the heads one after another in its channels."""
    value = given.value
    spatial: Sequence[Group] = (given.positions,)
    if given.positions == flat(value.axes[2:]) and value.rank:
        spatial = value.axes[2:]
    return arrange(drafting, value, (value.axes[0], (*given.heads, *given.channels), *spatial))

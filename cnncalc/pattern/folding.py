"""The parts of a chain with what repeats in brackets: `[CONV3-64 -> RELU]*2 -> POOL2`."""

from collections.abc import Sequence

from cnncalc.pattern.parser import DEPTH
from cnncalc.record import NamedTuple

ARROW = " -> "
LONGEST = 64
"""Parts that a repeated part has at most: a search for longer ones would take long and find little."""


class PatternPiece(NamedTuple):
    """One part, or a repetition: its text, whether there are weights in it, and how deep its brackets are."""

    text: str
    weighted: bool
    depth: int = 0


def folded(parts: Sequence[PatternPiece]) -> str:
    """The parts in a row, those that repeat in brackets: the shortest first, so that stages of them repeat too."""
    pieces = list(parts)
    length = 1
    while length <= min(LONGEST, len(pieces) // 2):
        after = _once(pieces, length)
        if len(after) < len(pieces):
            # What was different may be alike now.
            pieces, length = after, 1
        else:
            length += 1
    return ARROW.join(piece.text for piece in pieces)


def _once(pieces: list[PatternPiece], length: int) -> list[PatternPiece]:
    """The pieces, with every repetition of `length` pieces as one."""
    shorter: list[PatternPiece] = []
    index = 0
    while index < len(pieces):
        count = _count(pieces, index, length)
        if count > 1 and _begins_later(pieces, index, length, count):
            count = 0
        part = pieces[index : index + length]
        depth = 1 + max((piece.depth for piece in part), default=0)
        if count > 1 and depth <= DEPTH:
            text = ARROW.join(piece.text for piece in part)
            shorter.append(PatternPiece(f"[{text}]*{count}", any(piece.weighted for piece in part), depth))
            index += count * length
        else:
            shorter.append(pieces[index])
            index += 1
    return shorter


def _count(pieces: list[PatternPiece], position: int, length: int) -> int:
    """How often in a row the pieces from one on are there."""
    part = pieces[position : position + length]
    count = 1
    while len(part) == length and pieces[position + count * length : position + (count + 1) * length] == part:
        count += 1
    return count


def _begins_later(pieces: list[PatternPiece], position: int, length: int, count: int) -> bool:
    """Whether a repetition as long begins with weights a little later, as a stage does: `POOL -> [CONV -> POOL]*2`."""
    later = 0
    while later < length and not pieces[position + later].weighted:
        later += 1
    return 0 < later < length and _count(pieces, position + later, length) == count

"""Which known words a wrong one is spelled like."""

from collections.abc import Callable, Iterable

# Letters that may be wrong, missing, extra or swapped: at most these, and at most a third of the word (as in rustc,
# which suggests a name up to a third of its letters away).
SLIPS, SHARE = 2, 3


def slips_in(word: str) -> int:
    """How many letters of a word may be wrong: 1 up to five letters, 2 from six on; none in words of two letters."""
    return min(SLIPS, max(len(word), SHARE) // SHARE) if len(word) >= SHARE else 0


def spelled_like(word: str, known: Iterable[str], fold: Callable[[str], str] = str) -> tuple[str, ...]:
    """The known words with few different letters, the nearest first. `fold` is applied to the known words.

    In a word of two letters the two may be swapped.
    """
    from difflib import SequenceMatcher

    most = slips_in(word)
    close = []
    for name in known:
        other = fold(name)
        if abs(len(other) - len(word)) > max(most, 1):
            continue
        slips = distance(word, other)
        if slips <= most or (slips == 1 and sorted(word) == sorted(other)):
            close.append((slips, -SequenceMatcher(None, word, other).ratio(), name))
    return tuple(name for *_, name in sorted(close))


def distance(word: str, other: str) -> int:
    """The number of letters that are changed, added, removed or swapped with a neighbour between two words.

    The optimal string alignment distance (Damerau 1964).
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for index, letter in enumerate(word):
        two_before, before, row = before, row, [index + 1]
        for place, its in enumerate(other):
            cost = min(before[place] + (letter != its), before[place + 1] + 1, row[place] + 1)
            swapped = index and place and letter == other[place - 1] and word[index - 1] == its
            row.append(min(cost, two_before[place - 1] + 1) if swapped else cost)
    return row[-1]

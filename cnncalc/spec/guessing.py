"""What an unknown word may have meant: the same word in another spelling, a foreign word, a slip of two letters."""

import re
from collections.abc import Iterable
from collections.abc import Mapping as MappingOf
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from cnncalc.spec import foreign_fields, foreign_keys, foreign_layers

Table: TypeAlias = MappingOf[str, tuple[str, ...]]

# Characters of a word at most for which one like it is sought: no name is longer.
LONGEST = 100
# Letters that may be wrong, left out, too many or in each other's place; one alone in words of four letters or less.
SLIPS, SHORT = 2, 4
# Where a word comes from, before it: `nn.Conv2d`.
PREFIX = re.compile(r"^(torch\.)?(nn|F|keras\.layers|tf\.keras\.layers|tf\.nn|layers)\.(functional\.)?")
# Names that are listed at most where none is the one asked for, and how alike they have to be (difflib's
# ratio).
SEVERAL, ALIKE = 5, 0.6
# What a beginning is worth beside that.
BEGUN = 0.1
# The tables that are asked when the caller names none.
ANY: tuple[Table, ...] = (foreign_layers.LAYERS, foreign_fields.FIELDS, foreign_keys.KEYS)


class Guess(NamedTuple):
    """Words that may have been meant, best first. `certain`: one word, and it is a matter of spelling or of names."""

    words: tuple[str, ...] = ()
    certain: bool = False


def guess(word: str, among: Iterable[str], *tables: Table) -> Guess:
    """What of `among` may be meant by `word`. `tables` say what other frameworks call it."""
    if len(word) > LONGEST:
        return Guess()
    known = [name for name in among if len(name) <= LONGEST]
    for fold in (_folded, _without_axes):
        folded = {fold(name): name for name in reversed(known)}
        if (same := folded.get(fold(word))) is not None:
            return Guess((same,), True)
    for table in tables:
        for key in (_folded(word), _without_axes(word)):
            if meant := tuple(name for name in table.get(key, ()) if name in known):
                certain = len(meant) == 1 and (len(table[key]) == 1 or table is not foreign_layers.LAYERS)
                return Guess(meant, certain)
    folded_word = _folded(word)
    close = _spelled_like(folded_word, tuple(known))
    if close is None and foreign_layers.LAYERS not in tables:
        begun = [name for name in known if _begins(folded_word, _folded(name))]
        close = begun[0] if len(begun) == 1 else None
    return Guess((close,)) if close is not None else Guess()


def nearest(word: str, among: Iterable[str]) -> str | None:
    """The word that is most likely meant by `word`; None where nothing is like it."""
    words = guess(word, among, *ANY).words
    return words[0] if words else None


def alike(word: str, among: Iterable[str]) -> tuple[str, ...]:
    """Several names that may be meant by the beginning, a part or a misspelling of one; the likeliest first."""
    from difflib import SequenceMatcher

    if not word or len(word) > LONGEST:
        return ()
    folded = _folded(word)
    ranked = []
    for name in among:
        other = _folded(name)
        matcher = SequenceMatcher(None, folded, other, autojunk=False)
        # Of many names nearly none is like the word: the cheap upper bound says so.
        ratio = matcher.ratio() if matcher.quick_ratio() >= ALIKE else 0.0
        begins = other.startswith(folded) or (len(other) > SHORT and folded.startswith(other))
        within = len(folded) > SHORT and folded in other
        slips = abs(len(folded) - len(other)) <= SLIPS and _distance(folded, other) <= SLIPS
        if begins or within or slips or ratio >= ALIKE:
            ranked.append((-ratio - BEGUN * begins, name))
    return tuple(name for *_, name in sorted(ranked)[:SEVERAL])


def no_layer(word: str) -> str | None:
    """Of a layer that other frameworks have and cnncalc has not: what to say, or an empty text. None for others."""
    return _first(foreign_layers.NO_LAYER, word)


def no_field(word: str) -> str | None:
    """Of a parameter that other frameworks have and no layer takes here: what to do instead."""
    return _first(foreign_fields.NO_FIELD, word)


def padding_word(word: str) -> str | None:
    """Of a word for a padding that other frameworks have and cnncalc has not: what to write."""
    return foreign_fields.PADDINGS.get(_folded(word))


def _first(table: MappingOf[str, str], word: str) -> str | None:
    return table.get(_folded(word), table.get(_without_axes(word)))


# A text is read again for each fix that is tried, and asks about the same words.
@lru_cache(maxsize=8192)
def _folded(word: str) -> str:
    """`nn.Max_Pool` is `maxpool`."""
    return PREFIX.sub("", word).lower().replace("_", "").replace("-", "").replace(" ", "")


@lru_cache(maxsize=8192)
def _without_axes(word: str) -> str:
    """`Conv2d` is `conv`: the number of axes is the input's."""
    return re.sub(r"[123]d", "", _folded(word))


@lru_cache(maxsize=4096)
def _spelled_like(word: str, known: tuple[str, ...]) -> str | None:
    """The known word that is the fewest letters away from a folded one; of several the one most alike in difflib."""
    from difflib import SequenceMatcher

    most = 1 if len(word) <= SHORT else SLIPS
    near = [name for name in known if abs(len(name) - len(word)) <= most + 1]
    close = [
        (slips, -SequenceMatcher(None, word, name).ratio(), name)
        for name in near
        if (slips := _distance(word, _folded(name))) <= most
    ]
    return min(close)[2] if close else None


def _begins(one: str, other: str) -> bool:
    """Whether one of two words is the beginning of the other: `train` and `training`."""
    short, long = sorted((one, other), key=len)
    return len(short) > SHORT and long.startswith(short)


def _distance(one: str, other: str) -> int:
    """Letters changed, added, left out or swapped with their neighbour from one word to the other.

    The optimal string alignment distance (Damerau 1964).
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for index, letter in enumerate(one):
        two_before, before, row = before, row, [index + 1]
        for place, its in enumerate(other):
            cost = min(before[place] + (letter != its), before[place + 1] + 1, row[place] + 1)
            swapped = index and place and letter == other[place - 1] and one[index - 1] == its
            row.append(min(cost, two_before[place - 1] + 1) if swapped else cost)
    return row[-1]

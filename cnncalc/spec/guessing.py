"""Guesses for an unknown word: the same word in another spelling, a word of another framework, or two wrong letters."""

import re
from collections.abc import Iterable
from collections.abc import Mapping as MappingOf
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from cnncalc.spec import foreign_fields, foreign_keys, foreign_layers, foreign_without_layer
from cnncalc.spelling import spelled_like

Table: TypeAlias = MappingOf[str, tuple[str, ...]]

# The longest word for which similar words are searched, in characters: no name is longer.
LONGEST = 100
# Words of so few letters are not searched in other words, or for their beginning.
SHORT = 4
# A module name before a word: `nn.Conv2d`.
PREFIX = re.compile(r"^(torch\.)?(nn|F|keras\.layers|tf\.keras\.layers|tf\.nn|layers)\.(functional\.)?")
# How many similar names are listed at most if a name does not exist, and their least similarity (difflib's
# ratio).
SEVERAL, ALIKE = 5, 0.75
# The score of a name that begins with the word.
BEGUN = 0.1
# The tables that are used by default.
ANY: tuple[Table, ...] = (foreign_layers.LAYERS, foreign_fields.FIELDS, foreign_keys.KEYS)


class Guess(NamedTuple):
    """Possible words, best first. `certain`: there is one word, and only the spelling or the naming differs."""

    words: tuple[str, ...] = ()
    certain: bool = False


def guess(word: str, among: Iterable[str], *tables: Table) -> Guess:
    """The words of `among` that `word` may mean. `tables` hold the names of other frameworks."""
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
    """The word that `word` most likely means; None if no word is similar."""
    words = guess(word, among, *ANY).words
    return words[0] if words else None


def alike(word: str, among: Iterable[str]) -> tuple[str, ...]:
    """Names that start with the word, contain it or are spelled like it; the most likely first."""
    from difflib import SequenceMatcher

    if not word or len(word) > LONGEST:
        return ()
    folded = _folded(word)
    ranked = []
    among = tuple(among)
    near = frozenset(spelled_like(folded, among, _folded))
    for name in among:
        other = _folded(name)
        matcher = SequenceMatcher(None, folded, other, autojunk=False)
        # Most names are not similar to the word: a cheap upper bound excludes them. Of a few letters many words share
        # most.
        ratio = matcher.ratio() if len(folded) > SHORT and matcher.quick_ratio() >= ALIKE else 0.0
        begins = other.startswith(folded) or (len(other) > SHORT and folded.startswith(other))
        within = len(folded) > SHORT and folded in other
        if begins or within or ratio >= ALIKE or name in near:
            ranked.append((-ratio - BEGUN * begins, name))
    return tuple(name for *_, name in sorted(ranked)[:SEVERAL])


def no_layer(word: str) -> str | None:
    """The help for a layer that only other frameworks have, perhaps an empty text. None for other words."""
    return _first(foreign_without_layer.NO_LAYER, word)


def no_field(word: str) -> str | None:
    """The help for a parameter that only other frameworks have."""
    return _first(foreign_fields.NO_FIELD, word)


def padding_word(word: str) -> str | None:
    """The help for a padding word that only other frameworks have."""
    return foreign_fields.PADDINGS.get(_folded(word))


def _first(table: MappingOf[str, str], word: str) -> str | None:
    return table.get(_folded(word), table.get(_without_axes(word)))


# A text is read again for each fix that is tried, with the same unknown words.
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
    """The known word with the fewest different letters; of several, the most similar one by difflib."""
    return next(iter(spelled_like(word, known, _folded)), None)


def _begins(word: str, other: str) -> bool:
    """Whether one word starts with the other: `train` and `training`."""
    short, long = sorted((word, other), key=len)
    return len(short) > SHORT and long.startswith(short)

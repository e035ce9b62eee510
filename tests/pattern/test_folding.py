"""What repeats in a chain, in brackets."""

import pytest

from cnncalc.pattern.folding import PatternPiece, folded
from tests._depth import DEEP

# Layers of a long chain.
LONG = 20_000 if DEEP else 5_000


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ("a", "a"),
        ("ab", "a -> b"),
        ("aa", "[a]*2"),
        ("abab", "[a -> b]*2"),
        ("aabaab", "[[a]*2 -> b]*2"),
        ("aabaabc", "[[a]*2 -> b]*2 -> c"),
        ("abcabcab", "[a -> b -> c]*2 -> a -> b"),
        ("pABpABp", "p -> [A -> B -> p]*2"),
        ("pApA", "[p -> A]*2"),
    ],
)
def test_folding(parts: str, text: str) -> None:
    """Capitals have weights: where a repetition can begin with one, it does."""
    weighted = [PatternPiece(part, part.isupper()) for part in parts]
    assert folded(weighted) == text


def test_folding_a_long_chain_takes_no_time_that_grows_with_its_square() -> None:
    parts = [PatternPiece(str(number % 1009), False) for number in range(LONG)]
    assert folded(parts).count("->") == LONG - 1

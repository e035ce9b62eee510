"""Conditions: how they are written, and when they are met."""

import re

import pytest

from cnncalc.comparison import parse
from tests._each import each


@each(
    ("text", "old", "new", "met"),
    [
        ("params > +5%", 100, 105, False),
        ("params > +5%", 100, 106, True),
        ("params >= +5%", 100, 105, True),
        ("params > +0.1%", 1000, 1001, False),
        ("params > +0.1%", 1000, 1002, True),
        ("params < -5%", 100, 94, True),
        ("params < -5%", 100, 95, False),
        ("params <= -5%", 100, 95, True),
        ("macs > +1M", 0, 1_000_001, True),
        ("macs > +1_000", 5, 1005, False),
        ("macs > 20G", None, 20_000_000_001, True),
        ("macs>20G", 0, 20_000_000_000, False),
        ("layers < 3", 9, 2, True),
        ("layers >= 1,000", 9, 1000, True),
        ("macs > 30 m", 0, 30_000_001, True),
        ("params > 1e6", 0, 1_000_001, True),
        ("memory > +8 gib", 0, (8 << 30) + 1, True),
        ("memory > 0", 0, 1, True),
        ("memory > 1KiB", 0, 1025, True),
        ("memory > 1kB", 0, 1001, True),
        ("memory > +1.5KiB", 10, 1546, False),
        ("buffers > +0", 0, 1, True),
        ("buffers > +5%", 0, 1, True),
        ("buffers > +5%", 0, 0, False),
        ("activations > +5%", None, 10, None),
        ("weights > 5", 10, None, None),
        ("weights < -0%", 10, 10, False),
    ],
)
def test_is_met(text: str, old: int | None, new: int | None, met: bool | None) -> None:
    verdict = parse(text).judged(old, new)
    assert verdict.met is met
    assert verdict.fails is (met is not False)


def test_large_figures_are_compared_exactly() -> None:
    assert parse("macs > +10%").judged(10**18, 11 * 10**17).met is False
    assert parse("macs > +10%").judged(10**18, 11 * 10**17 + 1).met is True


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("params", "is not a condition; write FIGURE > NUMBER"),
        ("params = 5", "is not a condition"),
        ("params > five", "is not a condition"),
        ("params > +5% and macs > 5", "is not a condition"),
        ("parms > 5", "did you mean 'params'?"),
        ("speed > 5", "there are layers, params, weights, buffers, macs, activations, memory"),
        ("params > 5%", "has a sign: +5%"),
        ("params > 5MiB", "'5MiB' has an unknown unit, 'MiB'; the units are k, M, G and T"),
        ("memory > 5 parsec", "'5 parsec' has an unknown unit, 'parsec'; write 5GiB or 5GB"),
        ("memory > 8G", "'8G' has an unknown unit, 'G'; write 8GiB or 8GB"),
        ("", "is not a condition"),
    ],
)
def test_is_refused_with_what_to_write(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        parse(text)

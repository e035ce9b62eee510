from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.commands._memory_size import parse
from cnncalc.quantity import MOST, SIZES


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("12GiB", 12 * 2**30),
        ("12 GB", 12 * 10**9),
        ("11.5gib", 23 * 2**29),
        ("800MiB", 800 * 2**20),
        ("1e9B", 10**9),
        ("1.5e3 kB", 1_500_000),
        ("1e-3GB", 10**6),
        ("1E+1KiB", 10_240),
        (".5TiB", 2**39),
        ("2.PB", 2 * 10**15),
        ("  4 gb ", 4 * 10**9),
        ("1B", 1),
        ("12,000 MB", 12 * 10**9),
        ("1_000MB", 10**9),
    ],
)
def test_sizes_are_exact(text: str, size: int) -> None:
    assert parse(text) == size


def test_a_part_of_a_byte_is_dropped() -> None:
    """Never more than was said: 11.3 GiB are 12,133,282,611.2 bytes."""
    assert parse("11.3GiB") == 12_133_282_611


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("12", "'12' has no unit; write 12GiB or 12GB"),
        ("11.5", "'11.5' has no unit; write 11.5GiB or 11.5GB"),
        ("8589934592", "'8589934592' has no unit; write 8589934592B if it is bytes"),
        ("12G", "'12G' has an unknown unit, 'G'; write 12GiB or 12GB"),
        ("12Gi", "'12Gi' has an unknown unit, 'Gi'; write 12GiB or 12GB"),
        ("800 m", "'800 m' has an unknown unit, 'm'; write 800MiB or 800MB"),
        ("64k", "'64k' has an unknown unit, 'k'; write 64KiB or 64kB"),
        ("12 bananas", "'12 bananas' has an unknown unit, 'bananas'; write 12GiB or 12GB"),
        ("-1GB", "'-1GB' is negative; a memory size is more than 0"),
        ("\N{MINUS SIGN}1GB", "'\N{MINUS SIGN}1GB' is negative; a memory size is more than 0"),
        ("0GB", "'0GB' is less than a byte"),
        ("0.3B", "'0.3B' is less than a byte"),
        ("1.1e18B", "'1.1e18B' is more than any device has"),
        ("9e99PiB", "'9e99PiB' is more than any device has"),
    ],
)
def test_what_is_refused_is_reported_in_one_sentence(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=r".") as raised:
        parse(text)
    assert str(raised.value) == message


@pytest.mark.parametrize(
    "text",
    [
        "",
        "GB",
        "GiB 12",
        "1,5GB",
        "1/2GB",
        "+5GB",
        "1e999GB",
        "e9B",
        "1e+B",
        ".GB",
        "1.2.3GB",
        "12GB/s",
        "nan GB",
        "inf",
        "\N{VULGAR FRACTION ONE HALF}GB",
        "\N{ARABIC-INDIC DIGIT ONE}GB",
        "9" * 5000 + "B",
    ],
)
def test_what_is_not_a_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a memory size; write a number and a unit, as 12GiB or 12GB"):
        parse(text)


@given(st.decimals(0, 10**6, places=3), st.sampled_from(sorted(SIZES)))
def test_every_size_that_can_be_written_is_read(number: object, unit: str) -> None:
    meant = Fraction(str(number)) * SIZES[unit]
    if not 1 <= meant <= MOST:
        with pytest.raises(ValueError, match=r"than"):
            parse(f"{number}{unit}")
    else:
        assert parse(f"{number}{unit}") == int(meant)


@given(st.text(max_size=50))
def test_any_text_is_a_size_or_refused(text: str) -> None:
    with suppress(ValueError):
        assert 1 <= parse(text) <= MOST

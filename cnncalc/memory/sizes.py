"""Memory sizes as people write them: `12GiB`, `11.5 GiB`, `800MB`, `1e9B`."""

# GB and GiB differ by 7%: a unit says which one is meant, and none is guessed.
PREFIXES = "kmgtp"
UNITS = {
    "b": 1,
    **{f"{prefix}b": 1000**power for power, prefix in enumerate(PREFIXES, 1)},
    **{f"{prefix}ib": 1024**power for power, prefix in enumerate(PREFIXES, 1)},
}

# Bytes. No machine has as much, and an exponent without bounds would be a number without end.
MOST = 10**18
LETTERS = "abcdefghijklmnopqrstuvwxyz"
DIGITS = "0123456789"


def parse(text: str) -> int:
    """Bytes of a size, rounded down to whole ones: a number, then B, kB, MB, GB, TB, PB or KiB to PiB, in any case.

    Raises `ValueError` with one sentence that says what to write instead.
    """
    said = text.strip()
    number = said.rstrip(LETTERS + LETTERS.upper())
    unit = said[len(number) :]
    number = number.rstrip()
    if number.startswith(("-", "\N{MINUS SIGN}")):
        raise ValueError(f"{said!r} is negative; a memory size is more than 0")
    digits, places = _decimal(number, said)
    if unit.lower() not in UNITS:
        lacks = f"has an unknown unit, {unit!r}" if unit else "has no unit"
        raise ValueError(f"{said!r} {lacks}; write {_likely(number, digits, places, unit)}")
    size = _scaled(digits * UNITS[unit.lower()], places)
    if not 1 <= size <= MOST:
        raise ValueError(f"{said!r} is {'less than a byte' if size < 1 else 'more than any device has'}")
    return size


def _decimal(number: str, said: str) -> tuple[int, int]:
    """The number as whole digits and a power of ten: 11.5 is (115, -1)."""
    mantissa, _, exponent = number.lower().partition("e")
    whole, _, part = mantissa.partition(".")
    power = exponent.removeprefix("+").removeprefix("-")
    # An exponent of one or two digits, and a number that fits in a line: what follows costs nothing.
    fits = len(number) <= 40 and len(power) <= 2 and bool(power) == ("e" in number.lower())
    if not (fits and (whole or part) and all(letter in DIGITS for letter in whole + part + power)):
        raise ValueError(f"{said!r} is no memory size; write a number and a unit, as 12GiB or 12GB")
    places = int(power or "0") * (-1 if exponent.startswith("-") else 1)
    return int(whole + part), places - len(part)


def _scaled(value: int, places: int) -> int:
    power: int = 10 ** abs(places)
    return value * power if places >= 0 else value // power


def _likely(number: str, digits: int, places: int, unit: str) -> str:
    """What was probably meant: `12GiB or 12GB`; bytes, where a number without a unit is too large for anything else."""
    if not unit and _scaled(digits, places) >= UNITS["mb"]:
        return f"{number}B if it is bytes"
    letter = unit[0].upper() if unit and unit[0].lower() in PREFIXES else "G"
    return f"{number}{letter}iB or {number}{'k' if letter == 'K' else letter}B"

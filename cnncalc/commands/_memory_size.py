"""Sizes of memory, as options take them: `12GiB`, `11.5 GiB`, `800MB`, `1e9B`."""

from cnncalc.quantity import BadQuantity, size


def parse(text: str) -> int:
    """Bytes of a size (`cnncalc.quantity`), rounded down to whole ones.

    Raises `ValueError` with one sentence that says what to write instead.
    """
    said = text.strip()
    try:
        number = int(size(said))
    except BadQuantity as error:
        if "more than" in error.reason:
            raise ValueError(f"{said!r} is more than any device has") from None
        if "negative" in error.reason:
            raise ValueError(f"{said!r} is negative; a memory size is more than 0") from None
        instead = " or ".join(error.instead) or "a number and a unit, as 12GiB or 12GB"
        if len(error.instead) == 1:
            instead += " if it is bytes"
        unit = f", {error.unit!r}" if error.unit else ""
        raise ValueError(f"{said!r} {error.reason}{unit}; write {instead}") from None
    if number < 1:
        raise ValueError(f"{said!r} is less than a byte")
    return number

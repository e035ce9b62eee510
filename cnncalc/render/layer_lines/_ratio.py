"""How many times as many, in words."""

from fractions import Fraction

from cnncalc.figure_words import HUGE


def times(value: int, of: int) -> str:
    """How many times as many: `7.1 times`, `1 time`; `0.25 times`."""
    ratio = Fraction(value, of)
    digits = 1 if ratio >= 1 else 2
    text = f"{float(ratio):,.{digits}f}".removesuffix(".0") if ratio < HUGE else f"{float(ratio):.2e}"
    return f"{text} {'time' if text == '1' else 'times'}"

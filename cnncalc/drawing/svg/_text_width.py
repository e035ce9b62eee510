"""How wide a text is, without a font: a little more than in the fonts that viewers have."""

from unicodedata import combining, east_asian_width

# Widths in parts of the font size, as in DejaVu Sans, the widest of the usual fonts.
_NARROW = dict.fromkeys("ijl|!.,:;'I()[]/ -fr", 0.40) | dict.fromkeys('t"*', 0.45)
_WIDE = dict.fromkeys("mwMW%@—…", 0.98)
_USUAL, _CAPITAL, _FULL = 0.62, 0.72, 1.05
# Bold letters are this much wider.
BOLD = 1.1


def text_width(words: str, size: float, *, bold: bool = False) -> float:
    """The width in pixels in a font of a size."""
    return sum(map(_width, words)) * size * (BOLD if bold else 1)


def _width(letter: str) -> float:
    if letter in _NARROW:
        return _NARROW[letter]
    if letter in _WIDE:
        return _WIDE[letter]
    if letter.isascii():
        return _CAPITAL if letter.isupper() else _USUAL
    if combining(letter):
        return 0.0
    return _FULL if east_asian_width(letter) in "WF" else _CAPITAL


def shortened(words: str, room: float, size: float, *, bold: bool = False) -> str:
    """A text that has room: where it is too long its end is left out, and `…` is there instead."""
    if text_width(words, size, bold=bold) <= room:
        return words
    kept = ""
    width = text_width("…", size, bold=bold)
    for letter in words:
        width += text_width(letter, size, bold=bold)
        if width > room:
            break
        kept += letter
    return f"{kept}…"

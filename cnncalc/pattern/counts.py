"""What stands after a layer or a bracket: `*3`, `*N`, `*`, `?`."""

from cnncalc.pattern.parts import PartControls
from cnncalc.pattern.state import PatternReading
from cnncalc.pattern.tokens import PatternToken
from cnncalc.pattern.words import head
from cnncalc.text import Scalar, escaped

DIGITS = 18
# What a star without a number is called among the parameters.
STAR = "repeat"
WRITE = "write how often, as in `*3` or `*N`"


def controls(reading: PatternReading) -> PartControls:
    """Read all stars and question marks that are there."""
    part_controls = PartControls()
    while (token := reading.now).kind in ("star", "maybe"):
        reading.step()
        if token.kind == "maybe":
            if part_controls.optional is not None:
                reading.report(token.start, token.end, "a second `?` says nothing more", "remove it")
            part_controls.optional = reading.places.span(token.start, token.end)
            continue
        count = _count(reading, token)
        if part_controls.repeat is not None:
            reading.report(token.start, token.end, "there are two counts for one part", "multiply them")
        part_controls.repeat = count if count is not None else part_controls.repeat
    return part_controls


def _count(reading: PatternReading, star: PatternToken) -> Scalar | None:
    """How often: a number, a letter, or nothing. None where that has been reported."""
    token = reading.now
    if token.kind == "dash" and _is_digit(after := reading.ahead()) and token.end == after.start:
        reading.step()
        reading.step()
        text = f"-{escaped(after.text)}"
        reading.report(token.start, after.end, f"a count is a whole number from 0, not {text}", WRITE)
        return None
    if token.kind != "word" or (token.start > star.end and head(token.text) is not None):
        what = "`*` does not say how often: one time is assumed"
        help = "write `*3`, or give `--set repeat=3`"
        return reading.assumed(STAR, 1, reading.places.span(star.start, star.end), what, help)
    reading.step()
    text = token.text
    if text.isascii() and text.isdigit():
        if len(text) <= DIGITS:
            return reading.scalar(int(text), token.start, token.end)
        reading.report(token.start, token.end, f"a count has at most {DIGITS} digits", WRITE)
    elif text.isidentifier() and text.isascii():
        return reading.letter(text, token.start, token.end)
    else:
        reading.report(
            token.start, token.end, f"a count is a whole number from 0, not {escaped(text)}", WRITE
        )
    return None


def _is_digit(token: PatternToken) -> bool:
    return token.kind == "word" and token.text[0].isdigit()

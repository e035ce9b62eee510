"""One layer of a pattern: its word, and what stands after it (`CONV 64 5x5/2 pad 1`, `CONV3-64`, `POOL2`)."""

import re

from cnncalc.pattern.parts import LayerPart
from cnncalc.pattern.settings import ENDS, LayerSettings
from cnncalc.pattern.state import PatternReading
from cnncalc.pattern.tokens import PatternToken
from cnncalc.pattern.values import shape
from cnncalc.pattern.words import INPUT, folded, head, joins, key_of
from cnncalc.text import Scalar, escaped


def begins_layer(token: PatternToken) -> bool:
    """Whether a word can be a layer's: it begins with a letter, and is no count such as `x2`."""
    return (token.text[0].isalpha() or token.text[0] == "_") and not re.fullmatch(r"x\d+", token.text)


class LayerParser:
    """Reads layers of one pattern."""

    def __init__(self, reading: PatternReading) -> None:
        self.reading = reading

    def layer(self, token: PatternToken) -> LayerPart:
        """The layer that begins with a word."""
        reading = self.reading
        if token.text.lower() == INPUT:
            reading.step()
            span = reading.places.span(token.start, token.end)
            part = LayerPart(self._key(INPUT, token.start, token.end), span, INPUT)
            self._shape(part)
            return part
        joined, count = self._joined(token)
        recognised = head(joined)
        last = reading.ahead(count - 1)
        for _ in range(count):
            reading.step()
        span = reading.places.span(token.start, last.end)
        if recognised is None:
            key = self._key(token.text.lower(), token.start, token.end)
            part = LayerPart(key, span, token.text, known=False)
            if joins(token.text):
                self._no_chain(token)
                part.reported = True
            self._unknown()
            return part
        word = joined[: len(joined) - len(recognised.size)].lower()
        part = LayerPart(self._key(recognised.key, token.start, last.end), span, word)
        settings = LayerSettings(reading, part)
        settings.label(recognised.size, last)
        settings.read()
        return part

    def _no_chain(self, token: PatternToken) -> None:
        word = escaped(token.text)
        message = f"`{word}` joins several layers: a pattern has one layer after another"
        self.reading.report(
            token.start, token.end, message, "write a spec; `cnncalc new` gives one to begin with"
        )

    def _key(self, raw: str, start: int, end: int) -> Scalar:
        return self.reading.scalar(raw, start, end)

    def _joined(self, token: PatternToken) -> tuple[str, int]:
        """A word, and how many signs it is: words with dashes between them are one where they are one layer's name."""
        text, longest = token.text, (token.text, 1)
        for parts in (1, 2):
            dash, word = self.reading.ahead(2 * parts - 1), self.reading.ahead(2 * parts)
            near = dash.start == self.reading.ahead(2 * parts - 2).end and dash.end == word.start
            if dash.kind != "dash" or word.kind != "word" or not near or not word.text[0].isalpha():
                break
            text += f"_{word.text}"
            if (whole := head(text)) is not None and folded(text).startswith(folded(whole.key)[:3]):
                longest = (text, 2 * parts + 1)
        return longest

    def _unknown(self) -> None:
        """Skip what is after a word that is not a layer: its meaning is unknown."""
        while (token := self.reading.now).kind not in ENDS:
            if token.kind == "dash" and not self._is_number(self.reading.ahead()):
                return
            if token.kind == "word" and key_of(token.text) is not None:
                return
            self.reading.step()

    @staticmethod
    def _is_number(token: PatternToken) -> bool:
        return token.kind == "word" and token.text[0].isdigit()

    def _shape(self, part: LayerPart) -> None:
        """The size after INPUT, perhaps in brackets of its own."""
        reading = self.reading
        if (
            reading.now.kind == "open"
            and self._is_number(reading.ahead())
            and reading.ahead(2).kind == "close"
        ):
            reading.step()
            token = reading.step()
            reading.step()
        elif reading.now.kind == "word" and key_of(reading.now.text) is None:
            token = reading.step()
        else:
            return
        loose = reading.now.kind in ("star", "comma", "colon") and self._is_number(reading.ahead())
        if loose and token.text.isdigit():
            self._loose_shape(token)
            return
        part.fields["shape"] = shape(reading, token)
        if (extra := reading.now).kind not in ENDS and extra.kind != "dash":
            message = f"`{escaped(extra.text)}` is not a setting of the input"
            reading.report(
                extra.start, extra.end, message, "write height, width and channels: `INPUT 32x32x3`"
            )
            self._unknown()

    def _loose_shape(self, token: PatternToken) -> None:
        """`32*32*3` or `32,32,3`."""
        reading, sizes = self.reading, [token]
        while reading.now.kind in ("star", "comma", "colon") and self._is_number(reading.ahead()):
            reading.step()
            sizes.append(reading.step())
        written = "x".join(escaped(item.text) for item in sizes)
        message = "a size has `x` between its numbers"
        reading.report(token.start, sizes[-1].end, message, f"write `INPUT {written}`")

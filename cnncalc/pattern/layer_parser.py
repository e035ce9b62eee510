"""One layer of a pattern: its word, and what stands after it (`CONV 64 5x5/2 pad 1`, `CONV3-64`, `POOL2`)."""

import re

from cnncalc.layers import Layer, layer_type, main_field, stated
from cnncalc.pattern.parts import LayerPart
from cnncalc.pattern.state import Reading
from cnncalc.pattern.tokens import Token
from cnncalc.pattern.values import is_letter, number, shape, sizes, written
from cnncalc.pattern.words import INPUT, field_of, folded, head, joins, key_of, of_label
from cnncalc.text import Node, Scalar, escaped

# What ends a layer.
_ENDS = frozenset(("arrow", "open", "close", "star", "maybe", "end"))
FLATTEN = "flatten"


def begins_layer(token: Token) -> bool:
    """Whether a word can be a layer's: it begins with a letter, and is no count such as `x2`."""
    return (token.text[0].isalpha() or token.text[0] == "_") and not re.fullmatch(r"x\d+", token.text)


class LayerParser:
    """Reads layers of one pattern."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading

    def layer(self, token: Token) -> LayerPart:
        """The layer that begins with a word."""
        reading = self.reading
        if token.text.lower() == INPUT:
            reading.step()
            span = reading.places.span(token.start, token.end)
            part = LayerPart(self._key(INPUT, token.start, token.end), span, INPUT)
            self._shape(part)
            return part
        joined, count = self._joined(token)
        found = head(joined)
        last = reading.ahead(count - 1)
        for _ in range(count):
            reading.step()
        span = reading.places.span(token.start, last.end)
        if found is None:
            key = self._key(token.text.lower(), token.start, token.end)
            part = LayerPart(key, span, token.text, known=False)
            if joins(token.text):
                self._no_chain(token)
                part.reported = True
            self._unknown()
            return part
        word = joined[: len(joined) - len(found.size)].lower()
        part = LayerPart(self._key(found.key, token.start, last.end), span, word)
        settings = _Settings(reading, part)
        settings.label(found.size, last)
        settings.read()
        return part

    def _no_chain(self, token: Token) -> None:
        word = escaped(token.text)
        message = f"`{word}` joins several layers: a pattern has one layer after another"
        self.reading.report(
            token.start, token.end, message, "write a spec; `cnncalc new` gives one to begin with"
        )

    def _key(self, raw: str, start: int, end: int) -> Scalar:
        return self.reading.scalar(raw, start, end)

    def _joined(self, token: Token) -> tuple[str, int]:
        """A word, and how many signs it is: words with dashes between them are one where they are one layer's name."""
        text, found = token.text, (token.text, 1)
        for parts in (1, 2):
            dash, word = self.reading.ahead(2 * parts - 1), self.reading.ahead(2 * parts)
            near = dash.start == self.reading.ahead(2 * parts - 2).end and dash.end == word.start
            if dash.kind != "dash" or word.kind != "word" or not near or not word.text[0].isalpha():
                break
            text += f"_{word.text}"
            if (whole := head(text)) is not None and folded(text).startswith(folded(whole.key)[:3]):
                found = (text, 2 * parts + 1)
        return found

    def _unknown(self) -> None:
        """Go over what stands after a word that is no layer: nobody knows what it means."""
        while (token := self.reading.now).kind not in _ENDS:
            if token.kind == "dash" and not self._is_number(self.reading.ahead()):
                return
            if token.kind == "word" and key_of(token.text) is not None:
                return
            self.reading.step()

    @staticmethod
    def _is_number(token: Token) -> bool:
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
        if (extra := reading.now).kind not in _ENDS and extra.kind != "dash":
            message = f"`{escaped(extra.text)}` says nothing of the input"
            reading.report(
                extra.start, extra.end, message, "write height, width and channels: `INPUT 32x32x3`"
            )
            self._unknown()

    def _loose_shape(self, token: Token) -> None:
        """`32*32*3` or `32,32,3`."""
        reading, sizes = self.reading, [token]
        while reading.now.kind in ("star", "comma", "colon") and self._is_number(reading.ahead()):
            reading.step()
            sizes.append(reading.step())
        written = "x".join(escaped(one.text) for one in sizes)
        message = "a size has `x` between its numbers"
        reading.report(token.start, sizes[-1].end, message, f"write `INPUT {written}`")


class _Settings:
    """What stands after one layer's word."""

    def __init__(self, reading: Reading, part: LayerPart) -> None:
        self.reading, self.part = reading, part
        self.layer: type[Layer] = layer_type(part.key.raw)
        self.main = main_field(self.layer)

    def give(self, name: str, value: Node, start: int, end: int) -> None:
        """Give a field its value, once."""
        if name in self.part.fields:
            message = f"`{name}` is given twice to {self.part.key.raw}"
            text = self.reading.source.text[start:end]
            size = name == self.main != "kernel" and "kernel" in stated(self.layer) and text.isdigit()
            help = f"write `{text}x{text}` for the size of the filters" if size else "leave one of them out"
            self.reading.report(start, end, message, help)
            return
        self.part.fields[name] = value

    def label(self, size: str, word: Token) -> None:
        """What is written onto the word: `3x1` of `CONV3x1`, and after it `/2` and `-64`."""
        reading = self.reading
        end = word.end
        if size:
            name = of_label(self.layer)
            start = word.end - len(size)
            if name is None:
                self.no(start, word.end, size)
            else:
                self.give(name, sizes(reading, size, start, word.end), start, word.end)
        if reading.now.kind == "slash" and reading.now.start == end:
            self.stride()
            end = reading.tokens[reading.at - 1].end
        dash, count = reading.now, reading.ahead()
        near = dash.kind == "dash" and dash.start == end and count.start == dash.end and count.text.isdigit()
        if near and self.main is not None and self.main not in self.part.fields:
            reading.step()
            reading.step()
            self.give(self.main, number(reading, count), count.start, count.end)

    def stride(self) -> None:
        """`/2`, or `/2x1`."""
        reading = self.reading
        slash, token = reading.step(), reading.now
        if token.kind != "word" or not (token.text[0].isdigit() or is_letter(token.text)):
            reading.report(slash.start, slash.end, "there is no stride after `/`", "write `/2`")
            return
        reading.step()
        if "stride" not in stated(self.layer):
            self.no(slash.start, token.end, f"/{token.text}")
            return
        self.give("stride", sizes(reading, token.text, token.start, token.end), token.start, token.end)

    def read(self) -> None:
        """All settings, up to what ends the layer."""
        reading = self.reading
        while (token := reading.now).kind not in _ENDS and token.kind != "dash":
            if token.kind == "comma":
                reading.step()
            elif token.kind == "slash":
                self.stride()
            elif token.kind != "word":
                reading.step()
                self.no(token.start, token.end, token.text)
            elif not self.setting(token):
                return

    def setting(self, token: Token) -> bool:
        """One setting that begins with a word or a number; whether it is one of this layer."""
        reading, text = self.reading, token.text
        if reading.ahead().kind == "equals":
            self.named(token)
            return True
        if re.fullmatch(r"\d+(?:\.\d+)?(?:[eE][-+]?\d+)?", text):
            reading.step()
            if self.main is None:
                self.no(token.start, token.end, text)
            else:
                self.give(self.main, number(reading, token), token.start, token.end)
            return True
        if re.fullmatch(r"(?:\d+|[A-Za-z])(?:[x×](?:\d+|[A-Za-z]))+", text):
            reading.step()
            self.window(token)
            return True
        name = field_of(self.layer, text) if len(text) > 1 else None
        if name is not None and reading.ahead().kind == "word":
            reading.step()
            value = reading.step()
            self.give(name, written(reading, value, self.layer, name), value.start, value.end)
            return True
        padding = stated(self.layer).get("padding")
        if padding is not None and text.lower() in padding[0].kind.choices:
            reading.step()
            self.give("padding", reading.scalar(text.lower(), token.start, token.end), token.start, token.end)
            return True
        if is_letter(text) and self.main is not None:
            reading.step()
            self.give(self.main, reading.letter(text, token.start, token.end), token.start, token.end)
            return True
        if head(text) is not None or text.lower() == INPUT:
            # The next layer, without an arrow: whoever reads it says so.
            return False
        reading.step()
        self.no(token.start, token.end, text)
        return True

    def window(self, token: Token) -> None:
        """`3x3`, or `3x3x64` with the filters."""
        reading, parts = self.reading, re.split("[x×]", token.text)
        fields = stated(self.layer)
        if "kernel" not in fields:
            name = self.main
        else:
            name = "kernel"
            if len(parts) == 3 and self.main not in (None, "kernel") and self.main not in self.part.fields:
                start = token.end - len(parts[2])
                self.give(str(self.main), sizes(reading, parts[2], start, token.end), start, token.end)
                token = token._replace(text="x".join(parts[:2]), end=start - 1)
        if name is None:
            self.no(token.start, token.end, token.text)
        else:
            self.give(name, sizes(reading, token.text, token.start, token.end), token.start, token.end)

    def named(self, token: Token) -> None:
        """`stride=2`, and the notes' letters: `K=96, F=11, S=4, P=0`."""
        reading = self.reading
        reading.step()
        equals, value = reading.step(), reading.now
        if value.kind not in ("word", "dash"):
            what = f"there is no value after `{escaped(token.text)}=`"
            reading.report(token.start, equals.end, what, f"write it, as in `{escaped(token.text)}=2`")
            return
        if token.text.lower() == FLATTEN and self.part.key.raw == "fc":
            reading.step()
            self.part.flattened = value.text.lower() != "false"
            return
        name = field_of(self.layer, token.text)
        # What the layer does not have is for the reader of the spec to say, with what was meant.
        read = written(reading, reading.step(), self.layer, name)
        written_name = escaped(token.text) if name is None else name
        self.part.names.setdefault(written_name, reading.places.span(token.start, token.end))
        self.give(written_name, read, token.start, value.end)

    def no(self, start: int, end: int, text: str) -> None:
        """Say that a setting means nothing to this layer."""
        known = ", ".join(stated(self.layer)) or "nothing"
        message = f"`{escaped(text)}` says nothing of {self.part.key.raw}"
        self.reading.report(start, end, message, f"write FIELD=VALUE; its fields: {known}")

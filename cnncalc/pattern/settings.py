"""What stands after a layer's word: sizes, strides, numbers, fields by their names and letters."""

import re

from cnncalc.layers import Layer, layer_type, main_field, stated
from cnncalc.pattern.atoms import is_letter
from cnncalc.pattern.flattening import FLATTEN, PLANE, reads_features
from cnncalc.pattern.parts import LayerPart
from cnncalc.pattern.state import PatternReading
from cnncalc.pattern.tokens import PatternToken
from cnncalc.pattern.values import number, sizes, written
from cnncalc.pattern.words import INPUT, field_of, head, of_label
from cnncalc.text import Node, escaped

# What ends a layer.
ENDS = frozenset(("arrow", "open", "close", "star", "maybe", "end"))


class LayerSettings:
    """What stands after one layer's word."""

    def __init__(self, reading: PatternReading, part: LayerPart) -> None:
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

    def label(self, size: str, word: PatternToken) -> None:
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
        while (token := reading.now).kind not in ENDS and token.kind != "dash":
            if token.kind == "comma":
                reading.step()
            elif token.kind == "slash":
                self.stride()
            elif token.kind != "word":
                reading.step()
                self.no(token.start, token.end, token.text)
            elif not self.setting(token):
                return

    def setting(self, token: PatternToken) -> bool:
        """One setting that begins with a word or a number; whether it is one of this layer."""
        reading, text = self.reading, token.text
        name = field_of(self.layer, text) if len(text) > 1 else None
        if reading.ahead().kind == "equals" or (name is not None and reading.ahead().kind == "colon"):
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
        if name is not None and (reading.ahead().kind == "word" or reading.ahead().text == "{"):
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

    def window(self, token: PatternToken) -> None:
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

    def named(self, token: PatternToken) -> None:
        """`stride=2`, and the notes' letters: `K=96, F=11, S=4, P=0`."""
        reading = self.reading
        reading.step()
        equals, value = reading.step(), reading.now
        if value.kind not in ("word", "dash") and value.text != "{":
            what = f"there is no value after `{escaped(token.text)}{equals.text}`"
            reading.report(token.start, equals.end, what, f"write it, as in `{escaped(token.text)}=2`")
            return
        if token.text.lower() == FLATTEN and reads_features(self.layer, PLANE):
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
        message = f"`{escaped(text)}` is not a setting of {self.part.key.raw}"
        self.reading.report(start, end, message, f"write FIELD=VALUE; its fields: {known}")

"""A pattern's signs -> its parts. Every fault is reported where it stands, and reading goes on after it."""

import re

from cnncalc.pattern.counts import controls
from cnncalc.pattern.layer_parser import LayerParser, begins_layer
from cnncalc.pattern.parts import GroupPart, LayerPart, Part
from cnncalc.pattern.state import PatternReading
from cnncalc.pattern.tokens import MOST, PatternToken
from cnncalc.pattern.words import INPUT
from cnncalc.record import NamedTuple
from cnncalc.text import escaped

DEPTH = 12
"""Brackets within brackets at most."""

PAIRS = {"[": "]", "(": ")"}
EXAMPLE = "as in `INPUT 32x32x3 -> [CONV 32 -> RELU]*2 -> POOL -> FC 10`"


class Parsed(NamedTuple):
    """The layers of a pattern, and the input before them, if it says one."""

    parts: list[Part]
    input: LayerPart | None


class _Open:
    """A bracket that is not closed yet (None: the pattern itself), and what is in it so far."""

    def __init__(self, bracket: PatternToken | None) -> None:
        self.bracket = bracket
        self.parts: list[Part] = []
        self.has_input = False
        # The arrow that the next layer belongs to; whether one is expected.
        self.arrow: PatternToken | None = None
        self.wanting = True


def parse(reading: PatternReading) -> Parsed:
    """The parts of a pattern. What is reported as an error leaves them incomplete."""
    return _Parser(reading).read()


class _Parser:
    def __init__(self, reading: PatternReading) -> None:
        self.reading = reading
        self.layers = LayerParser(reading)
        self.stack = [_Open(None)]
        self.input: LayerPart | None = None

    @property
    def top(self) -> _Open:
        return self.stack[-1]

    def fault(self, token: PatternToken, message: str, help: str | None = None) -> None:
        self.reading.report(token.start, max(token.end, token.start + (token.kind != "end")), message, help)

    def read(self) -> Parsed:
        reading = self.reading
        if len(reading.tokens) > MOST:
            self.fault(reading.tokens[MOST], f"a pattern has at most {MOST:,} words and signs", "use `*N`")
            return Parsed([], None)
        while (token := reading.now).kind != "end":
            if not self.part(token):
                return Parsed([], None)
        self.end(token)
        return Parsed(self.top.parts, self.input)

    def part(self, token: PatternToken) -> bool:
        """Read what begins with a sign; whether reading goes on."""
        reading = self.reading
        if token.kind == "open" and self.is_call(token):
            self.call(token)
        elif token.kind == "open":
            self.joined(token)
            if len(self.stack) > DEPTH:
                self.fault(token, f"brackets are nested more than {DEPTH} deep here")
                return False
            reading.step()
            self.stack.append(_Open(token))
        elif token.kind == "close":
            self.close(token)
        elif token.kind in ("arrow", "dash"):
            self.arrow(token)
        elif token.kind == "word" and not begins_layer(token):
            self.no_layer(token)
        elif token.kind == "word":
            self.joined(token)
            self.layer(token)
        elif token.kind in ("star", "maybe"):
            if self.top.wanting or not self.top.parts:
                self.fault(token, f"`{token.text}` follows no layer and no bracket")
                self.top.wanting = False
            controls(reading)
        else:
            self.fault(token, f"`{escaped(token.text)}` has no meaning in a pattern", EXAMPLE)
            reading.step()
        return True

    def no_layer(self, token: PatternToken) -> None:
        """A number, or `x2`, where a layer or an arrow should be."""
        word = escaped(token.text)
        if re.fullmatch(r"x\d+", token.text) and not self.top.wanting:
            message, help = f"`{word}` is no count", f"write `*{word[1:]}`"
        else:
            message, help = (
                f"`{word}` is no layer",
                "a number stands after what it is of: `CONV 32`, `[CONV]*2`",
            )
        self.fault(token, message, help)
        self.reading.step()
        controls(self.reading)
        # `2*[CONV]`: the layers come after their count.
        self.top.wanting = self.reading.now.kind == "open"

    def is_call(self, token: PatternToken) -> bool:
        """Whether a bracket directly follows a layer's word, as a call has it."""
        before = self.reading.tokens[self.reading.at - 1] if self.reading.at else token
        return before.kind == "word" and before.end == token.start and not self.top.wanting

    def call(self, token: PatternToken) -> None:
        """`CONV(64, 3)`: go over it."""
        help = "write `CONV 64 5x5` for 64 filters of 5x5"
        self.fault(token, "what a layer is given stands after its word without brackets", help)
        while self.reading.now.kind not in ("close", "arrow", "end"):
            self.reading.step()
        if self.reading.now.kind == "close":
            self.reading.step()
        controls(self.reading)

    def joined(self, token: PatternToken) -> None:
        """Hold what begins a part against the arrow that should be before it."""
        if not self.top.wanting:
            word = escaped(token.text)
            message = f"there is no arrow before `{word}`"
            self.fault(token, message, f"write `-> {word}`; layers have arrows or dashes between them")
        self.top.wanting = False
        self.top.arrow = None

    def arrow(self, token: PatternToken) -> None:
        top = self.top
        if top.wanting:
            where = "there is no layer before it" if top.arrow is None else "there is an arrow before it"
            self.fault(token, f"`{token.text}` leads from nothing: {where}")
        top.wanting, top.arrow = True, token
        self.reading.step()

    def layer(self, token: PatternToken) -> None:
        part = self.layers.layer(token)
        part.controls = controls(self.reading)
        if part.key.raw != INPUT:
            self.top.parts.append(part)
        elif self.input is not None:
            self.fault(token, "a pattern has one INPUT, and this is another")
        elif any(open.parts for open in self.stack):
            self.fault(token, "INPUT is what enters: it stands before all layers")
        elif not part.controls.free:
            self.fault(token, "INPUT is there once: nothing repeats it or leaves it out")
        else:
            self.input, self.top.has_input = part, True

    def close(self, token: PatternToken) -> None:
        reading, top = self.reading, self.top
        reading.step()
        if top.bracket is None:
            self.fault(token, f"`{token.text}` closes no bracket", "remove it, or open one before")
            return
        if PAIRS[top.bracket.text] != token.text:
            self.fault(
                token,
                f"`{token.text}` can't close `{top.bracket.text}`",
                f"write `{PAIRS[top.bracket.text]}`",
            )
        if top.arrow is not None and top.wanting:
            self.nowhere(top.arrow)
        elif top.wanting:
            reading.report(
                top.bracket.start, token.end, "there is nothing in these brackets", "put a layer in them"
            )
        self.stack.pop()
        group = GroupPart(top.parts, reading.places.span(top.bracket.start, token.end))
        group.controls = controls(reading)
        if group.controls.free:
            # Brackets that nothing follows only hold together.
            self.top.parts += group.parts
            self.top.has_input = self.top.has_input or top.has_input
        elif top.has_input:
            self.fault(token, "INPUT is there once: nothing repeats it or leaves it out")
        elif group.parts:
            self.top.parts.append(group)
        self.top.wanting = False

    def nowhere(self, arrow: PatternToken) -> None:
        self.fault(
            arrow,
            f"`{arrow.text}` leads to nothing: a layer is missing after it",
            "remove it, or add a layer",
        )

    def end(self, token: PatternToken) -> None:
        top = self.top
        if top.arrow is not None and top.wanting:
            self.nowhere(top.arrow)
        for open in self.stack[1:]:
            assert open.bracket is not None
            self.fault(
                open.bracket,
                f"`{open.bracket.text}` is never closed",
                f"put `{PAIRS[open.bracket.text]}` after its last layer",
            )
        if not any(open.parts for open in self.stack) and not self.reading.failed:
            self.fault(token, "there is no layer in this pattern", EXAMPLE)

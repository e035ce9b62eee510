"""The grammar of expressions: recursive descent over tokens, straight to the steps of a stack program."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from cnncalc.exact import fraction
from cnncalc.text.arithmetic import DIGITS, FUNCTIONS, Value
from cnncalc.text.source import escaped
from cnncalc.text.steps import PARTS, ExpressionError, ProgramStep

MAX_DEPTH = 32
MAX_LENGTH = 1000

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?(?![\w.]))|(?P<name>\$[A-Za-z_]\w*(?:\.\w+)?)"
    r"|(?P<word>[A-Za-z_]\w*)|(?P<text>'[^']*'|\"[^\"]*\")"
    r"|(?P<symbol>\*\*|//|==|!=|<=|>=|<>|&&|\|\||[-+*/%<>(),=!&|^])|(?P<bad>\S\w*))",
    re.ASCII,
)
_HELP = {
    "^": "write `**` for a power",
    "=": "write `==` to compare",
    "<>": "write `!=`",
    "&&": "write `and`",
    "&": "write `and`",
    "||": "write `or`",
    "|": "write `or`",
    "!": "write `not`",
}
_COMPARE = frozenset(("==", "!=", "<", "<=", ">", ">="))
_CONSTANTS: dict[str, Value] = {"true": True, "false": False, "null": None}


class _Token(NamedTuple):
    kind: str
    text: str
    offset: int


def _nearest(word: str, known: Iterable[str]) -> list[str]:
    """The known word most like this one, if one is like it."""
    from difflib import get_close_matches

    return get_close_matches(word, list(known), 1)


class Grammar:
    """One text being parsed. Depth is bounded, so the descent is."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.code: list[ProgramStep] = []
        self.depth = 0
        if len(text) > MAX_LENGTH:
            message = f"the expression has {len(text):,} characters; at most {MAX_LENGTH:,} are read"
            raise ExpressionError(message, 0, len(text))
        self.tokens = self.tokenized()
        self.position = 0

    def steps(self) -> tuple[ProgramStep, ...]:
        self.alternatives()
        token = self.next
        if token.kind != "end":
            self.refuse(token, f"`{escaped(token.text)}` is not expected here")
        return tuple(self.code)

    def tokenized(self) -> list[_Token]:
        tokens = []
        for match in _TOKEN.finditer(self.text):
            kind = match.lastgroup or ""
            token = _Token(kind, match[kind], match.start(kind))
            if kind == "bad":
                self.bad(token)
            tokens.append(token)
        tokens.append(_Token("end", "", len(self.text.rstrip())))
        return tokens

    @property
    def next(self) -> _Token:
        return self.tokens[self.position]

    def taken(self, *texts: str) -> _Token | None:
        """The next token, if it is one of these symbols or words, and on to the one after it."""
        token = self.tokens[self.position]
        if token.text in texts and token.kind in ("symbol", "word"):
            self.position += 1
            return token
        return None

    def emit(self, action: str, operand: Value, token: _Token, count: int = 0) -> None:
        self.code.append(ProgramStep(action, operand, token.offset, max(len(token.text), 1), count))

    def alternatives(self) -> None:
        self.short_circuit("or")

    def short_circuit(self, symbol: str) -> None:
        """`or` and `and`: the right side is not computed where the left one decides."""
        operand = self.negation if symbol == "and" else lambda: self.short_circuit("and")
        operand()
        while token := self.taken(symbol):
            jump = len(self.code)
            self.emit(symbol, None, token)
            operand()
            self.emit("flag", symbol, token)
            self.code[jump] = ProgramStep(symbol, None, token.offset, len(symbol), number=len(self.code))

    def negation(self) -> None:
        if token := self.taken("not"):
            self.deeper(token)
            self.negation()
            self.depth -= 1
            self.emit("not", None, token)
        else:
            self.comparison()

    def comparison(self) -> None:
        self.sum()
        if token := self.taken(*_COMPARE):
            self.sum()
            self.emit(token.text, None, token)
            if (second := self.next).text in _COMPARE and second.kind == "symbol":
                self.refuse(second, "comparisons do not chain", "write `a < b and b < c`")

    def sum(self) -> None:
        self.product()
        while token := self.taken("+", "-"):
            self.product()
            self.emit(token.text, None, token)

    def product(self) -> None:
        self.unary()
        while token := self.taken("*", "/", "//", "%"):
            self.unary()
            self.emit(token.text, None, token)

    def unary(self) -> None:
        if token := self.taken("-"):
            self.deeper(token)
            self.unary()
            self.depth -= 1
            self.emit("neg", None, token)
        else:
            self.power()

    def power(self) -> None:
        """`a ** b`, as Python reads it: before a sign on its left, after one on its right, from the right."""
        self.atom()
        if token := self.taken("**"):
            self.deeper(token)
            self.unary()
            self.depth -= 1
            self.emit(token.text, None, token)

    def atom(self) -> None:
        token = self.next
        self.position += 1
        match token.kind:
            case "number":
                self.emit("push", self.number(token), token)
            case "text":
                self.emit("push", token.text[1:-1], token)
            case "name":
                self.emit("load", self.name(token), token)
            case "word" if self.next.text == "(" and self.next.kind == "symbol":
                self.function(token)
            case "word" if token.text in _CONSTANTS:
                self.emit("push", _CONSTANTS[token.text], token)
            case "symbol" if token.text == "(":
                self.deeper(token)
                self.alternatives()
                self.close(token)
                self.depth -= 1
            case "word" if token.text not in ("and", "or", "not"):
                self.refuse(
                    token, f"`{token.text}` is a bare word", f"write `${token.text}` or `'{token.text}'`"
                )
            case "end":
                self.refuse(token, "the expression ends where a value is expected")
            case _:
                self.refuse(token, f"`{token.text}` stands where a value is expected", _HELP.get(token.text))

    def function(self, name: _Token) -> None:
        if name.text not in FUNCTIONS:
            near = _nearest(name.text, FUNCTIONS) or [", ".join(FUNCTIONS)]
            self.refuse(name, f"there is no function `{name.text}`", f"did you mean `{near[0]}`?")
        opened = self.next
        self.deeper(opened)
        self.position += 1
        count = 0
        if self.next.text != ")":
            self.alternatives()
            count = 1
            while self.taken(","):
                self.alternatives()
                count += 1
        self.close(opened)
        self.depth -= 1
        _, fewest, most = FUNCTIONS[name.text]
        if count < fewest or (most is not None and count > most):
            wanted = "at least 1" if most is None else str(fewest)
            self.refuse(name, f"`{name.text}` takes {wanted} argument{'s' * (wanted == '2')}, not {count}")
        self.emit("call", name.text, name, count)

    def close(self, opened: _Token) -> None:
        if not self.taken(")"):
            token = self.next
            if token.kind == "end":
                self.refuse(opened, "this parenthesis is not closed")
            self.refuse(token, f"`{escaped(token.text)}` is not expected here", _HELP.get(token.text))

    def deeper(self, token: _Token) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.refuse(token, f"the expression is nested more than {MAX_DEPTH} levels deep")

    def number(self, token: _Token) -> Value:
        mantissa, _, exponent = token.text.lower().partition("e")
        if sum(map(str.isdigit, mantissa)) > DIGITS or (exponent and abs(int(exponent[:9])) > DIGITS):
            self.refuse(token, f"the number has more than {DIGITS} digits")
        value = fraction(token.text)
        return value.numerator if value.denominator == 1 else value

    def name(self, token: _Token) -> str:
        name, dot, part = token.text[1:].partition(".")
        if name == "in" and part not in PARTS:
            near = _nearest(part, PARTS)
            choices = (
                f"did you mean `$in.{near[0]}`?"
                if near
                else "write `$in.channels`, or a size that the input has: `$in.height` and `$in.width` of an image, "
                "`$in.length` of a sequence, `$in.depth` too of a volume, `$in.features` of features"
            )
            self.refuse(token, f"`{token.text}` is no part of what enters the layer", choices)
        if dot and name != "in":
            self.refuse(token, f"`{token.text}`: only `$in` has parts")
        return name + dot + part

    def bad(self, token: _Token) -> None:
        if token.text == "$":
            self.refuse(token, "`$` without a name", "write `$name`")
        if token.text[0] in "'\"":
            self.refuse(token, "a quote is not closed")
        self.refuse(token, f"`{escaped(token.text)}` is nothing that an expression holds")

    def refuse(self, token: _Token, message: str, help: str | None = None) -> None:
        if help is None and token.kind == "symbol":
            help = _HELP.get(token.text)
        raise ExpressionError(message, token.offset, max(len(token.text), 1), help)

"""The tokens of an expression: numbers, names, words, quoted text and symbols, each with its place."""

import re
from collections.abc import Iterable
from typing import NamedTuple, NoReturn

from cnncalc.exact import fraction
from cnncalc.text.arithmetic import DIGITS, Value
from cnncalc.text.source import escaped
from cnncalc.text.steps import PARTS, ExpressionError

_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?(?![\w.]))|(?P<name>\$[A-Za-z_]\w*(?:\.\w+)?)"
    r"|(?P<word>[A-Za-z_]\w*)|(?P<text>'[^']*'|\"[^\"]*\")"
    r"|(?P<symbol>\*\*|//|==|!=|<=|>=|<>|&&|\|\||[-+*/%<>(),=!&|^])|(?P<bad>\S\w*))",
    re.ASCII,
)
HELP = {
    "^": "write `**` for a power",
    "=": "write `==` to compare",
    "<>": "write `!=`",
    "&&": "write `and`",
    "&": "write `and`",
    "||": "write `or`",
    "|": "write `or`",
    "!": "write `not`",
}


class Token(NamedTuple):
    kind: str
    text: str
    offset: int


def tokens(text: str) -> list[Token]:
    """The tokens of a text, with one of kind `end` after the last. Raises `ExpressionError`."""
    listed = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        token = Token(kind, match[kind], match.start(kind))
        if kind == "bad":
            _refuse_bad(token)
        listed.append(token)
    listed.append(Token("end", "", len(text.rstrip())))
    return listed


def refuse(token: Token, message: str, help: str | None = None) -> NoReturn:
    """Raise `ExpressionError` at a token."""
    if help is None and token.kind == "symbol":
        help = HELP.get(token.text)
    raise ExpressionError(message, token.offset, max(len(token.text), 1), help)


def _refuse_bad(token: Token) -> NoReturn:
    if token.text == "$":
        refuse(token, "`$` without a name", "write `$name`")
    if token.text[0] in "'\"":
        refuse(token, "a quote is not closed")
    refuse(token, f"`{escaped(token.text)}` is not allowed in an expression")


def number(token: Token) -> Value:
    """The exact number of a token. Raises `ExpressionError` if it is too long."""
    mantissa, _, exponent = token.text.lower().partition("e")
    if sum(map(str.isdigit, mantissa)) > DIGITS or (exponent and abs(int(exponent[:9])) > DIGITS):
        refuse(token, f"the number has more than {DIGITS} digits")
    value = fraction(token.text)
    return value.numerator if value.denominator == 1 else value


def name(token: Token) -> str:
    """The name of a token, without its `$`. Raises `ExpressionError` if a part of it is not valid."""
    word, dot, part = token.text[1:].partition(".")
    if word == "in" and part not in PARTS:
        near = nearest(part, PARTS)
        choices = (
            f"did you mean `$in.{near}`?"
            if near
            else "write `$in.channels`, or a size that the input has: `$in.height` and `$in.width` of an image, "
            "`$in.length` of a sequence, `$in.depth` too of a volume, `$in.features` of features"
        )
        refuse(token, f"`{token.text}` is not a property of the layer's input", choices)
    if dot and word != "in":
        refuse(token, f"`{token.text}`: only `$in` can have a `.`")
    return word + dot + part


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most similar to this one, if there is one."""
    from cnncalc.spelling import spelled_like

    return next(iter(spelled_like(word.lower(), known)), None)

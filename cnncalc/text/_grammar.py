"""The grammar of expressions: recursive descent over tokens, which writes the steps of a stack program."""

from cnncalc.text._tokens import HELP, Token, name, nearest, number, refuse, tokens
from cnncalc.text.arithmetic import FUNCTIONS, Value
from cnncalc.text.source import escaped
from cnncalc.text.steps import ExpressionError, ProgramStep

MAX_DEPTH = 32
MAX_LENGTH = 1000

_COMPARE = frozenset(("==", "!=", "<", "<=", ">", ">="))
# What is left of a call with several arguments that is written in a YAML list or mapping on one line.
IN_QUOTES = "inside `{...}` and `[...]` a comma ends a value: write the expression in quotes if it has one"
_CONSTANTS: dict[str, Value] = {"true": True, "false": False, "null": None}


class Grammar:
    """The parsing of one text. The depth is limited, so the recursion is too."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.code: list[ProgramStep] = []
        self.depth = 0
        if len(text) > MAX_LENGTH:
            message = f"the expression has {len(text):,} characters; the limit is {MAX_LENGTH:,}"
            raise ExpressionError(message, 0, len(text))
        self.tokens = tokens(text)
        self.position = 0

    def steps(self) -> tuple[ProgramStep, ...]:
        self.alternatives()
        token = self.next
        if token.kind != "end":
            refuse(token, f"`{escaped(token.text)}` is not expected here")
        return tuple(self.code)

    @property
    def next(self) -> Token:
        return self.tokens[self.position]

    def taken(self, *texts: str) -> Token | None:
        """Take the next token, if it is one of these symbols or words."""
        token = self.tokens[self.position]
        if token.text in texts and token.kind in ("symbol", "word"):
            self.position += 1
            return token
        return None

    def emit(self, action: str, operand: Value, token: Token, count: int = 0) -> None:
        self.code.append(ProgramStep(action, operand, token.offset, max(len(token.text), 1), count))

    def alternatives(self) -> None:
        self.short_circuit("or")

    def short_circuit(self, symbol: str) -> None:
        """`or` and `and`: the right side is not computed if the left side decides."""
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
                refuse(second, "comparisons cannot be chained", "write `a < b and b < c`")

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
        """`a ** b`, as in Python: stronger than a sign on its left, weaker than one on its right, right to left."""
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
                self.emit("push", number(token), token)
            case "text":
                self.emit("push", token.text[1:-1], token)
            case "name":
                self.emit("load", name(token), token)
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
                refuse(
                    token,
                    f"`{token.text}` is a word without quotes or `$`",
                    f"write `${token.text}` or `'{token.text}'`",
                )
            case "end":
                refuse(token, "the expression ends where a value is expected")
            case _:
                refuse(token, f"`{token.text}` is not a value", HELP.get(token.text))

    def function(self, name: Token) -> None:
        if name.text not in FUNCTIONS:
            near = nearest(name.text, FUNCTIONS)
            help = f"did you mean `{near}`?" if near else f"the functions are {', '.join(FUNCTIONS)}"
            refuse(name, f"there is no function `{name.text}`", help)
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
        self.close(opened, IN_QUOTES if count == 1 else None)
        self.depth -= 1
        _, fewest, most = FUNCTIONS[name.text]
        if count < fewest or (most is not None and count > most):
            wanted = "at least 1" if most is None else str(fewest)
            refuse(name, f"`{name.text}` takes {wanted} argument{'s' * (wanted == '2')}, not {count}")
        self.emit("call", name.text, name, count)

    def close(self, opened: Token, help: str | None = None) -> None:
        if not self.taken(")"):
            token = self.next
            if token.kind == "end":
                refuse(opened, "this parenthesis is not closed", help or "close it with `)`")
            refuse(token, f"`{escaped(token.text)}` is not expected here", HELP.get(token.text))

    def deeper(self, token: Token) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            refuse(token, f"the expression is nested more than {MAX_DEPTH} levels deep")

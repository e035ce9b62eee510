"""Expressions in scalars: exact arithmetic on parameters, compiled once to a short program for a stack.

Grammar, loosest first (comparisons do not chain):

    or: and ("or" and)*            and: not ("and" not)*            not: "not" not | comparison
    comparison: sum [("==" | "!=" | "<" | "<=" | ">" | ">=") sum]
    sum: product (("+" | "-") product)*
    product: unary (("*" | "/" | "//" | "%") unary)*                unary: "-" unary | power
    power: atom ["**" unary]
    atom: number | 'word' | "word" | true | false | null | $name | $in.part | function(or, ...) | (or)
"""

import re
from collections.abc import Callable
from functools import lru_cache

from cnncalc.record import NamedTuple
from cnncalc.text.arithmetic import FUNCTIONS, Misfit, Value, binary, call, exact, flag, negative
from cnncalc.text.steps import PARTS as PARTS
from cnncalc.text.steps import ExpressionError as ExpressionError
from cnncalc.text.steps import ProgramStep

_PATH = r"(?a)\$([A-Za-z_]\w*)\.[\w.-]*\w"
_CALL = r"(?<![\w.])(?:" + "|".join(FUNCTIONS) + r")\("


class Expression(NamedTuple):
    """A parsed expression. `names` are those that it uses, without `$`: `width`, `in.channels`, `i`, `skip.conv1`."""

    text: str
    names: frozenset[str]
    steps: tuple[ProgramStep, ...]

    def place(self, name: str) -> tuple[int, int]:
        """Offset and length of the first `$name` in the text."""
        for step in self.steps:
            if step.action == "load" and step.operand == name:
                return step.offset, step.length
        return 0, len(self.text)

    @property
    def parameter(self) -> str | None:
        """The name, if the expression is only one parameter or a path; None if it is computed."""
        first = self.steps[0]
        return (
            str(first.operand).partition(".")[0] if len(self.steps) == 1 and first.action == "load" else None
        )

    def evaluate(self, lookup: Callable[[str], Value]) -> Value:
        """The value; names are looked up when they are needed. Raises ExpressionError if operands do not fit."""
        steps = self.steps
        stack: list[Value] = []
        position = 0
        step = steps[0]
        try:
            while position < len(steps):
                step = steps[position]
                position += 1
                match step.action:
                    case "push":
                        stack.append(step.operand)
                    case "load":
                        stack.append(exact(lookup(str(step.operand))))
                    case "call":
                        stack[-step.number :] = [call(str(step.operand), stack[-step.number :])]
                    case "neg":
                        stack[-1] = negative(stack[-1])
                    case "not":
                        stack[-1] = not flag(stack[-1], "not")
                    case "and" | "or" as symbol:
                        if flag(stack[-1], symbol) == (symbol == "or"):
                            position = step.number
                        else:
                            stack.pop()
                    case "flag":
                        flag(stack[-1], str(step.operand))
                    case symbol:
                        right = stack.pop()
                        stack[-1] = binary(symbol, stack[-1], right)
        except Misfit as misfit:
            raise ExpressionError(str(misfit), step.offset, step.length) from None
        return stack[0]


def is_expression(text: str) -> bool:
    """Whether a scalar is an expression: it contains `$` or a call of a known function."""
    return "$" in text or ("(" in text and re.search(_CALL, text) is not None)


@lru_cache(maxsize=4096)
def parse(text: str) -> Expression:
    """The expression in `text`. Raises ExpressionError for its first mistake."""
    if text[:1] == "$" and text[1:].isidentifier() and text.isascii() and text != "$in":
        # Only a parameter, the most common case: the grammar gives the same result, but need not be loaded.
        return Expression(text, frozenset((text[1:],)), (ProgramStep("load", text[1:], 0, len(text)),))
    if (path := re.fullmatch(_PATH, text)) is not None and path[1] != "in":
        # A path into the layer that a parameter names. It has no arithmetic: a `-` in it is part of a name.
        return Expression(text, frozenset((text[1:],)), (ProgramStep("load", text[1:], 0, len(text)),))
    from cnncalc.text._grammar import Grammar

    steps = Grammar(text).steps()
    names = frozenset(str(step.operand) for step in steps if step.action == "load")
    return Expression(text, names, steps)

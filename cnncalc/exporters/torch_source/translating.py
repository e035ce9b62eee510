"""Expressions of a spec as those of the written code."""

from collections.abc import Mapping
from fractions import Fraction

from cnncalc.exporters.torch_source.expression import Expr, const, name, simplified
from cnncalc.text import Expression


def translated(expression: Expression, known: Mapping[str, Expr], *, whole: bool) -> Expr | None:
    """A spec's expression in Python; None if it uses a name that is not `known`.

    `/` is exact in a spec: with `whole` it is written `//`. A product of one name and numbers, without `whole`, is
    written as one quotient of whole numbers, because Python rounds that correctly.
    """
    stack: list[Expr] = []
    waiting: list[tuple[str, Expr]] = []
    for step in expression.steps:
        match step.action:
            case "push":
                stack.append(const(step.operand))
            case "load":
                meant = known.get(str(step.operand))
                if meant is None:
                    return None
                stack.append(meant)
            case "call":
                parts = tuple(stack[-step.number :])
                stack[-step.number :] = [Expr("call", parts, str(step.operand))]
            case "neg" | "not":
                stack[-1] = Expr(step.action, (stack[-1],))
            case "and" | "or":
                waiting.append((step.action, stack.pop()))
            case "flag":
                symbol, left = waiting.pop()
                stack[-1] = Expr(symbol, (left, stack[-1]))
            case symbol:
                right = stack.pop()
                kind = "//" if symbol == "/" and whole else symbol
                stack[-1] = simplified(kind, (stack[-1], right))
    result = stack[0]
    return _plain(result) if whole else _quotient(result) or _plain(result)


def _plain(expr: Expr) -> Expr:
    """Fractions as decimals."""
    if expr.kind == "const" and isinstance(expr.value, Fraction):
        return const(float(expr.value))
    return Expr(expr.kind, tuple(_plain(part) for part in expr.parts), expr.value)


def _quotient(expr: Expr) -> Expr | None:
    """A product of one name and numbers as `3 * name / 170`; None if it is something else."""
    factor, names = _monomial(expr)
    if factor is None or len(names) != 1:
        return None
    top, bottom = factor.numerator, factor.denominator
    product = simplified("*", (const(top), name(names[0])))
    return Expr("/", (product, const(bottom))) if bottom != 1 else product


def _monomial(expr: Expr) -> tuple[Fraction | None, list[str]]:
    if expr.kind == "const" and isinstance(expr.value, int | float | Fraction):
        value = expr.value
        return Fraction(repr(value)) if isinstance(value, float) else Fraction(value), []
    if expr.kind == "name":
        return Fraction(1), [expr.value]
    if expr.kind in ("*", "/"):
        (left, own), (right, more) = (_monomial(part) for part in expr.parts)
        if left is None or right is None or (expr.kind == "/" and (more or not right)):
            return None, []
        return (left * right if expr.kind == "*" else left / right), own + more
    return None, []

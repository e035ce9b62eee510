"""Expressions of the written code, with their values, and as text with the fewest parentheses."""

import math
import operator
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

ORDER = {"or": 1, "and": 2, "not": 3, "==": 4, "!=": 4, "<": 4, "<=": 4, ">": 4, ">=": 4}
ORDER |= {"+": 5, "-": 5, "*": 6, "/": 6, "//": 6, "%": 6, "neg": 7, "**": 8}
ATOM = 9
BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt,
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, ">=": operator.ge,
    "//": operator.floordiv, "%": operator.mod, "**": operator.pow,
}  # fmt: skip


class Reference(NamedTuple):
    """A name of the written file as a value: `nn.ReLU`, or a class."""

    text: str


class NoValue(Exception):
    """An expression has no value with these names."""


def round_to(number: float, step: int) -> int:
    """The multiple of `step` nearest to a number, never more than 10% below it."""
    rounded = max(step, int(number + step / 2) // step * step)
    return rounded + step if rounded < 0.9 * number else rounded


FUNCTIONS: dict[str, tuple[str, Callable[..., Any]]] = {
    "min": ("min", min),
    "max": ("max", max),
    "abs": ("abs", abs),
    "floor": ("math.floor", math.floor),
    "ceil": ("math.ceil", math.ceil),
    "round_to": ("round_to", round_to),
}


class Expr:
    """An expression: `kind` is `const`, `name`, `call`, `if`, `tuple`, or an operator of `ORDER`."""

    __slots__ = ("kind", "parts", "value")

    def __init__(self, kind: str, parts: "tuple[Expr, ...]" = (), value: Any = None) -> None:
        self.kind, self.parts, self.value = kind, parts, value

    def evaluate(self, names: Mapping[str, Any]) -> Any:
        """Its value, as Python computes it. Raises `NoValue`."""
        try:
            return self._evaluate(names)
        except (ArithmeticError, KeyError, TypeError, ValueError) as error:
            raise NoValue from error

    def _evaluate(self, names: Mapping[str, Any]) -> Any:
        match self.kind:
            case "const":
                return self.value
            case "name":
                return names[self.value]
            case "tuple":
                return tuple(part._evaluate(names) for part in self.parts)
            case "call":
                return FUNCTIONS[self.value][1](*(part._evaluate(names) for part in self.parts))
            case "if":
                condition, then, other = self.parts
                return (then if condition._evaluate(names) else other)._evaluate(names)
            case "neg":
                return -self.parts[0]._evaluate(names)
            case "not":
                return not self.parts[0]._evaluate(names)
            case "or":
                return self.parts[0]._evaluate(names) or self.parts[1]._evaluate(names)
            case "and":
                return self.parts[0]._evaluate(names) and self.parts[1]._evaluate(names)
        left, right = (part._evaluate(names) for part in self.parts)
        if self.kind == "**" and not (isinstance(right, int) and 0 <= right <= 64):
            raise ValueError
        return BINARY[self.kind](left, right)

    @property
    def names(self) -> frozenset[str]:
        """The names that it uses."""
        own = frozenset((self.value,)) if self.kind == "name" else frozenset[str]()
        return own.union(*(part.names for part in self.parts))

    @property
    def functions(self) -> frozenset[str]:
        """The functions that it calls."""
        own = frozenset((self.value,)) if self.kind == "call" else frozenset[str]()
        return own.union(*(part.functions for part in self.parts))

    def replaced(self, by: "Mapping[str, Expr]") -> "Expr":
        """It with expressions in place of names."""
        if self.kind == "name":
            return by.get(self.value, self)
        return simplified(self.kind, tuple(part.replaced(by) for part in self.parts), self.value)

    def text(self, outside: int = 0) -> str:
        """It as Python code, in parentheses if what is `outside` binds more strongly."""
        match self.kind:
            case "const":
                return literal(self.value)
            case "name":
                return str(self.value)
            case "tuple":
                inner = ", ".join(part.text() for part in self.parts)
                return f"({inner},)" if len(self.parts) == 1 else f"({inner})"
            case "call":
                return f"{FUNCTIONS[self.value][0]}({', '.join(part.text() for part in self.parts)})"
            case "if":
                condition, then, other = self.parts
                written = f"{then.text(1)} if {condition.text(1)} else {other.text(1)}"
                return f"({written})" if outside else written
        order = ORDER[self.kind]
        if self.kind == "neg":
            written = f"-{self.parts[0].text(order)}"
        elif self.kind == "not":
            written = f"not {self.parts[0].text(order)}"
        elif self.kind == "**":
            simple = all(part.kind in ("const", "name") for part in self.parts)
            written = ("**" if simple else " ** ").join(part.text(ATOM) for part in self.parts)
        else:
            left, right = self.parts
            written = f"{left.text(order)} {self.kind} {right.text(order + 1)}"
        return f"({written})" if order < outside else written

    def __repr__(self) -> str:
        return f"Expr({self.text()})"


def const(value: Any) -> Expr:
    return Expr("const", value=value)


def name(text: str) -> Expr:
    return Expr("name", value=text)


def simplified(kind: str, parts: tuple[Expr, ...], value: Any = None) -> Expr:
    """An expression, without sums with 0 and products with 1; computed if it has only constants."""
    if kind in BINARY and all(part.kind == "const" for part in parts):
        try:
            result = Expr(kind, parts).evaluate({})
            if isinstance(result, int) or kind != "/":
                return const(result)
        except NoValue:
            pass
    if kind in ("*", "/", "//") and parts[1].kind == "const" and parts[1].value == 1:
        return parts[0]
    if kind == "*" and parts[0].kind == "const" and parts[0].value == 1:
        return parts[1]
    if kind in ("+", "-") and parts[1].kind == "const" and parts[1].value == 0:
        return parts[0]
    if kind == "+" and parts[0].kind == "const" and parts[0].value == 0:
        return parts[1]
    return Expr(kind, parts, value)


def literal(value: Any) -> str:
    """A value as Python code."""
    if isinstance(value, Reference):
        return value.text
    if isinstance(value, str):
        return '"' + repr(value)[1:-1].replace('"', '\\"') + '"'
    if isinstance(value, tuple | list):
        inner = ", ".join(literal(item) for item in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, float) and not math.isfinite(value):
        return f'float("{value!r}")'
    return repr(value)

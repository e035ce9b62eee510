"""Which expression has the values of an argument, in all places of the network that one line of code stands for."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from cnncalc.exporters.torch_source.expression import Expr, NoValue, const, name, simplified
from cnncalc.exporters.torch_source.parts import Instance


class Unexpressible(Exception):
    """No code of this form has these values: what is asked for is written in another form."""


def same(left: Any, right: Any) -> bool:
    """Whether two values are the same in code: 1, 1.0 and true are not."""
    if isinstance(left, tuple | list) and isinstance(right, tuple | list):
        return len(left) == len(right) and all(map(same, left, right))
    return type(left) is type(right) and left == right


def holds(expr: Expr, values: Sequence[Any], instances: Sequence[Instance]) -> bool:
    """Whether an expression has these values in these places."""
    try:
        return all(
            same(expr.evaluate(instance.names), value)
            for value, instance in zip(values, instances, strict=True)
        )
    except NoValue:
        return False


def chosen(
    values: Sequence[Any],
    instances: Sequence[Instance],
    hints: Iterable[Expr] = (),
    others: Iterable[Expr] = (),
) -> Expr | None:
    """The first expression that has the values: a hint, a constant, another one, or one of two others."""
    for hint in hints:
        if holds(hint, values, instances):
            return hint
    if all(same(value, values[0]) for value in values):
        return const(values[0])
    pool = {expr.text(): expr for expr in (*others, *hints)}.values()
    for expr in pool:
        if holds(expr, values, instances):
            return expr
    if isinstance(values[0], bool) or not all(isinstance(value, int) for value in values):
        return None
    return _computed(values, instances, list(pool))


def _computed(values: Sequence[int], instances: Sequence[Instance], pool: list[Expr]) -> Expr | None:
    """A sum or product of the expressions and small numbers, also with the number of the turn of a loop."""
    usable = [expr for expr in pool if _whole(expr, instances)]
    for expr in usable:
        known = [expr.evaluate(instance.names) for instance in instances]
        for number in (2, 3, 4, 6, 8, 16):
            for kind in ("*", "//"):
                candidate = simplified(kind, (expr, const(number)))
                if holds(candidate, values, instances):
                    return candidate
        differences = {value - other for value, other in zip(values, known, strict=True)}
        if len(differences) == 1 and abs(number := differences.pop()) <= 3:
            return simplified("+" if number > 0 else "-", (expr, const(abs(number))))
    turns = [instance.names.get("i") for instance in instances]
    if all(isinstance(turn, int) for turn in turns) and len(set(turns)) > 2:
        for base in (const(_start(values, turns)), *usable):
            for factor in (const(_step(values, turns)), *usable):
                grown = simplified("+", (base, simplified("*", (factor, name("i")))))
                if holds(grown, values, instances):
                    return grown
    for left in usable[:12]:
        for right in usable[:12]:
            for kind in ("*", "+", "//", "-"):
                candidate = simplified(kind, (left, right))
                if left is not right and holds(candidate, values, instances):
                    return candidate
    return None


def _whole(expr: Expr, instances: Sequence[Instance]) -> bool:
    try:
        values = [expr.evaluate(instance.names) for instance in instances]
    except NoValue:
        return False
    return expr.kind != "const" and all(type(value) is int for value in values)


def _step(values: Sequence[int], turns: Sequence[Any]) -> int:
    """The difference between two turns that follow each other."""
    first = turns[0]
    following = [value for value, turn in zip(values, turns, strict=True) if turn == first + 1]
    return following[0] - values[0] if following else 0


def _start(values: Sequence[int], turns: Sequence[Any]) -> int:
    return values[0] - int(turns[0]) * _step(values, turns)


def conditions(flags: Sequence[bool], instances: Sequence[Instance], pool: Iterable[Expr]) -> Expr | None:
    """A condition that is true in exactly these places: a flag, or comparisons of what is known there."""
    simple = _comparisons(list(pool))
    for expr in simple:
        if holds(expr, flags, instances):
            return expr
    for kind in ("or", "and"):
        for left in simple:
            for right in simple:
                candidate = Expr(kind, (left, right))
                if left is not right and holds(candidate, flags, instances):
                    return candidate
    return None


def _comparisons(pool: list[Expr]) -> list[Expr]:
    compared = [expr for expr in pool if expr.kind == "name"]
    compared += [Expr("not", (expr,)) for expr in compared]
    numbers: list[Callable[[Expr], Expr]] = [
        lambda expr: Expr("!=", (expr, const(1))),
        lambda expr: Expr("==", (expr, const(1))),
        lambda expr: Expr(">", (expr, const(0))),
    ]
    compared += [compare(expr) for expr in pool if expr.kind == "name" for compare in numbers]
    for position, left in enumerate(pool[:10]):
        for right in pool[position + 1 : 10]:
            compared += [Expr(kind, (left, right)) for kind in ("!=", "==")]
    return compared


def known_names(names: Mapping[str, Any]) -> list[Expr]:
    """The names of a place as expressions."""
    return [name(word) for word in names]

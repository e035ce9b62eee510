"""The body of a forward: values, calls, and the text of both."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from cnncalc.exporters.torch_source.expression import Expr

# A tensor of the network: the output of a node, or the indices that a pooling returns beside it.
Token = int | tuple[int, str]


class Attribute:
    """A module, or a flag, of a class: its name is decided when all are known. `exact` is a name from the spec."""

    def __init__(self, base: str, *, exact: bool = False) -> None:
        self.base, self.exact = base, exact
        self.name = base


@dataclass(eq=False)
class Value:
    """A tensor in a forward: what it is in each use of the class, and its channels as an expression."""

    tokens: tuple[Token, ...]
    channels: Expr | None = None
    # A name that suits it, if `x` is taken.
    name: str = ""


# Gives the text of an operation from those of its operands.
Render = Callable[[Sequence[str]], str]


@dataclass
class Operation:
    """One step of a forward. `binds` is how strongly its text binds: an operator's needs parentheses as an operand."""

    render: Render
    operands: list[Value]
    results: list[Value]
    binds: bool = True
    # Whether it names an operand twice: then that must be a variable.
    repeats: bool = False
    # Whether it is one call of a module.
    module: bool = False
    comment: str = ""
    attributes: list[Attribute] = field(default_factory=list)


def constant(value: Any) -> Callable[[], Any]:
    return lambda: value

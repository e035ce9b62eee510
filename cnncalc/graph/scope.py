"""Where an item stands while a spec is expanded: names, parameters, the repetition, and what `$` names mean there."""

from collections.abc import Callable, Mapping
from typing import Any

from cnncalc.diagnostic import Span
from cnncalc.exact import counted
from cnncalc.graph.model import BlockUse
from cnncalc.layers import shown
from cnncalc.record import NamedTuple
from cnncalc.shape import Shape
from cnncalc.spec import UNREADABLE, Allowed, Unreadable, ValueExpr
from cnncalc.text import Expression


class UnknownInput(Exception):
    """An expression asks about an input that is unknown because of an earlier fault: nothing more to report."""


class NoSuchPart(Exception):
    """An expression asks `$in`, or a parameter, for a part it does not have; `help` says what there is."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.help = help


class Origin(NamedTuple):
    """Where an argument is written: names in it are looked up in that scope, `prev` is the node `before`."""

    scope: "Scope"
    before: int | None
    span: Span


class Scope:
    """One use of a block, or the top level."""

    __slots__ = (
        "allow",
        "counts",
        "depth",
        "doubtful",
        "entering",
        "frame",
        "origins",
        "parameters",
        "parent",
        "prefix",
        "repetition",
        "reserved",
        "suffix",
    )

    def __init__(
        self,
        prefix: str,
        reserved: frozenset[str],
        parameters: Mapping[str, Any],
        parent: "Scope | None" = None,
        frame: BlockUse | None = None,
        entering: int | None = None,
    ) -> None:
        self.prefix = prefix
        self.reserved = reserved
        self.parameters = parameters
        self.parent = parent
        self.frame = frame
        # What `in` means: the node that enters the block, or the one input; None where there are several inputs.
        self.entering = entering
        # Of the parameters that the caller gave, where the caller wrote them.
        self.origins: dict[str, Origin] = {}
        self.counts: dict[str, int] = {}
        # Whether an item here could not be read: what it would be named is open, and so are automatic names after it.
        self.doubtful = False
        # Which repetition this is, from 0; and what it adds to the names inside it, as `_2`.
        self.repetition = 0
        self.suffix = ""
        self.allow: Mapping[str, Allowed] | None = parent.allow if parent else None
        self.depth: int = parent.depth if parent else 0

    def automatic(self, kind: str) -> str:
        """The next name of its kind that no item gives itself: `conv1`, `conv2`."""
        while True:
            count = self.counts.get(kind, 0) + 1
            self.counts[kind] = count
            name = f"{kind}{count}"
            if name not in self.reserved:
                return self.prefix + name

    def origin(self, given: ValueExpr) -> Origin | None:
        """Where the text that a value hands on was written, where that is outside of this use of a block."""
        if given.outside or not isinstance(given.value, Expression):
            return None
        return self.origins.get(given.value.parameter or "")

    def lookup(
        self, entering: Shape | None, knobs: Mapping[str, Any], *, outside: bool = False
    ) -> Callable[[str], Any]:
        """What `$` names mean where `entering` is what enters; from `outside` any block, its parameters don't count."""

        def value(name: str) -> Any:
            if name.startswith("in."):
                return input_fact(name[3:], entering)
            if name in self.parameters and not outside:
                return readable(self.parameters[name])
            if name == "i":
                return self.repetition
            if "." in name:
                return path(name, value)
            return readable(knobs[name])

        return value


def path(name: str, value: Callable[[str], Any]) -> str:
    """`skip.conv1`: a path into what the parameter `skip` names. Raises `NoSuchPart` where it names nothing."""
    parameter, _, inner = name.partition(".")
    word = value(parameter)
    if not isinstance(word, str):
        raise NoSuchPart(
            f"`${name}` is a path into a layer, and `${parameter}` names none: it is {shown(word)}",
            f"give `{parameter}` a layer's name",
        )
    return f"{word}.{inner}"


def readable(value: Any) -> Any:
    """A parameter's value. Raises `Unreadable` where there is none."""
    if value is UNREADABLE:
        raise Unreadable
    return value


def input_fact(part: str, shape: Shape | None) -> int:
    """`$in.channels` and its like, of a shape."""
    if shape is None:
        raise UnknownInput
    if part == "channels":
        return shape.channels
    facts = shape.asdict()
    if part not in facts:
        what = f"the input ({shape})" if shape.rank else f"the input ({counted(shape.channels, 'feature')})"
        names = ("channels", *shape.axes) if shape.rank else ("features",)
        raise NoSuchPart(
            f"`$in.{part}`: {what} has no {part}",
            f"it has {' or '.join(f'`$in.{name}`' for name in names)}",
        )
    return facts[part]

"""Where an item stands while a spec is expanded: names, parameters, the repetition, and what `$` names mean there."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from cnncalc.diagnostic import Span
from cnncalc.exact import counted
from cnncalc.graph.node import BlockUse
from cnncalc.layers import shown
from cnncalc.record import NamedTuple
from cnncalc.shape import Shape
from cnncalc.spec import UNREADABLE, Allowed, Unreadable, ValueExpr
from cnncalc.text import Expression


class UnknownInput(Exception):
    """An expression reads an input that is unknown after an earlier error: nothing more to report."""


class NoSuchPart(Exception):
    """An expression reads a part of `$in`, or of a parameter, that it does not have; `help` says what there is."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.help = help


class Numbering:
    """The automatic names of one use of a block, or of the top level: `conv1`, `conv2`."""

    __slots__ = ("_counts", "_reserved", "doubtful")

    def __init__(self, reserved: frozenset[str]) -> None:
        self._counts: dict[str, int] = {}
        self._reserved = reserved
        # Whether an item here could not be read: its name is not known, and so automatic names after it are not.
        self.doubtful = False

    def next(self, kind: str) -> str:
        """The next name of its kind that no item has as its own."""
        while True:
            count = self._counts.get(kind, 0) + 1
            self._counts[kind] = count
            name = f"{kind}{count}"
            if name not in self._reserved:
                return name


class Origin(NamedTuple):
    """Where an argument is written: names in it are looked up in that scope, `prev` is the node `before`."""

    scope: "Scope"
    before: int | None
    span: Span


class Scope:
    """A place in one use of a block, or at the top level. It never changes: what is inside gets a scope of its own.

    All scopes of one use share its `numbering`, `parameters` and `origins`.
    """

    __slots__ = (
        "allow",
        "depth",
        "entering",
        "frame",
        "numbering",
        "origins",
        "parameters",
        "parent",
        "prefix",
        "repetition",
        "suffix",
    )

    def __init__(
        self,
        prefix: str,
        numbering: Numbering,
        parameters: Mapping[str, Any],
        origins: Mapping[str, Origin],
        parent: "Scope | None",
        frame: BlockUse | None,
        entering: int | None,
        allow: Mapping[str, Allowed] | None = None,
        depth: int = 0,
        repetition: int = 0,
        suffix: str = "",
    ) -> None:
        # What stands before every name: `stage1.`
        self.prefix: Final = prefix
        self.numbering: Final = numbering
        self.parameters: Final = parameters
        # Of the parameters that the caller gave, where the caller wrote them.
        self.origins: Final = origins
        self.parent: Final = parent
        self.frame: Final = frame
        # What `in` means: the node that enters the block, or the one input; None where there are several inputs.
        self.entering: Final = entering
        # The codes that are accepted here.
        self.allow: Final = allow
        # How many lists of items this place is in.
        self.depth: Final = depth
        # Which repetition this is, from 0; and what it adds to the names inside it, as `_2`.
        self.repetition: Final = repetition
        self.suffix: Final = suffix

    def deeper(self) -> "Scope":
        """The scope of the items of a list that stands here."""
        return self._with(self.allow, self.depth + 1)

    def accepting(self, allow: Mapping[str, Allowed]) -> "Scope":
        """The scope of an item that accepts these codes, too."""
        return self._with({**(self.allow or {}), **allow}, self.depth)

    def _with(self, allow: Mapping[str, Allowed] | None, depth: int) -> "Scope":
        return Scope(
            self.prefix,
            self.numbering,
            self.parameters,
            self.origins,
            self.parent,
            self.frame,
            self.entering,
            allow,
            depth,
            self.repetition,
            self.suffix,
        )

    def repeated(self, repetition: int) -> "Scope":
        """The scope of one repetition of an item, from 0. (Not by `_with`: a network may have thousands.)"""
        return Scope(
            self.prefix,
            self.numbering,
            self.parameters,
            self.origins,
            self.parent,
            self.frame,
            self.entering,
            self.allow,
            self.depth,
            repetition,
            f"{self.suffix}_{repetition + 1}",
        )

    def of_block(
        self,
        frame: BlockUse,
        reserved: frozenset[str],
        origins: Mapping[str, Origin],
        entering: int | None,
    ) -> "Scope":
        """The scope of the items of a block that is used here: `frame` is that use, `reserved` the names in it."""
        return Scope(
            frame.name + ".",
            Numbering(reserved),
            frame.parameters,
            origins,
            self,
            frame,
            entering,
            self.allow,
            self.depth + 1,
        )

    def automatic(self, kind: str) -> str:
        """The next full name of its kind that no item has as its own: `stage1.conv2`."""
        return self.prefix + self.numbering.next(kind)

    def origin(self, given: ValueExpr) -> Origin | None:
        """Where the text that a value hands on was written, where that is outside of this use of a block."""
        if given.outside or not isinstance(given.value, Expression):
            return None
        return self.origins.get(given.value.parameter or "")

    def lookup(
        self, entering: Shape | None, network_values: Mapping[str, Any], *, outside: bool = False
    ) -> Callable[[str], Any]:
        """What `$` names mean where `entering` is the input shape; `outside` of blocks no block's parameters count."""

        def value(name: str) -> Any:
            if name.startswith("in."):
                return input_fact(name[3:], entering)
            if name in self.parameters and not outside:
                return readable(self.parameters[name])
            if name == "i":
                return self.repetition
            if "." in name:
                return path(name, value)
            return readable(network_values[name])

        return value


def path(name: str, value: Callable[[str], Any]) -> str:
    """`skip.conv1`: a path into the layer that the parameter `skip` names. Raises `NoSuchPart` where it names none."""
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
    """`$in.channels` and the like, of a shape. Raises `UnknownInput`, and `NoSuchPart` where it has no such axis."""
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

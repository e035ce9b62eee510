"""The scope of an item while a spec is expanded: names, parameters, the repetition, and values of `$` names."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from cnncalc.diagnostic import Span
from cnncalc.graph.dollar_names import input_fact, path, readable
from cnncalc.graph.node import BlockUse, ModuleCall
from cnncalc.record import NamedTuple
from cnncalc.shape import Shape
from cnncalc.spec import Allowed, ValueExpr
from cnncalc.text import Expression

if TYPE_CHECKING:
    from cnncalc.graph.share import Lender


class Numbering:
    """The automatic names of one use of a block, or of the top level: `conv1`, `conv2`."""

    __slots__ = ("_counts", "_reserved", "doubtful")

    def __init__(self, reserved: frozenset[str]) -> None:
        self._counts: dict[str, int] = {}
        self._reserved = reserved
        # Whether an item here could not be read: then its name is unknown, and automatic names after it too.
        self.doubtful = False

    def next(self, kind: str) -> str:
        """The next automatic name of a kind that no item has as its own name."""
        name, self._counts[kind] = self._following(kind)
        return name

    def upcoming(self, kind: str) -> str:
        """The name that `next` will give."""
        return self._following(kind)[0]

    def _following(self, kind: str) -> tuple[str, int]:
        count = self._counts.get(kind, 0) + 1
        while f"{kind}{count}" in self._reserved:
            count += 1
        return f"{kind}{count}", count


class Marks(NamedTuple):
    """What the items around a place say about every layer in them."""

    # The weights that the layers use in place of their own, if the block that they are in shares those of another.
    twins: "Lender | None" = None
    # Whether parameters are not trained: what the innermost `freeze` says.
    frozen: bool = False
    # The innermost module call.
    module: ModuleCall | None = None
    # The device of the items here; None if the spec names none.
    place: str | None = None


NO_MARKS = Marks()


class Origin(NamedTuple):
    """The origin of an argument: names in it are looked up in that scope, and `prev` is the node `before`."""

    scope: "Scope"
    before: int | None
    span: Span


class Scope:
    """A place in one use of a block, or at the top level. It never changes: inner places get their own scope.

    All scopes of one use share its `numbering`, `parameters` and `origins`.
    """

    __slots__ = (
        "allow",
        "depth",
        "entering",
        "frame",
        "marks",
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
        marks: Marks = NO_MARKS,
    ) -> None:
        # The prefix of every name: `stage1.`
        self.prefix: Final = prefix
        self.numbering: Final = numbering
        self.parameters: Final = parameters
        # For the parameters from the caller, the place where the caller wrote them.
        self.origins: Final = origins
        self.parent: Final = parent
        self.frame: Final = frame
        # The node of `in`: the input of the block, or the only input; None if there are several inputs.
        self.entering: Final = entering
        # The codes that are accepted here.
        self.allow: Final = allow
        # The number of lists of items around this place.
        self.depth: Final = depth
        # The index of the repetition, from 0; and its suffix for the names inside it, as `_2`.
        self.repetition: Final = repetition
        self.suffix: Final = suffix
        self.marks: Final = marks

    def deeper(self) -> "Scope":
        """The scope of the items of a list at this place."""
        return self._with(self.allow, self.depth + 1)

    def accepting(self, allow: Mapping[str, Allowed]) -> "Scope":
        """The scope of an item that also accepts these codes."""
        return self._with({**(self.allow or {}), **allow}, self.depth)

    def marked(self, marks: Marks) -> "Scope":
        """The scope of an item that says more about the layers in it."""
        return self if marks == self.marks else self._with(self.allow, self.depth, marks)

    def _with(self, allow: Mapping[str, Allowed] | None, depth: int, marks: Marks | None = None) -> "Scope":
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
            self.marks if marks is None else marks,
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
            self.marks,
        )

    def of_block(
        self,
        frame: BlockUse,
        reserved: frozenset[str],
        origins: Mapping[str, Origin],
        entering: int | None,
    ) -> "Scope":
        """The scope of the items of a block that is used here: `frame` is the use, `reserved` the names in it."""
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
            marks=self.marks,
        )

    def automatic(self, kind: str) -> str:
        """The next full automatic name of a kind that no item has as its own name: `stage1.conv2`."""
        return self.prefix + self.numbering.next(kind)

    def origin(self, given: ValueExpr) -> Origin | None:
        """The origin of a value, if it was written outside of this use of a block."""
        if given.outside or not isinstance(given.value, Expression):
            return None
        return self.origins.get(given.value.parameter or "")

    def lookup(
        self, entering: Shape | None, network_values: Mapping[str, Any], *, outside: bool = False
    ) -> Callable[[str], Any]:
        """A lookup of `$` names with the input shape `entering`; `outside` ignores the parameters of blocks."""

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

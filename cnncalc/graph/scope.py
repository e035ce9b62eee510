"""Where an item stands while a spec is expanded: names, parameters, the repetition, and what `$` names mean there."""

from collections.abc import Callable, Mapping
from typing import Any

from cnncalc.graph.model import Frame
from cnncalc.shape import Shape
from cnncalc.spec import Allowed


class UnknownInput(Exception):
    """An expression asks about an input that is unknown because of an earlier fault: nothing more to report."""


class NoSuchPart(Exception):
    """An expression asks `$in` for an axis it does not have; `help` names those that it has."""

    def __init__(self, message: str, choices: str) -> None:
        super().__init__(message)
        self.help = f"it has {choices}"


class Scope:
    """One use of a block, or the top level."""

    __slots__ = (
        "allow",
        "counts",
        "depth",
        "frame",
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
        frame: Frame | None = None,
    ) -> None:
        self.prefix = prefix
        self.reserved = reserved
        self.parameters = parameters
        self.parent = parent
        self.frame = frame
        self.counts: dict[str, int] = {}
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

    def lookup(
        self, entering: Shape | None, knobs: Mapping[str, Any], *, outside: bool = False
    ) -> Callable[[str], Any]:
        """What `$` names mean where `entering` is what enters; from `outside` any block, its parameters don't count."""

        def value(name: str) -> Any:
            if name.startswith("in."):
                return input_fact(name[3:], entering)
            if name in self.parameters and not outside:
                return self.parameters[name]
            if name == "i":
                return self.repetition
            return knobs[name]

        return value


def input_fact(part: str, shape: Shape | None) -> int:
    """`$in.channels` and its like, of a shape."""
    if shape is None:
        raise UnknownInput
    if part == "channels":
        return shape.channels
    facts = shape.asdict()
    if part not in facts:
        what = f"the input ({shape})" if shape.rank else f"the input ({shape} features)"
        names = ("channels", *shape.axes) if shape.rank else ("features",)
        raise NoSuchPart(
            f"`$in.{part}`: {what} has no {part}", " or ".join(f"`$in.{name}`" for name in names)
        )
    return facts[part]

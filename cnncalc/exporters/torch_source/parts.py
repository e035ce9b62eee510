"""What a constructor is made of: modules in a chain, conditions, and loops; and their text, broken as ruff does."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from cnncalc.exporters.torch_source.expression import Expr
from cnncalc.exporters.torch_source.trace import Entry

WIDTH = 88


class Instance:
    """One place of the network that code stands for: the use of the class, and the names with their values."""

    def __init__(self, use: int, names: dict[str, Any], entry: Entry | None = None) -> None:
        self.use, self.names, self.entry = use, names, entry
        # Parts know the instances by identity: all of them stay.
        self._inner: list[Instance] = []

    def at(self, entry: Entry, **more: Any) -> "Instance":
        """The same use of the class, at an item inside it."""
        self._inner.append(Instance(self.use, {**self.names, **more}, entry))
        return self._inner[-1]


# A module of the written code in one place of the network: the call of a layer (its node, and which call), or a block.
Leaf = tuple[int, int] | Entry


@dataclass
class ModulePart:
    """The construction of one module."""

    target: Expr
    arguments: list[tuple[str | None, Expr]]
    leaves: dict[int, Leaf] = field(default_factory=dict)
    wrapper: str = ""

    @property
    def exprs(self) -> Iterator[Expr]:
        yield self.target
        for _, value in self.arguments:
            yield value

    def pieces(self) -> list[str]:
        return [f"{key}={value.text()}" if key else value.text(1) for key, value in self.arguments]

    def text(self) -> str:
        written = f"{self.target.text()}({', '.join(self.pieces())})"
        return f"{self.wrapper}({written})" if self.wrapper else written


@dataclass
class SplatPart:
    """Several modules that one expression constructs."""

    part: ModulePart
    count: Expr
    start: int
    turns: dict[int, list[Instance]]

    @property
    def exprs(self) -> Iterator[Expr]:
        yield from self.part.exprs
        yield self.count

    @property
    def loop(self) -> str:
        return loop_text([self.part], self.count, self.start)

    def text(self) -> str:
        return f"*({self.part.text()} {self.loop})"


@dataclass
class IfPart:
    """Parts that are there on a condition."""

    condition: Expr
    parts: "list[Part]"
    inner: dict[int, Instance]

    @property
    def exprs(self) -> Iterator[Expr]:
        yield self.condition
        for part in self.parts:
            yield from part.exprs


@dataclass
class ForPart:
    """Parts that a loop constructs; each turn may end with another value of a name."""

    parts: "list[Part]"
    count: Expr
    start: int
    turns: dict[int, list[Instance]]
    update: tuple[str, Expr] | None = None

    @property
    def exprs(self) -> Iterator[Expr]:
        yield self.count
        for part in self.parts:
            yield from part.exprs
        if self.update is not None:
            yield self.update[1]


Part = ModulePart | SplatPart | IfPart | ForPart


def leaves(parts: list[Part], instance: Instance) -> Iterator[Leaf]:
    """The modules that the parts give in one place of the network, in order."""
    for part in parts:
        match part:
            case ModulePart():
                yield part.leaves[id(instance)]
            case SplatPart():
                for turn in part.turns.get(id(instance), []):
                    yield part.part.leaves[id(turn)]
            case IfPart():
                if id(instance) in part.inner:
                    yield from leaves(part.parts, part.inner[id(instance)])
            case ForPart():
                for turn in part.turns.get(id(instance), []):
                    yield from leaves(part.parts, turn)


def loop_text(parts: "list[ModulePart] | list[Part]", count: Expr, start: int) -> str:
    """The head of a loop: `for i in range(1, layers)`."""
    used = any("i" in expr.names for part in parts for expr in part.exprs)
    if not used:
        times = Expr("-", (count, Expr("const", value=start))) if start else count
        if times.kind == "-" and count.kind == "const":
            times = Expr("const", value=count.value - start)
        return f"for _ in range({times.text()})"
    begin = f"{start}, " if start else ""
    return f"for i in range({begin}{count.text()})"


def call_lines(before: str, opened: str, pieces: list[str], closed: str, indent: str) -> list[str]:
    """A call on one line if it fits, else its arguments on one, else one argument on each line."""
    line = f"{indent}{before}{opened}{', '.join(pieces)}{closed}"
    if len(line) <= WIDTH or not pieces:
        return [line]
    inside = f"{indent}    {', '.join(pieces)}"
    if len(inside) <= WIDTH:
        return [f"{indent}{before}{opened}", inside, f"{indent}{closed}"]
    return [f"{indent}{before}{opened}", *(f"{indent}    {piece}," for piece in pieces), f"{indent}{closed}"]


def module_lines(part: ModulePart, before: str, after: str, indent: str) -> list[str]:
    """The construction of a module, after `before` and followed by `after`."""
    opened, closed = f"{part.target.text()}(", f"){after}"
    if not part.wrapper:
        return call_lines(before, opened, part.pieces(), closed, indent)
    line = f"{indent}{before}{part.text()}{after}"
    if len(line) <= WIDTH:
        return [line]
    inside = call_lines("", opened, part.pieces(), ")", indent + "    ")
    if len(inside) > 1:
        inside[-1] += ","
    return [f"{indent}{before}{part.wrapper}(", *inside, f"{indent}){after}"]


def item_lines(part: ModulePart | SplatPart, indent: str) -> list[str]:
    """An element of a list or of a call, with its comma."""
    if isinstance(part, ModulePart):
        return module_lines(part, "", ",", indent)
    whole = f"{indent}{part.text()},"
    if len(whole) <= WIDTH:
        return [whole]
    inner = f"{indent}    {part.part.text()} {part.loop}"
    if len(inner) <= WIDTH:
        return [f"{indent}*(", inner, f"{indent}),"]
    lines = module_lines(part.part, "", "", indent + "    ")
    return [f"{indent}*(", *lines, f"{indent}    {part.loop}", f"{indent}),"]


def copy_leaves(parts: Sequence[Part], inner: Instance, outer: Instance) -> None:
    """What parts are at an inner place is what they are at the place around it."""
    for part in parts:
        match part:
            case ModulePart():
                if id(inner) in part.leaves:
                    part.leaves[id(outer)] = part.leaves[id(inner)]
            case SplatPart() | ForPart():
                if id(inner) in part.turns:
                    part.turns[id(outer)] = part.turns[id(inner)]
            case IfPart():
                if id(inner) in part.inner:
                    part.inner[id(outer)] = part.inner[id(inner)]

"""A spec after reading: items, blocks and parameters. Every word is checked, expressions are not evaluated yet."""

from collections.abc import Container, Iterable, Mapping
from typing import TYPE_CHECKING

from cnncalc.diagnostic import Diagnostic, Span
from cnncalc.record import NamedTuple
from cnncalc.spec.budget import NO_BUDGET, Budget
from cnncalc.spec.item_types import Allowed, Ignore, Item
from cnncalc.spec.values import NOTHING, ValueExpr
from cnncalc.text import Source

if TYPE_CHECKING:
    from cnncalc.spec.claims import Claim


class Parameter(NamedTuple):
    """A parameter of a block or of the network; `default` is None if it is required."""

    name: str
    span: Span
    default: ValueExpr | None


class Block(NamedTuple):
    """A named list of items with parameters. `names` are the names of its items."""

    name: str
    span: Span
    parameters: Mapping[str, Parameter]
    items: tuple[Item, ...]
    names: frozenset[str]


class History(NamedTuple):
    """What an input is to the image that it was made of: its stride, and the size of its receptive field if known."""

    stride: ValueExpr
    field: ValueExpr | None


class Spec(NamedTuple):
    """A whole spec. Its errors so far are in `diagnostics`; `items` is empty if nothing could be read."""

    file: str
    name: str
    origin: str
    inputs: Mapping[str, ValueExpr]
    outputs: tuple[ValueExpr, ...] | None
    parameters: Mapping[str, Parameter]
    # The values of `defaults` for the fields of layers, by layer type.
    defaults: Mapping[str, Mapping[str, ValueExpr]]
    blocks: Mapping[str, Block]
    items: tuple[Item, ...]
    names: frozenset[str]
    # Names that could not be read: references to them are unknown, and are not reported again.
    lost_names: Container[str]
    strict: bool
    # Whether training and inference differ: an item has `only`.
    two_modes: bool
    sources: Mapping[str, Source]
    diagnostics: tuple[Diagnostic, ...]
    budget: Budget = NO_BUDGET
    # What is printed elsewhere about figures of this network.
    claims: "tuple[Claim, ...]" = ()
    # The findings that the text accepts: entries of `allow:`, and comments.
    allowed: tuple[Allowed, ...] = ()
    ignores: tuple[Ignore, ...] = ()
    # Layer types that may have more `defaults`, which could not be read.
    lost_defaults: Container[str] = ()
    # Whether the network is not fully known because of an error.
    doubtful: bool = False
    # The inputs that the layers were written for, by name, if others replace them.
    written_for: Mapping[str, ValueExpr] = NOTHING
    # The names in `inputs` that come from options, not from a text.
    given_inputs: Mapping[str, ValueExpr] = NOTHING
    # The histories of inputs that are features of another network.
    histories: Mapping[str, History] = NOTHING
    # Whether the text is a pattern, which no edit of YAML fits; and by parameter, or `input`, what is reported where
    # no value is given for what the pattern leaves out.
    is_pattern: bool = False
    unset: Mapping[str, Diagnostic] = NOTHING
    # Whether the text was written by an import: no file has it, so nothing in it can be edited.
    imported: bool = False

    def __repr__(self) -> str:
        """One line: the name, the file, the numbers of items and blocks."""
        name = f"{self.name!r}, " if self.name else ""
        return f"<Spec {name}{self.file}: {len(self.items)} items, {len(self.blocks)} blocks>"

    def fitting(self, result: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
        """The findings, without their fixes where the text is a pattern or was imported: those are edits of YAML."""
        fixed = self.is_pattern or self.imported
        return tuple(item._replace(fixes=()) for item in result) if fixed else tuple(result)

    def with_inputs(self, given: Mapping[str, ValueExpr]) -> "Spec":
        """The same network with other shapes of some of its inputs."""
        known = {name: value for name, value in given.items() if name in self.inputs}
        if not known:
            return self
        return self._replace(
            inputs={**self.inputs, **known},
            written_for={**self.inputs, **self.written_for},
            given_inputs={**self.given_inputs, **known},
        )

"""A spec as read: items, blocks and parameters, every word checked, no expression evaluated yet."""

from collections.abc import Container, Iterable, Mapping

from cnncalc.diagnostic import Diagnostic, Span
from cnncalc.record import NamedTuple
from cnncalc.spec.budget import NO_BUDGET, Budget
from cnncalc.spec.item_types import Allowed, Ignore, Item
from cnncalc.spec.values import NOTHING, ValueExpr
from cnncalc.text import Source


class Parameter(NamedTuple):
    """A parameter of a block or of the network; `default` None where it is required."""

    name: str
    span: Span
    default: ValueExpr | None


class Block(NamedTuple):
    """A named list of items with parameters. `names` are the ones its items give themselves."""

    name: str
    span: Span
    parameters: Mapping[str, Parameter]
    items: tuple[Item, ...]
    names: frozenset[str]


class Spec(NamedTuple):
    """A whole spec. Faults found so far are in `diagnostics`; `items` is empty where nothing could be read."""

    file: str
    name: str
    origin: str
    inputs: Mapping[str, ValueExpr]
    outputs: tuple[ValueExpr, ...] | None
    parameters: Mapping[str, Parameter]
    # What `defaults` says of the fields of layers, by layer type.
    defaults: Mapping[str, Mapping[str, ValueExpr]]
    blocks: Mapping[str, Block]
    items: tuple[Item, ...]
    names: frozenset[str]
    # Names that could not be read: what refers to them is unknown, and has been reported.
    lost_names: Container[str]
    strict: bool
    # Whether training and inference differ: an item has `only`.
    two_modes: bool
    sources: Mapping[str, Source]
    diagnostics: tuple[Diagnostic, ...]
    budget: Budget = NO_BUDGET
    # What the text accepts of what is found in it: entries of `allow:`, and comments.
    allowed: tuple[Allowed, ...] = ()
    ignores: tuple[Ignore, ...] = ()
    # Layer types of which `defaults` may say more than could be read.
    lost_defaults: Container[str] = ()
    # Whether an error leaves open what the network is.
    doubtful: bool = False
    # The inputs that the layers were written for, by name, where others take their place.
    written_for: Mapping[str, ValueExpr] = NOTHING
    # Those of `inputs` that no text says: they are asked for beside it.
    given_inputs: Mapping[str, ValueExpr] = NOTHING
    # Whether the text is a pattern, which no edit of YAML fits; and by parameter, or `input`, what is reported where
    # no value is given for what the pattern leaves out.
    is_pattern: bool = False
    unset: Mapping[str, Diagnostic] = NOTHING

    def __repr__(self) -> str:
        """One line: the name, the file, how many items and blocks it has."""
        name = f"{self.name!r}, " if self.name else ""
        return f"<Spec {name}{self.file}: {len(self.items)} items, {len(self.blocks)} blocks>"

    def fitting(self, found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
        """The findings, without their fixes where the text is a pattern: those are edits of YAML."""
        return tuple(item._replace(fixes=()) for item in found) if self.is_pattern else tuple(found)

    def with_inputs(self, given: Mapping[str, ValueExpr]) -> "Spec":
        """The same network with other shapes of some of its inputs."""
        known = {name: one for name, one in given.items() if name in self.inputs}
        if not known:
            return self
        return self._replace(
            inputs={**self.inputs, **known},
            written_for={**self.inputs, **self.written_for},
            given_inputs={**self.given_inputs, **known},
        )

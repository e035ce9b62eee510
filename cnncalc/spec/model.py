"""A spec as read: items, blocks and knobs, every word checked, no expression evaluated yet."""

from collections.abc import Callable, Container, Iterable, Mapping
from types import MappingProxyType
from typing import Any, TypeAlias

from cnncalc.diagnostic import Diagnostic, Span
from cnncalc.layers import Layer
from cnncalc.record import NamedTuple
from cnncalc.spec.budget import NO_BUDGET, Budget
from cnncalc.text import Expression, Source
from cnncalc.vocabulary.field import Value

Lookup: TypeAlias = Callable[[str], Any]
NOTHING: Mapping[str, Any] = MappingProxyType({})


class Unreadable(Exception):
    """A value is asked for that could not be read. It has been reported where it stands: nothing more to report."""


class _Unreadable:
    """The type of `UNREADABLE`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNREADABLE"


# Stands for a value that could not be read. It is no value: whatever uses it is unknown.
UNREADABLE: Any = _Unreadable()


class ValueExpr(NamedTuple):
    """A value as written: a constant, an expression, or a list or mapping that holds expressions.

    One from `outside` any block means the network's parameters by its names, wherever it is evaluated. One whose value
    is `UNREADABLE` stands for what could not be read.
    """

    span: Span
    value: Any
    constant: bool
    outside: bool = False

    def evaluate(self, lookup: Lookup) -> Value:
        """Its plain value. Raises `ExpressionError`, `Unreadable`, and whatever `lookup` raises."""
        if self.constant:
            return self.value  # type: ignore[no-any-return]
        if self.value is UNREADABLE:
            raise Unreadable
        if isinstance(self.value, Expression):
            return self.value.evaluate(lookup)
        if isinstance(self.value, tuple):
            return tuple(item.evaluate(lookup) for item in self.value)
        return {key: item.evaluate(lookup) for key, item in self.value.items()}

    @property
    def words(self) -> frozenset[str]:
        """The `$` names it uses, without the `$`."""
        if self.constant or self.value is UNREADABLE:
            return frozenset()
        if isinstance(self.value, Expression):
            return self.value.names
        parts = self.value.values() if isinstance(self.value, dict) else self.value
        return frozenset().union(*(part.words for part in parts))

    @property
    def reads_input(self) -> bool:
        """Whether it asks what enters."""
        return any(word.startswith("in.") for word in self.words)


def unreadable(span: Span) -> ValueExpr:
    """What stands for a value that could not be read."""
    return ValueExpr(span, UNREADABLE, False)


class Word(NamedTuple):
    """A name where it is written."""

    text: str
    span: Span


class Operand(NamedTuple):
    """An operand of a merge: a reference, or a branch of items."""

    span: Span
    reference: ValueExpr | None
    branch: "tuple[Item, ...] | None"


class LayerCall(NamedTuple):
    """The arguments of a layer or a block: constants already read as fields, the rest still to be evaluated.

    `spans` are the places of its own values, `inherited` those of values that `defaults` gives.
    """

    fields: Mapping[str, Any]
    computed: Mapping[str, ValueExpr]
    spans: Mapping[str, Span]
    inherited: Mapping[str, Span] = NOTHING
    # Whether every required argument is there and every constant is fit.
    whole: bool = True
    # Whether more may be meant by `defaults`, where that could not be read.
    unreadable: bool = False


class Allowed(NamedTuple):
    """One entry of `allow:`: a code, why findings of it are accepted, and where the code stands."""

    code: str
    reason: str
    span: Span


class Ignore(NamedTuple):
    """A comment `# cnncalc: ignore[S001] reason`: codes accepted on its line, or in its whole file.

    `span` is from the `#` to the end of the reason. One that is `misplaced` means its file and stands below the top:
    it accepts nothing.
    """

    span: Span
    codes: tuple[Word, ...]
    whole_file: bool = False
    misplaced: bool = False


class Controls(NamedTuple):
    """The keys beside a layer, block or structure."""

    name: Word | None = None
    source: ValueExpr | None = None
    repeat: ValueExpr | None = None
    when: ValueExpr | None = None
    only: str | None = None
    expect: ValueExpr | None = None
    share: ValueExpr | None = None
    allow: Mapping[str, Allowed] = NOTHING
    # Whether there is a name that could not be read.
    lost_name: bool = False


class Sugar(NamedTuple):
    """`norm:` or `act:`: the layer it stands for; computed, the expression that will name it."""

    span: Span
    layer: type[Layer] | None
    call: LayerCall | None
    computed: ValueExpr | None


class First(NamedTuple):
    """What `first` makes of a layer in the first repetition."""

    call: LayerCall
    norm: Sugar | None
    act: Sugar | None


class LayerItem(NamedTuple):
    """A layer with its arguments, `first` for the first repetition, and the norm and act that follow it."""

    span: Span
    whole: Span
    controls: Controls
    layer: type[Layer]
    call: LayerCall
    first: First | None
    norm: Sugar | None = None
    act: Sugar | None = None
    # Whether the next item is a normalisation: with `norm`, what decides whether `bias` defaults to true. None where
    # the next item could not be read.
    before_norm: bool | None = False


class BlockItem(NamedTuple):
    """A use of a block."""

    span: Span
    whole: Span
    controls: Controls
    block: str
    call: LayerCall
    first: LayerCall | None


class SequenceItem(NamedTuple):
    """Items one after another."""

    span: Span
    whole: Span
    controls: Controls
    items: "tuple[Item, ...]"


class ResidualItem(NamedTuple):
    """A body and what is added to its output."""

    span: Span
    whole: Span
    controls: Controls
    body: "tuple[Item, ...]"
    # identity, project, optional, or items.
    shortcut: "str | tuple[Item, ...]"
    # Where `shortcut: project` could be put in.
    place: Span


class MergeItem(NamedTuple):
    """A layer of two or more operands, with its arguments."""

    span: Span
    whole: Span
    controls: Controls
    layer: type[Layer]
    operands: tuple[Operand, ...]
    call: LayerCall


class BrokenItem(NamedTuple):
    """An entry that could not be read: it has been reported, and what follows it is unknown."""

    span: Span
    whole: Span
    controls: Controls


# One entry of a list of layers. `span` is its key's, `whole` the entry's.
Item: TypeAlias = LayerItem | BlockItem | SequenceItem | ResidualItem | MergeItem | BrokenItem


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

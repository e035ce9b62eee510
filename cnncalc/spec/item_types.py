"""The types of items in a list of layers, and of the control keys beside them."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from cnncalc.diagnostic import Span
from cnncalc.layers import Layer
from cnncalc.record import NamedTuple
from cnncalc.spec.values import NOTHING, ValueExpr, Word


class Operand(NamedTuple):
    """An operand of a merge: a reference, or a branch of items."""

    span: Span
    reference: ValueExpr | None
    branch: "tuple[Item, ...] | None"


class LayerCall(NamedTuple):
    """The arguments of a layer or a block: constants already read as fields, the rest still to be evaluated.

    `spans` are the places of its own values, `inherited` those of values from `defaults`.
    """

    fields: Mapping[str, Any]
    computed: Mapping[str, ValueExpr]
    spans: Mapping[str, Span]
    inherited: Mapping[str, Span] = NOTHING
    # Whether every required argument is there and every constant is valid.
    whole: bool = True
    # Whether `defaults` may have more values for it, which could not be read.
    unreadable: bool = False


class Allowed(NamedTuple):
    """One entry of `allow:`: a code, the reason why its findings are accepted, and the place of the code."""

    code: str
    reason: str
    span: Span


class Ignore(NamedTuple):
    """A comment `# cnncalc: ignore[S001] reason`: codes accepted on its line, or in its whole file.

    `span` is from the `#` to the end of the reason. A `misplaced` one is for the whole file but not at its top:
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
    freeze: ValueExpr | None = None
    module: ValueExpr | None = None
    # The name of the device that computes it.
    place: ValueExpr | None = None
    allow: Mapping[str, Allowed] = NOTHING
    # Whether there is a name that could not be read.
    lost_name: bool = False


class Sugar(NamedTuple):
    """`norm:` or `act:`: its layer, or the expression that computes the name of the layer."""

    span: Span
    layer: type[Layer] | None
    call: LayerCall | None
    computed: ValueExpr | None


class First(NamedTuple):
    """The layer in the first repetition, with the arguments of `first`."""

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
    # Of all repetitions but the first: arguments that name layers of the repetition before.
    next: Mapping[str, ValueExpr] | None = None


class SequenceItem(NamedTuple):
    """Items one after another."""

    span: Span
    whole: Span
    controls: Controls
    items: "tuple[Item, ...]"


# The words for `shortcut`: the input itself, the input projected to the shape of the body's output, and no
# addition if the shapes differ.
IDENTITY, PROJECT, OPTIONAL = SHORTCUTS = "identity", "project", "optional"
# In place of these, where an expression computes the word.
COMPUTED = "computed"


class ResidualItem(NamedTuple):
    """A body, and the shortcut that is added to its output."""

    span: Span
    whole: Span
    controls: Controls
    body: "tuple[Item, ...]"
    # One of `SHORTCUTS`, `COMPUTED`, or items.
    shortcut: "str | tuple[Item, ...]"
    # The place where a fix can add `shortcut: project`.
    place: Span
    # The expression of a shortcut that is `COMPUTED`.
    way: ValueExpr | None = None


class MergeItem(NamedTuple):
    """A layer of two or more operands, with its arguments."""

    span: Span
    whole: Span
    controls: Controls
    layer: type[Layer]
    operands: tuple[Operand, ...]
    call: LayerCall


class UnknownItem(NamedTuple):
    """An operation that has no layer here: its name, its operands (None: the layer before it), what is known of it."""

    span: Span
    whole: Span
    controls: Controls
    op: str
    operands: tuple[Operand, ...] | None = None
    shape: ValueExpr | None = None
    # Its figures: `params`, `buffers`, `macs`. One that is missing is unknown.
    counts: Mapping[str, ValueExpr] = NOTHING
    note: str = ""


class BrokenItem(NamedTuple):
    """An entry that could not be read: it has been reported, and what follows it is unknown.

    `word` is its word as it is written, if it has one. A reference to a layer that is not there has that name.
    """

    span: Span
    whole: Span
    controls: Controls
    word: str = ""
    is_reference: bool = False


# One entry of a list of layers. `span` is the place of its key, `whole` of the entry.
Item: TypeAlias = LayerItem | BlockItem | SequenceItem | ResidualItem | MergeItem | UnknownItem | BrokenItem

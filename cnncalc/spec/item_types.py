"""Items of a list of layers as read: what each kind of item holds, and the control keys beside it."""

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


# The words that `shortcut` takes: the input itself, the input brought to the shape of the body's output, and no
# addition at all where the shapes differ.
IDENTITY, PROJECT, OPTIONAL = SHORTCUTS = "identity", "project", "optional"


class ResidualItem(NamedTuple):
    """A body and what is added to its output."""

    span: Span
    whole: Span
    controls: Controls
    body: "tuple[Item, ...]"
    # One of `SHORTCUTS`, or items.
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

"""`share`: whether a layer, or the layers of a block, can use the weights of others."""

from typing import Protocol

from cnncalc.diagnostic import Note
from cnncalc.exact import counted
from cnncalc.graph import faults
from cnncalc.graph.bind import Unbound
from cnncalc.graph.growing import Growing
from cnncalc.graph.names import Names
from cnncalc.graph.node import BlockUse, BoundLayer, Node
from cnncalc.graph.scope import Scope
from cnncalc.spec import Item, ValueExpr

SELF = "self"


class Lender(Protocol):
    """The weights that a layer uses in place of its own."""

    def owner(self, index: int, name: str, kind: str, fit: BoundLayer | None) -> tuple[int | None, bool]:
        """The node whose weights the next node uses (None for its own), and whether its weights are unknown."""


class Sharing:
    """`share` beside an item: for each of its repetitions, `count` of them, the weights that it uses.

    Repetition k uses those of repetition k, if what is named has as many, else those of the last. With the word `self`
    all use those of the first.
    """

    def __init__(
        self,
        growing: Growing,
        names: Names,
        given: ValueExpr,
        scope: Scope,
        *,
        count: int,
        repeated: bool,
    ) -> None:
        self.growing, self.names, self.given, self.scope, self._count = growing, names, given, scope, count
        self._repeated = repeated
        self._itself = repeated and given.constant and given.value == SELF and not names.has(SELF, scope)
        # With `self` the first repetition: the index of the layer, or the use of a block.
        self._first_layer: int | None = None
        self._first_use: BlockUse | None = None

    def of_layer(self, k: int) -> "Lender | None":
        """The weights of repetition `k` of a layer, whose node is the next one; None for its own."""
        if not self._itself:
            return NamedLayer(self, k)
        if self._first_layer is None:
            self._first_layer = len(self.growing.nodes)
            return None
        return OneLayer(self, self._first_layer)

    def of_block(self, use: BlockUse, k: int) -> "Lender | None":
        """The weights of repetition `k` of a block, which is `use`; None for its own."""
        if self._itself:
            if self._first_use is None:
                self._first_use = use
                return None
            return Twins(self, use, self._first_use)
        try:
            other = self._use(k)
        except Unbound:
            return UnknownWeights()
        return UnknownWeights() if other is None else Twins(self, use, other)

    def refuse(self, message: str, *notes: Note, help: str | None = None) -> None:
        """Report that the weights do not fit."""
        fault = faults.SHARE_MISMATCH.at(self.given.span, message, notes=notes, help=help)
        self.growing.report(fault, self.scope)

    def refuse_itself(self, name: str) -> None:
        """Report that `share` names the layer beside it."""
        help = "write `share: self`: all repetitions use the weights of the first" if self._repeated else None
        self.refuse(f"`{name}` is this layer itself: `share` must name an earlier layer", help=help)

    def named(self, k: int, new: int) -> int:
        """The layer that repetition `k`, the node with the index `new`, shares. Raises `Unbound`."""
        index = self.names.find_layer(self.given, self.scope)
        if self._count == 1 or index == new:
            return index
        table = self.growing.table
        repetitions = table.repetitions(self.names.find_item(self.given, self.scope))
        twin = table.find(repetitions[k], layer=True) if len(repetitions) == self._count else None
        return index if twin is None else self.growing.itself(twin)

    def _use(self, k: int) -> BlockUse | None:
        """The use of a block that repetition `k` shares; None if it is no block: that is reported. Raises `Unbound`."""
        table = self.growing.table
        name = self.names.find_item(self.given, self.scope)
        around, dot, last = name.rpartition(".")
        repetitions = table.repetitions(f"{table.in_last(around)}{dot}{last}")
        twin = repetitions[k] if len(repetitions) == self._count else repetitions[-1]
        use = table.uses.get(twin)
        if use is None:
            index, notes = table.find(twin, layer=False), []
            if index is not None and (item := self.growing.nodes[index].item) is not None:
                notes = [Note(f"it is at line {item.span.line}", item.span)]
            what = f"`{name}` is not an earlier use of a block" if name else "it is not a use of a block"
            self.refuse(f"{what}: a block can use the weights of another use of a block only", *notes)
        return use


class NamedLayer:
    """The weights of the layer that `share` names. It is looked up when the layer that uses them is created."""

    def __init__(self, sharing: Sharing, k: int) -> None:
        self._sharing, self._k = sharing, k

    def owner(self, index: int, name: str, kind: str, fit: BoundLayer | None) -> tuple[int | None, bool]:
        """See `Lender`. If it can't use them, that is reported, and the weights are unknown."""
        growing = self._sharing.growing
        try:
            owner_index = self._sharing.named(self._k, index)
        except Unbound:
            return None, True
        if owner_index == index:
            self._sharing.refuse_itself(name)
            return None, True
        owner = growing.nodes[growing.nodes[owner_index].owner]
        if owner.is_input:
            self._sharing.refuse(f"`{owner.name}` is an input, and has no weights")
            return None, True
        return shared(self._sharing, name, kind, fit, owner)


class OneLayer:
    """The weights of one layer, whose index is known."""

    def __init__(self, sharing: Sharing, index: int) -> None:
        self._sharing, self._index = sharing, index

    def owner(self, index: int, name: str, kind: str, fit: BoundLayer | None) -> tuple[int | None, bool]:
        """See `Lender`."""
        nodes = self._sharing.growing.nodes
        return shared(self._sharing, name, kind, fit, nodes[nodes[self._index].owner])


class UnknownWeights:
    """Weights that are unknown, because what `share` names is."""

    def owner(self, index: int, name: str, kind: str, fit: BoundLayer | None) -> tuple[int | None, bool]:
        """See `Lender`."""
        return None, fit is None or has_state(fit)


class Twins:
    """The weights of an earlier use of a block: each layer of another use takes those of the layer with its name."""

    def __init__(self, sharing: Sharing, mine: BlockUse, theirs: BlockUse) -> None:
        self._sharing, self._mine, self._theirs = sharing, mine, theirs

    def owner(self, index: int, name: str, kind: str, fit: BoundLayer | None) -> tuple[int | None, bool]:
        """See `Lender`. A layer without weights and buffers has its own (None)."""
        if fit is None:
            return None, True
        if not has_state(fit):
            return None, False
        growing, theirs = self._sharing.growing, self._theirs
        inside = name.removeprefix(f"{self._mine.name}.")
        twin = f"{theirs.name}.{inside}"
        index_there = growing.table.nodes.get(twin)
        where = Note(f"`{theirs.name}` is used at line {theirs.item.span.line}", theirs.item.span)
        if index_there is None or twin in growing.table.doubtful:
            if not self._is_doubtful():
                block = growing.spec.blocks[theirs.item.block]
                message = f"`{name}` has weights, and `{theirs.name}` has no `{inside}` that it could share"
                self._sharing.refuse(message, where, Note(f"its block is `{block.name}`", block.span))
            return None, True
        owner = growing.nodes[growing.nodes[index_there].owner]
        return shared(self._sharing, name, kind, fit, owner, where)

    def _is_doubtful(self) -> bool:
        """Whether the other use has a layer that is unknown after an error."""
        inside = f"{self._theirs.name}."
        return any(node.fit is None and node.name.startswith(inside) for node in self._sharing.growing.nodes)


def has_state(fit: BoundLayer) -> bool:
    """Whether a layer has weights or buffers."""
    return bool(fit.layer.weights(fit.inputs) or fit.layer.buffers(fit.inputs))


def shared(
    sharing: Sharing, name: str, kind: str, fit: BoundLayer | None, owner: Node, *notes: Note
) -> tuple[int | None, bool]:
    """The owner of the weights that a layer uses, if they fit; else that is reported, and they are unknown."""
    if fit is not None and owner.fit is not None and (message := _misfit(name, kind, fit, owner, owner.fit)):
        line = sharing.growing.line(owner)
        where = Note(f"`{owner.name}` is at line {line}", owner.item.span if owner.item else None)
        sharing.refuse(message, where, *notes, help=_instead(name, kind, fit, owner, owner.fit))
        return None, True
    return owner.index, owner.learns_unknown


def report_frozen(growing: Growing, name: str, item: Item, scope: Scope, owner: Node) -> None:
    """Report that one use of shared weights is frozen and another is not."""
    frozen, other = (owner.name, name) if owner.frozen else (name, owner.name)
    line = growing.line(owner)
    where = Note(f"`{owner.name}` is at line {line}", owner.item.span if owner.item else None)
    place = item.controls.share or item.controls.freeze
    fault = faults.FREEZE_MISMATCH.at(
        place.span if place is not None else item.span,
        f"`{frozen}` is frozen and `{other}` is not, but they share their weights",
        notes=[where],
        help="write the same `freeze` beside both",
    )
    growing.report(fault, scope)


def _misfit(name: str, kind: str, fit: BoundLayer, owner: Node, theirs_fit: BoundLayer) -> str | None:
    """Why a layer can't use the weights of `owner`; None if they fit."""
    if kind != owner.kind:
        return f"`{name}` is {kind} and `{owner.name}` is {owner.kind}: layers of different types can't share weights"
    mine = {weight.name: weight.shape for weight in fit.layer.weights(fit.inputs)}
    theirs = {weight.name: weight.shape for weight in theirs_fit.layer.weights(theirs_fit.inputs)}
    for weight in {**mine, **theirs}:
        if mine.get(weight) != theirs.get(weight):
            here, there = (_written(shapes.get(weight)) for shapes in (mine, theirs))
            return f"the weights differ: `{weight}` is {here} in `{name}` and {there} in `{owner.name}`"
    return None


def _instead(name: str, kind: str, fit: BoundLayer, owner: Node, theirs_fit: BoundLayer) -> str:
    """What to write where the weights do not fit."""
    if kind != owner.kind:
        return f"remove `share`, or write `{owner.kind}` here too"
    here, there = (next(iter(each.inputs), None) for each in (fit, theirs_fit))
    if here is None or there is None or here.channels == there.channels or here.rank != there.rank:
        return f"remove `share`, or give `{name}` and `{owner.name}` the same fields"
    layer = f"conv: {{filters: {there.channels}, kernel: 1}}" if here.rank else f"fc: {there.channels}"
    return f"remove `share`, or put `{layer}` before it: `{owner.name}` reads {counted(there.channels, 'channel')}"


def _written(shape: tuple[int, ...] | None) -> str:
    return "absent" if shape is None else f"({', '.join(map(str, shape))})"

"""Modules one after another: what is a chain, and what becomes of it."""

from collections.abc import Sequence
from typing import Any

from cnncalc.exporters.torch_source.base import Chain, Made, NotAChain
from cnncalc.exporters.torch_source.expression import Expr
from cnncalc.exporters.torch_source.flow import Attribute, Operation, Value
from cnncalc.exporters.torch_source.modules import Modules
from cnncalc.exporters.torch_source.parts import Instance, ModulePart, Part, copy_leaves, leaves
from cnncalc.exporters.torch_source.sharing import lends
from cnncalc.exporters.torch_source.trace import Entry
from cnncalc.spec import BlockItem, Item, LayerItem, SequenceItem

# The families of layers that a module's name does not mention.
FOLLOWING = ("normalisation", "activation", "regularisation")


class Chains(Modules):
    """Joins modules to chains."""

    def flush(self) -> None:
        """End the open chain: it becomes an attribute, and its call a step of the forward."""
        chain, self.chain = self.chain, None
        if chain is None or not chain.parts:
            return
        attribute = self._shared(chain.parts)
        if attribute is None:
            attribute = Attribute(chain.hint or self._name_of(chain.parts), exact=chain.exact)
            self.made.append(Made(attribute, chain.parts))
        called = attribute
        self.operations.append(
            Operation(
                lambda operands: f"self.{called.name}({', '.join(operands)})",
                [chain.entering],
                [chain.end],
                binds=False,
                module=True,
                attributes=[attribute],
                comment=self._comment(chain.end),
            )
        )
        self.values.append(chain.end)

    def _shared(self, parts: list[Part]) -> Attribute | None:
        """The attribute that is called again, if the weights of all modules are those of an earlier call."""
        for piece in self.made:
            if [_shape(part) for part in piece.parts] != [_shape(part) for part in parts]:
                continue
            pairs = [
                pair
                for instance in self.instances
                for pair in zip(leaves(parts, instance), leaves(piece.parts, instance), strict=True)
            ]
            lent = [lends(self.network, earlier, mine) for mine, earlier in pairs]
            if any(lent) and False not in lent:
                return piece.attribute
        return None

    def _comment(self, value: Value) -> str:
        """The shape of a value, for the stages of the network."""
        token = value.tokens[0]
        index = token if isinstance(token, int) else token[0]
        return str(self.graph.nodes[index].shape) if self.is_network else ""

    def _name_of(self, parts: list[Part]) -> str:
        """The first layer, if what comes after it is only its norm, its activation or a dropout."""
        first, *others = parts
        if isinstance(first, ModulePart) and all(map(self._follows, others)):
            return self.network.attribute_word(first)
        return "layers"

    def _follows(self, part: Part) -> bool:
        leaf = next(iter(part.leaves.values())) if isinstance(part, ModulePart) else None
        fit = self.graph.nodes[leaf[0]].fit if isinstance(leaf, tuple) else None
        return fit is not None and fit.layer.family in FOLLOWING

    def append(
        self,
        parts: list[Part],
        entering: Value,
        end: Value,
        hint: str = "",
        *,
        exact: bool = False,
        places: Sequence[tuple[int, int] | None] = (),
    ) -> Value:
        """Add modules to the open chain, or begin a new one at `entering`.

        `places` are the nodes of the modules in each use, as a range.
        """
        chain = self.chain
        if (
            chain is None
            or chain.end is not entering
            or exact
            or chain.exact
            or not self._joins(chain, places)
        ):
            self.flush()
            if entering not in self.values:
                entering = self.value_of(entering.tokens)
            chain = self.chain = Chain(entering, hint, exact=exact)
        chain.parts += parts
        chain.end = end
        return end

    def _joins(self, chain: Chain, places: Sequence[tuple[int, int] | None]) -> bool:
        """Whether only these nodes read the end of a chain."""
        for token, before, place in zip(chain.end.tokens, chain.entering.tokens, places, strict=True):
            if token == before or place is None:
                continue
            if not isinstance(token, int) or token in self.network.returned:
                return False
            if not all(place[0] <= reader < place[1] for reader in self.network.reading[token]):
                return False
        return True

    def chain_of(
        self, item: Item, instances: Sequence[Instance], channels: Expr | None
    ) -> tuple[list[Part], Expr | None]:
        """An item as modules one after another, and the channels that leave it. Raises `NotAChain`."""
        entries = [instance.entry for instance in instances if instance.entry is not None]
        if any(len(self.network.read_by(entry)) != 1 or not self._closed(entry) for entry in entries):
            raise NotAChain
        match item:
            case LayerItem():
                return self._layer(item, instances, channels)
            case BlockItem():
                part, leaving = self.use(item, instances, channels)
                return [part], leaving
            case SequenceItem():
                return self._sequence(item.items, instances, channels)
        raise NotAChain

    def _closed(self, entry: Entry) -> bool:
        """Whether nothing outside reads what is inside an item, except its end."""
        return not any(
            reader >= entry.end or index in self.network.returned
            for index in range(entry.start, entry.end)
            if index != entry.last
            for reader in (*self.network.reading[index], -1)
        )

    def _sequence(
        self, items: tuple[Item, ...], instances: Sequence[Instance], channels: Expr | None
    ) -> tuple[list[Part], Expr | None]:
        """Items one after another as parts, in all places."""
        parts: list[Part] = []
        lists = [instance.entry.lists[0] for instance in instances if instance.entry is not None]
        ends: list[int | None] = [listed.entering for listed in lists]
        for item in items:
            turns = [[entry for entry in listed.of(item) if entry.end > entry.start] for listed in lists]
            if not any(turns):
                continue
            for position, turn in enumerate(turns):
                for entry in turn:
                    if self.network.read_by(entry) != (ends[position],):
                        raise NotAChain
                    ends[position] = entry.last
            counts = {len(turn) for turn in turns}
            if counts != {1}:
                inside, channels = self.repeated(item, turns, instances, channels)
            else:
                inner = [instance.at(turn[0]) for instance, turn in zip(instances, turns, strict=True)]
                inside, channels = self.chain_of(item, inner, channels)
                for instance, mine in zip(instances, inner, strict=True):
                    copy_leaves(inside, mine, instance)
            parts += inside
        return parts, channels


def _shape(part: Part) -> Any:
    """What a part constructs, without where."""
    if isinstance(part, ModulePart):
        return part.text()
    return [type(part).__name__, *(expr.text() for expr in part.exprs)]

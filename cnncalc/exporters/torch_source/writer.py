"""Writes one class: walks the items of a block, for all of its uses at once, and gives modules and a forward."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cnncalc.exporters.torch_source.blocks import Names, given_arguments
from cnncalc.exporters.torch_source.calls import ENTERING, FIELDS, LEAVING, plain, signature
from cnncalc.exporters.torch_source.choosing import Unexpressible, chosen, conditions, holds, same
from cnncalc.exporters.torch_source.expression import Expr, Reference, const, name
from cnncalc.exporters.torch_source.flow import Attribute, Operation, Token, Value
from cnncalc.exporters.torch_source.functions import function, is_module, operator_like
from cnncalc.exporters.torch_source.parts import (
    ForPart,
    IfPart,
    Instance,
    ModulePart,
    Part,
    SplatPart,
    leaves,
)  # fmt: skip
from cnncalc.exporters.torch_source.trace import Entry, Listed
from cnncalc.graph import Node
from cnncalc.layers import TorchCall
from cnncalc.spec import BlockItem, Item, LayerItem, MergeItem, ResidualItem, SequenceItem, ValueExpr

if TYPE_CHECKING:
    from cnncalc.exporters.torch_source.network import Network


class NotAChain(Exception):
    """Items are no chain of modules: they are written as steps of the forward."""


class Chain:
    """Modules one after another, which become one attribute."""

    def __init__(self, entering: Value, hint: str, *, exact: bool) -> None:
        self.entering, self.hint, self.exact = entering, hint, exact
        self.end = entering
        self.parts: list[Part] = []


class Made:
    """A finished attribute with modules: its parts."""

    def __init__(self, attribute: Attribute, parts: list[Part]) -> None:
        self.attribute, self.parts = attribute, parts

    @property
    def single(self) -> bool:
        """Whether it is one module, not a sequence of modules."""
        return len(self.parts) == 1 and isinstance(self.parts[0], ModulePart)


class ClassWriter:
    """One class for some uses of a block, or for the network (then `entries` is None)."""

    def __init__(
        self, network: "Network", title: str, uses: list[Listed], entries: list[Entry] | None, names: Names
    ) -> None:
        self.network, self.title, self.uses, self.entries, self.names = network, title, uses, entries, names
        self.graph = network.graph
        self.is_network = entries is None
        self.instances = names.instances
        self.values: list[Value] = []
        self.operations: list[Operation] = []
        self.made: list[Made] = []
        # Flags that the constructor sets: `self.residual = ...`.
        self.flags: list[tuple[Attribute, Expr]] = []
        self.chain: Chain | None = None
        self.inputs: list[Value] = []
        self.outputs: list[Value] = []
        self.pool: dict[str, Expr] = {}
        self.functions: set[str] = set()

    # ---- expressions

    def express(
        self,
        values: Sequence[Any],
        instances: Sequence[Instance],
        word: str,
        hints: Sequence[Expr] = (),
        more: Sequence[Expr] = (),
    ) -> Expr:
        """An expression with these values; a new parameter where there is none. Raises `Unexpressible`."""
        names = [name(key) for key in instances[0].names if key != "i"]
        expr = chosen(values, instances, hints, [*more, *names, *self.pool.values()])
        return expr if expr is not None else self.names.hidden(word, values, instances)

    def hints_of(
        self, givens: Mapping[str, ValueExpr], instances: Sequence[Instance], channels: Expr | None
    ) -> dict[str, list[Expr]]:
        """What the expressions of a spec may be in Python, by field."""
        more = self._more(instances, channels)
        return {key: self.names.translations(given, more) for key, given in givens.items()}

    def _more(self, instances: Sequence[Instance], channels: Expr | None) -> dict[str, Expr]:
        more: dict[str, Expr] = {}
        if channels is not None:
            more["in.channels"] = channels
        if "i" in instances[0].names:
            more["i"] = name("i")
        else:
            turns = {instance.entry.scope.repetition for instance in instances if instance.entry is not None}
            if len(turns) == 1:
                more["i"] = const(turns.pop())
        shapes = [self._entering_shape(instance) for instance in instances]
        for word, axis in (("height", 0), ("width", 1), ("length", 0)):
            sizes = {
                shape.spatial[axis] if shape is not None and len(shape.spatial) > axis else None
                for shape in shapes
            }
            if len(sizes) == 1 and None not in sizes:
                more[f"in.{word}"] = const(sizes.pop())
        return more

    def _entering_shape(self, instance: Instance) -> Any:
        entry = instance.entry
        return None if entry is None or entry.entering is None else self.graph.nodes[entry.entering].shape

    # ---- values

    def value_of(self, tokens: tuple[Token, ...]) -> Value:
        """The value that these tensors are. Raises `Unexpressible` if there is none here."""
        self.flush()
        for value in reversed(self.values):
            if value.tokens == tokens:
                return value
        raise Unexpressible("operand")

    def operands(self, nodes: Sequence[Node]) -> list[Value]:
        """The operands of nodes, one for each use."""
        counts = {(len(node.reads), len(node.indices_of)) for node in nodes}
        if len(counts) != 1:
            raise Unexpressible("operands")
        values = [
            self.value_of(tuple(node.reads[position] for node in nodes))
            for position in range(len(nodes[0].reads))
        ]
        return values + [
            self.value_of(tuple((node.indices_of[position], "indices") for node in nodes))
            for position in range(len(nodes[0].indices_of))
        ]

    def single_reader(self, index: int) -> bool:
        """Whether one operand reads a node, and the network does not return it."""
        return self.network.readers[index] == 1 and index not in self.network.returned

    # ---- chains

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
        for made in self.made:
            if [_shape(part) for part in made.parts] != [_shape(part) for part in parts]:
                continue
            pairs = [
                pair
                for instance in self.instances
                for pair in zip(leaves(parts, instance), leaves(made.parts, instance), strict=True)
            ]
            lent = [self.network.lends(earlier, mine) for mine, earlier in pairs]
            if any(lent) and False not in lent:
                return made.attribute
        return None

    def _comment(self, value: Value) -> str:
        """The shape of a value, for the stages of the network."""
        token = value.tokens[0]
        index = token if isinstance(token, int) else token[0]
        return str(self.graph.nodes[index].shape) if self.is_network else ""

    def _name_of(self, parts: list[Part]) -> str:
        if len(parts) == 1 and isinstance(parts[0], ModulePart):
            return self.network.attribute_word(parts[0])
        return "layers"

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

    # ---- items

    def items(self, items: tuple[Item, ...], lists: Sequence[Listed], value: Value) -> Value:
        """Write a list of items, for all uses at once. Returns the value at its end."""
        for position, item in enumerate(items):
            turns = [[entry for entry in listed.of(item) if entry.end > entry.start] for listed in lists]
            if any(turns):
                self.before_item(items, position, lists, value)
                value = self.item(item, turns, value)
        return value

    def before_item(
        self, items: tuple[Item, ...], position: int, lists: Sequence[Listed], value: Value
    ) -> None:
        """For the network: end the chain where another stage begins."""

    def hint(self, item: Item, turns: list[list[Entry]]) -> tuple[str, bool]:
        """A name for the chain that an item begins, and whether it is the spec's."""
        return self.context, False

    context = ""

    def item(self, item: Item, turns: list[list[Entry]], value: Value) -> Value:
        counts = [len(turn) for turn in turns]
        hint, exact = self.hint(item, turns)
        if set(counts) == {1}:
            return self.once(item, [turn[0] for turn in turns], value, hint, exact=exact)
        if len(set(counts)) == 1 and self.is_network and counts[0] > 1:
            return self._run(item, turns, value, hint, exact=exact)
        if max(counts) == 1:
            return self._conditional(item, turns, value, hint)
        return self._loop(item, turns, value, hint)

    def once(
        self, item: Item, entries: list[Entry], value: Value, hint: str, *, exact: bool = False
    ) -> Value:
        """An item that is there once in every use."""
        instances = [instance.at(entry) for instance, entry in zip(self.instances, entries, strict=True)]
        alone = self._shares(entries)
        entering = self._entering(item, entries, value)
        if alone and (
            isinstance(item, SequenceItem) or any(entry.end - entry.start > 1 for entry in entries)
        ):
            entering = entering if isinstance(item, BlockItem) else None
        if entering is not None:
            if alone:
                self.flush()
            try:
                parts, channels = self.chain_of(item, instances, entering.channels)
                for instance, mine in zip(self.instances, instances, strict=True):
                    _copy_leaves(parts, mine, instance)
                end = Value(tuple(self._last(entry) for entry in entries), channels, self._title(item))
                places = [(entry.start, entry.end) for entry in entries]
                self.append(parts, entering, end, "" if alone else hint, exact=exact, places=places)
                if alone:
                    self.flush()
                return end
            except NotAChain:
                pass
        return self.steps(item, instances, entries, value)

    def _shares(self, entries: Sequence[Entry]) -> bool:
        """Whether weights of items are used twice in one use of the class: their module is then called twice."""
        for use, entry in zip(self.instances, entries, strict=True):
            start, end = self.network.range_of(self, use.use)
            for index in range(entry.start, entry.end):
                others = (self.graph.nodes[index].owner, *self.network.borrowers.get(index, ()))
                if any(start <= other < end and not entry.start <= other < entry.end for other in others):
                    return True
        return False

    def _title(self, item: Item) -> str:
        return item.controls.name.text if item.controls.name is not None else ""

    def _last(self, entry: Entry) -> int:
        assert entry.last is not None
        return entry.last

    def _entering(self, item: Item, entries: list[Entry], value: Value) -> Value | None:
        """The value that an item reads; None if it reads nothing, or several values."""
        tokens = []
        for entry in entries:
            read = self.network.read_by(entry)
            if len(read) != 1:
                return None
            tokens.append(read[0])
        if tuple(tokens) == value.tokens:
            return value
        return self.value_of(tuple(tokens))

    # ---- what is a chain

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

    def _layer(
        self, item: LayerItem, instances: Sequence[Instance], channels: Expr | None
    ) -> tuple[list[Part], Expr | None]:
        """The modules of a layer, and of its norm and act."""
        roles: list[dict[int, Node]] = [{}, {}, {}]
        for position, instance in enumerate(instances):
            assert instance.entry is not None
            for index in range(instance.entry.start, instance.entry.end):
                node = self.graph.nodes[index]
                assert node.fit is not None
                first = index == instance.entry.start
                norm = node.fit.layer.family == "normalisation" and item.norm is not None
                roles[0 if first else 1 if norm else 2][position] = node
        parts: list[Part] = []
        for role, nodes in enumerate(roles):
            if not nodes:
                continue
            there = [instances[position] for position in nodes]
            made, leaving = self._node(item, list(nodes.values()), there, channels, main=role == 0)
            if len(nodes) < len(instances):
                flags = [position in nodes for position in range(len(instances))]
                word = "norm" if role == 1 else "act"
                condition = self.condition(flags, instances, word)
                parts.append(IfPart(condition, list(made), {id(where): where for where in there}))
            else:
                parts += made
            channels = leaving
        return parts, channels

    def _node(
        self,
        item: LayerItem,
        nodes: list[Node],
        instances: Sequence[Instance],
        channels: Expr | None,
        *,
        main: bool,
    ) -> tuple[list[ModulePart], Expr | None]:
        """The modules of one layer, in all places."""
        calls = [self.network.calls[node.index] for node in nodes]
        if len({len(call) for call in calls}) != 1 or not calls[0]:
            raise Unexpressible("calls")
        if any(not is_module(step) for call in calls for step in call) or any(
            node.fit is not None and (node.fit.layer.returns_indices or len(node.inputs) != 1)
            for node in nodes
        ):
            raise NotAChain
        givens = item.call.computed if main else {}
        first = instances[0].entry
        if main and item.first is not None and first is not None and first.repetition == 0:
            givens = item.first.call.computed
        hints = self.hints_of(givens, instances, channels)
        parts, leaving = [], None
        for number in range(len(calls[0])):
            entering = channels
            if calls[0][number].target == "nn.Linear":
                entering = self.flattened(nodes, channels) or channels
            part, out = self.module([call[number] for call in calls], instances, hints, entering)
            part.leaves = {
                id(instance): (node.index, number) for instance, node in zip(instances, nodes, strict=True)
            }
            parts.append(part)
            leaving = out or leaving
        return parts, self._leaving(nodes, instances, channels, leaving, hints)

    def _leaving(
        self,
        nodes: Sequence[Node],
        instances: Sequence[Instance],
        channels: Expr | None,
        known: Expr | None,
        hints: Mapping[str, list[Expr]],
    ) -> Expr | None:
        """The channels that leave nodes, as an expression."""
        values = [node.shape.channels for node in nodes if node.shape is not None]
        likely = [expr for expr in (known, channels, self.flattened(nodes, channels)) if expr is not None]
        for expr in likely:
            if holds(expr, values, instances):
                return expr
        more = [expr for exprs in hints.values() for expr in exprs]
        return chosen(values, instances, (), [*more, *likely, *map(name, instances[0].names)])

    def flattened(self, nodes: Sequence[Node], channels: Expr | None) -> Expr | None:
        """The features of a flattened volume: `512 * 7 * 7`."""
        shapes = {node.fit.inputs[0].spatial for node in nodes if node.fit is not None and node.fit.inputs}
        if channels is None or len(shapes) != 1:
            return None
        expr = channels
        for size in shapes.pop():
            expr = Expr("*", (expr, const(size)))
        return expr if expr is not channels and expr.parts[1].value != 1 else None

    def module(
        self,
        calls: Sequence[TorchCall],
        instances: Sequence[Instance],
        hints: Mapping[str, list[Expr]],
        channels: Expr | None,
    ) -> tuple[ModulePart, Expr | None]:
        """The construction of one module in all places, and the channels that it is given as those that leave it."""
        targets = [self.network.target(call) for call in calls]
        wrappers = {call.parametrization for call in calls}
        if len(wrappers) != 1:
            raise Unexpressible("parametrization")
        target = self.express(targets, instances, self._word_of_target(instances))
        written = [plain(call.target, call.arguments) for call in calls]
        defaults = [signature(call.target).defaults for call in calls]
        positional = signature(calls[0].target).positional
        if len(set(targets)) > 1:
            positional = ()
            if len({given.get("inplace") for given in written}) > 1:
                # What one of several kinds lacks is left to each.
                written = [
                    {key: value for key, value in given.items() if key != "inplace"} for given in written
                ]
        keys = list(dict.fromkeys(key for given in written for key in given))
        arguments: list[tuple[str | None, Expr]] = []
        leaving: Expr | None = None
        exprs: dict[str, Expr] = {}
        in_order = True
        for key in [*positional, *(key for key in keys if key not in positional)]:
            if key not in keys:
                in_order = False
                continue
            if any(key not in given for given in written):
                values = [
                    given.get(key, known.get(key)) for given, known in zip(written, defaults, strict=True)
                ]
            else:
                values = [given[key] for given in written]
            if key not in positional and all(
                key in known and _is_default(known[key], value)
                for known, value in zip(defaults, values, strict=True)
            ):
                continue
            expr = self._argument(key, values, instances, hints, channels, exprs)
            exprs[key] = expr
            if key in LEAVING:
                leaving = expr
            arguments.append((None if key in positional and in_order else key, expr))
        wrapper = wrappers.pop()
        part = ModulePart(target, arguments, wrapper=f"parametrizations.{wrapper}" if wrapper else "")
        return part, leaving

    def _word_of_target(self, instances: Sequence[Instance]) -> str:
        entry = instances[0].entry
        item: Any = entry.item if entry is not None else None
        sugar = getattr(item, "act", None)
        computed = getattr(sugar, "computed", None)
        words = sorted(computed.words) if computed is not None else []
        return words[0] if words else "act"

    def _argument(
        self,
        key: str,
        values: Sequence[Any],
        instances: Sequence[Instance],
        hints: Mapping[str, list[Expr]],
        channels: Expr | None,
        others: Mapping[str, Expr],
    ) -> Expr:
        likely = [expr for field in FIELDS.get(key, (key,)) for expr in hints.get(field, ())]
        likely += hints.get(key, [])
        if key in ENTERING and channels is not None:
            likely.append(channels)
        if key in LEAVING and channels is not None and not likely:
            # A depthwise convolution has as many channels as enter it.
            likely.append(channels)
        if key == "groups" and channels is not None and values[0] != 1:
            likely.append(channels)
        more = [expr for exprs in hints.values() for expr in exprs]
        if key == "padding":
            more += _paddings(others)
        return self.express(values, instances, key, likely, more)

    def condition(
        self, flags: Sequence[bool], instances: Sequence[Instance], word: str, hints: Sequence[Expr] = ()
    ) -> Expr:
        """A condition that is true in exactly these places; a new parameter if there is none."""
        for hint in hints:
            if holds(hint, flags, instances):
                return hint
        names = [name(key) for key in instances[0].names]
        expr = conditions(flags, instances, [*names, *self.pool.values()])
        return expr if expr is not None else self.names.hidden(word, flags, instances)

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
                made, channels = self.repeated(item, turns, instances, channels)
            else:
                inner = [instance.at(turn[0]) for instance, turn in zip(instances, turns, strict=True)]
                made, channels = self.chain_of(item, inner, channels)
                for instance, mine in zip(instances, inner, strict=True):
                    _copy_leaves(made, mine, instance)
            parts += made
        return parts, channels

    # ---- uses of blocks

    def use(
        self, item: BlockItem, instances: Sequence[Instance], channels: Expr | None
    ) -> tuple[ModulePart, Expr | None]:
        """The construction of a block in all places. Raises `NotAChain` if it has several inputs or outputs."""
        entries = [instance.entry for instance in instances if instance.entry is not None]
        writers = {id(self.network.writer_of(entry)): self.network.writer_of(entry) for entry in entries}
        if len(writers) != 1:
            raise Unexpressible(item.block)
        (writer,) = writers.values()
        if len(writer.inputs) != 1 or len(writer.outputs) != 1:
            raise NotAChain
        return self.construct(item.block, writer, entries, instances, channels)

    def construct(
        self,
        word: str,
        writer: "ClassWriter",
        entries: Sequence[Entry],
        instances: Sequence[Instance],
        channels: Expr | None,
    ) -> tuple[ModulePart, Expr | None]:
        """The call of a class's constructor, and the channels that leave its first output."""
        numbers = [self.network.number_of(entry) for entry in entries]
        arguments: list[tuple[str | None, Expr]] = []
        by_name: dict[str, Expr] = {}
        givens = [given_arguments(entry) if isinstance(entry.item, BlockItem) else {} for entry in entries]
        for position, (key, parameter) in enumerate(writer.signature()):
            values = [parameter.values[number] for number in numbers]
            default = parameter.default
            if key == "channels":
                likely = [channels] if channels is not None else []
            else:
                given = givens[0].get(parameter.of or "")
                likely = (
                    [] if given is None else self.names.translations(given, self._more(instances, channels))
                )
                likely += [name(key)] if key in instances[0].names and parameter.of is None else []
            expr = self.express(values, instances, key, likely)
            by_name[key] = expr
            if default is not None and all(same(default.evaluate({}), value) for value in values):
                continue
            arguments.append((None if position < 2 and default is None else key, expr))
        part = ModulePart(const(Reference(writer.title)), arguments)
        part.leaves = {id(instance): entry for instance, entry in zip(instances, entries, strict=True)}
        leaving = writer.outputs[0].channels
        nodes = [self.graph.nodes[self._last(entry)] for entry in entries]
        for key, local in writer.names.locals.items():
            by_name[key] = local.replaced(by_name)
        outside = leaving.replaced(by_name) if leaving is not None else None
        if outside is not None and not outside.names <= set(instances[0].names):
            outside = None
        return part, self._leaving(nodes, instances, channels, outside, {})

    # ---- repetitions and conditions

    def _conditional(self, item: Item, turns: list[list[Entry]], value: Value, hint: str) -> Value:
        if any(self._shares([turn[0]] * len(turns)) for turn in turns if turn and len(turns) == 1):
            raise NotAChain
        entering = self._entering_where(turns, value)
        parts, channels = self.repeated(item, turns, self.instances, entering.channels)
        tokens = tuple(
            self._last(turn[-1]) if turn else token
            for turn, token in zip(turns, entering.tokens, strict=True)
        )
        places = [(turn[0].start, turn[0].end) if turn else None for turn in turns]
        return self.append(parts, entering, Value(tokens, channels), hint, places=places)

    def _loop(self, item: Item, turns: list[list[Entry]], value: Value, hint: str) -> Value:
        counts = {len(turn) for turn in turns}
        try:
            return self._conditional(item, turns, value, hint)
        except (NotAChain, Unexpressible):
            if len(counts) != 1:
                raise Unexpressible(hint) from None
        for entries in zip(*turns, strict=True):
            value = self.once(item, list(entries), value, hint)
        return value

    def _entering_where(self, turns: list[list[Entry]], value: Value) -> Value:
        """The value that enters where an item is there; the same value where it is not."""
        for turn, token in zip(turns, value.tokens, strict=True):
            last: Token | None = token
            for entry in turn:
                if self.network.read_by(entry) != (last,):
                    raise NotAChain
                last = entry.last
        return value

    def repeated(
        self, item: Item, turns: list[list[Entry]], instances: Sequence[Instance], channels: Expr | None
    ) -> tuple[list[Part], Expr | None]:
        """An item that is there once or not at all, or several times, as parts."""
        counts = [len(turn) for turn in turns]
        if max(counts) == 1:
            return self._where(item, turns, instances, channels)
        attempts: list[Callable[[], tuple[list[Part], Expr | None]]] = [
            lambda: self._turns(item, turns, instances, channels, 0, counts),
            lambda: self._first_and_rest(item, turns, instances, channels, counts),
        ]
        if not isinstance(item, BlockItem):
            attempts.insert(1, lambda: self._updating(item, turns, instances, channels, counts))
        for attempt in attempts:
            try:
                return attempt()
            except Unexpressible:
                continue
        if len(set(counts)) == 1:
            parts: list[Part] = []
            for entries in zip(*turns, strict=True):
                made, channels = self._each(item, entries, instances, channels)
                parts += made
            return parts, channels
        raise Unexpressible("repeat")

    def _each(
        self, item: Item, entries: Sequence[Entry], instances: Sequence[Instance], channels: Expr | None
    ) -> tuple[list[Part], Expr | None]:
        inner = [instance.at(entry) for instance, entry in zip(instances, entries, strict=True)]
        made, channels = self.chain_of(item, inner, channels)
        for instance, mine in zip(instances, inner, strict=True):
            _copy_leaves(made, mine, instance)
        return made, channels

    def _where(
        self, item: Item, turns: list[list[Entry]], instances: Sequence[Instance], channels: Expr | None
    ) -> tuple[list[Part], Expr | None]:
        """An item that is there in some places only."""
        flags = [bool(turn) for turn in turns]
        there = {
            id(instance): instance.at(turn[0])
            for instance, turn in zip(instances, turns, strict=True)
            if turn
        }
        hints: list[Expr] = []
        if (when := item.controls.when) is not None:
            hints = self.names.translations(when, {"in.channels": channels} if channels is not None else {})
        made, leaving = self.chain_of(item, list(there.values()), channels)
        word = item.controls.name.text if item.controls.name is not None else "extra"
        condition = self.condition(flags, instances, word, hints)
        values = []
        for instance, turn in zip(instances, turns, strict=True):
            node = self.graph.nodes[self._last(turn[0])] if turn else None
            if node is not None and node.shape is not None:
                values.append(node.shape.channels)
            elif channels is not None:
                values.append(channels.evaluate(instance.names))
            else:
                return [IfPart(condition, made, there)], None
        if leaving is None or not holds(leaving, values, instances):
            names = [name(key) for key in instances[0].names]
            leaving = chosen(values, instances, (), [*([channels] if channels else []), *names])
        return [IfPart(condition, made, there)], leaving

    def _turns(
        self,
        item: Item,
        turns: list[list[Entry]],
        instances: Sequence[Instance],
        channels: Expr | None,
        start: int,
        counts: Sequence[int],
        update: tuple[str, Expr] | None = None,
        values: Mapping[int, Any] | None = None,
    ) -> tuple[list[Part], Expr | None]:
        """Repetitions from `start` as a loop: all are the same code."""
        inner: dict[int, list[Instance]] = {}
        for instance, turn in zip(instances, turns, strict=True):
            inner[id(instance)] = [
                instance.at(entry, i=number, **(values or {}).get(id(entry), {}))
                for number, entry in enumerate(turn)
                if number >= start
            ]
        every = [mine for instance in instances for mine in inner[id(instance)]]
        if not every:
            raise Unexpressible("loop")
        entering = self._entering_channels(every, channels, turns, start)
        made, leaving = self.chain_of(item, every, entering)
        hints = []
        if item.controls.repeat is not None:
            hints = self.names.translations(item.controls.repeat, self._more(instances, channels))
        count = self.express(list(counts), instances, "repeats", hints)
        after = self._after(turns, instances, leaving)
        if len(instances) == 1 and len(every) == 1 and update is None:
            _copy_leaves(made, every[0], instances[0])
            return made, after
        if len(made) == 1 and isinstance(made[0], ModulePart) and update is None:
            return [SplatPart(made[0], count, start, inner)], after
        return [ForPart(made, count, start, inner, update)], after

    def _entering_channels(
        self, every: list[Instance], channels: Expr | None, turns: list[list[Entry]], start: int
    ) -> Expr | None:
        values = [shape.channels for shape in map(self._entering_shape, every) if shape is not None]
        if len(values) != len(every):
            return None
        likely = [] if channels is None else [channels]
        return chosen(
            values, every, likely, [*self.pool.values(), *(name(key) for key in every[0].names if key != "i")]
        )

    def _after(
        self, turns: list[list[Entry]], instances: Sequence[Instance], leaving: Expr | None
    ) -> Expr | None:
        """The channels after the last repetition."""
        values = []
        for turn in turns:
            if not turn:
                return None
            shape = self.graph.nodes[self._last(turn[-1])].shape
            assert shape is not None
            values.append(shape.channels)
        likely = [leaving] if leaving is not None and "i" not in leaving.names else []
        return chosen(values, instances, likely, [name(key) for key in instances[0].names])

    def _first_and_rest(
        self,
        item: Item,
        turns: list[list[Entry]],
        instances: Sequence[Instance],
        channels: Expr | None,
        counts: Sequence[int],
    ) -> tuple[list[Part], Expr | None]:
        if min(counts) < 1:
            raise Unexpressible("first")
        first, leaving = self._each(item, [turn[0] for turn in turns], instances, channels)
        rest, after = self._turns(item, turns, instances, leaving, 1, counts)
        return [*first, *rest], after

    def _updating(
        self,
        item: Item,
        turns: list[list[Entry]],
        instances: Sequence[Instance],
        channels: Expr | None,
        counts: Sequence[int],
    ) -> tuple[list[Part], Expr | None]:
        """A loop in which the name `channels` gets a new value in each turn."""
        if channels is None or channels.text() != "channels" or self.is_network:
            raise Unexpressible("update")
        values: dict[int, Any] = {}
        ends: dict[int, int] = {}
        for turn in turns:
            for entry in turn:
                shape, end = (
                    self.graph.nodes[entry.entering or 0].shape,
                    self.graph.nodes[self._last(entry)].shape,
                )
                assert shape is not None
                assert end is not None
                values[id(entry)] = {"channels": shape.channels}
                ends[id(entry)] = end.channels
        parts, _ = self._turns(item, turns, instances, channels, 0, counts, ("channels", channels), values)
        (part,) = parts
        assert isinstance(part, ForPart)
        every = [mine for instance in instances for mine in part.turns[id(instance)]]
        after = [ends[id(mine.entry)] for mine in every]
        hints = [expr for inner in _modules(part.parts) for _, expr in inner.arguments]
        part.update = ("channels", self.express(after, every, "leaving", (), hints))
        for instance in instances:
            mine = part.turns[id(instance)]
            if mine:
                instance.names["channels"] = ends[id(mine[-1].entry)]
        return parts, name("channels")

    # ---- what is no chain

    def steps(self, item: Item, instances: list[Instance], entries: list[Entry], value: Value) -> Value:
        """An item as steps of the forward."""
        match item:
            case LayerItem():
                return self._layer_steps(item, instances, entries)
            case BlockItem():
                return self._block_step(item, instances, entries)
            case SequenceItem():
                return self.items(item.items, [entry.lists[0] for entry in entries], self._at(entries))
            case ResidualItem():
                return self._residual(item, entries)
            case MergeItem():
                return self._merge(item, instances, entries)
        raise Unexpressible(str(item))

    def _at(self, entries: list[Entry]) -> Value:
        """The value that enters items."""
        if any(entry.entering is None for entry in entries):
            return Value((None,) * len(entries))  # type: ignore[arg-type]
        tokens = tuple(entry.entering for entry in entries if entry.entering is not None)
        if self.chain is not None and self.chain.end.tokens == tokens:
            return self.chain.end
        return self.value_of(tokens)

    def _layer_steps(self, item: LayerItem, instances: list[Instance], entries: list[Entry]) -> Value:
        """A layer, and its norm and act, one step for each call."""
        self.flush()
        counts = {entry.end - entry.start for entry in entries}
        if len(counts) != 1:
            raise Unexpressible("norm and act")
        value: Value | None = None
        for offset in range(counts.pop()):
            nodes = [self.graph.nodes[entry.start + offset] for entry in entries]
            value = self.node_steps(
                nodes, instances, item.call.computed if not offset else {}, self._title(item)
            )
        assert value is not None
        return value

    def node_steps(
        self, nodes: list[Node], instances: list[Instance], givens: Mapping[str, ValueExpr], title: str = ""
    ) -> Value:
        """The calls of one layer in every use, as steps."""
        operands = self.operands(nodes)
        calls = [self.network.calls[node.index] for node in nodes]
        if len({len(call) for call in calls}) != 1 or not calls[0]:
            raise Unexpressible("calls")
        channels = operands[0].channels if operands else None
        hints = self.hints_of(givens, instances, channels)
        known: Expr | None = None
        results: list[Value] = []
        for number in range(len(calls[0])):
            final = number == len(calls[0]) - 1
            step = [call[number] for call in calls]
            if final:
                results = [Value(tuple(node.index for node in nodes), None, title)]
                if nodes[0].fit is not None and nodes[0].fit.layer.returns_indices:
                    results.append(Value(tuple((node.index, "indices") for node in nodes), None, "indices"))
            else:
                results = [Value(tuple((node.index, f"call {number}") for node in nodes))]
            if is_module(step[0]):
                part, out = self.module(step, instances, hints, channels)
                part.leaves = {
                    id(mine): (node.index, number) for mine, node in zip(self.instances, nodes, strict=True)
                }
                self._module_step(part, operands, results, title if final else "")
                known = out or known
            else:
                self._function_step(step, instances, hints, operands, results)
            operands = [results[0]]
        results[0].channels = self._leaving(nodes, instances, channels, known, hints)
        if (
            len(nodes[0].inputs) > 1
            and results[0].channels is not None
            and results[0].channels.kind == "const"
        ):
            results[0].channels = self._sum(nodes, instances) or results[0].channels
        return results[0]

    def _sum(self, nodes: list[Node], instances: list[Instance]) -> Expr | None:
        """The channels of all operands together."""
        total: Expr | None = None
        for operand in self.operands(nodes):
            if operand.channels is None:
                return None
            total = operand.channels if total is None else Expr("+", (total, operand.channels))
        values = [node.shape.channels for node in nodes if node.shape is not None]
        return total if total is not None and total.names and holds(total, values, instances) else None

    def _module_step(self, part: ModulePart, operands: list[Value], results: list[Value], title: str) -> None:
        self.flush()
        attribute = self._shared([part])
        if attribute is None:
            word = title or self.context_single or self.network.attribute_word(part)
            attribute = Attribute(word, exact=bool(title))
            self.made.append(Made(attribute, [part]))
        called = attribute
        self.operations.append(
            Operation(
                lambda texts: f"self.{called.name}({', '.join(texts)})",
                operands,
                results,
                binds=False,
                module=True,
                attributes=[attribute],
                comment=self._comment(results[0]),
            )
        )
        self.values += results

    context_single = ""

    def _function_step(
        self,
        calls: list[TorchCall],
        instances: list[Instance],
        hints: Mapping[str, list[Expr]],
        operands: list[Value],
        results: list[Value],
    ) -> None:
        call = calls[0]
        alike = all(
            (other.target, other.operands, other.numbers, other.views)
            == (call.target, call.operands, call.numbers, call.views)
            for other in calls
        )
        if not alike:
            raise Unexpressible(call.target)
        likely = [expr for exprs in hints.values() for expr in exprs]
        arguments = {
            key: self.express(
                [other.arguments[key] for other in calls],
                instances,
                "factor" if key == "other" else key,
                likely,
            )
            for key in call.arguments
        }
        outside = 7 if call.operands == "first" else 0
        kept = {key: self._kept(key, expr) for key, expr in arguments.items() if expr.names}
        plain = {key: expr.text(outside) for key, expr in arguments.items() if key not in kept}
        self.flush()

        def render(texts: Sequence[str]) -> str:
            named = {key: f"self.{flag.name}" for key, flag in kept.items()}
            return function(call, {key: {**plain, **named}[key] for key in arguments})(texts)

        self.operations.append(
            Operation(render, operands, results, binds=operator_like(call), attributes=list(kept.values()))
        )
        self.values += results

    def _kept(self, word: str, expr: Expr) -> Attribute:
        """An attribute for a value that the forward needs and the constructor knows."""
        flag = Attribute("factor" if word == "other" else word)
        self.flags.append((flag, expr))
        return flag

    def _block_step(self, item: BlockItem, instances: list[Instance], entries: list[Entry]) -> Value:
        """A block with several inputs or outputs."""
        self.flush()
        writers = {id(self.network.writer_of(entry)): self.network.writer_of(entry) for entry in entries}
        if len(writers) != 1:
            raise Unexpressible(item.block)
        (writer,) = writers.values()
        numbers = [self.network.number_of(entry) for entry in entries]
        operands = [
            self.value_of(tuple(given.tokens[number] for number in numbers)) for given in writer.inputs
        ]
        channels = None
        if entries[0].entering is not None and all(entry.entering is not None for entry in entries):
            tokens = tuple(entry.entering for entry in entries)
            channels = next(
                (value.channels for value in reversed(self.values) if value.tokens == tokens), None
            )
        part, leaving = self.construct(item.block, writer, entries, instances, channels)
        for instance, entry in zip(self.instances, entries, strict=True):
            part.leaves[id(instance)] = entry
        results = [
            Value(tuple(given.tokens[number] for number in numbers), None, given.name)
            for given in writer.outputs
        ]
        results[0].channels = leaving
        if item.controls.name is not None and not results[0].name:
            results[0].name = item.controls.name.text
        title = self._title(item)
        self._module_step(part, operands, results, title)
        last = tuple(self._last(entry) for entry in entries)
        return next(value for value in results if value.tokens == last)

    def _residual(self, item: ResidualItem, entries: list[Entry]) -> Value:
        source = self._at(entries)
        if self.chain is not None:
            self.flush()
        body = self._branch(item.body, [entry.lists[0] for entry in entries], source, "body")
        self.body_channels = body.channels
        own = [list(entry.own) for entry in entries]
        sums = [bool(mine) for mine in own]
        if not any(sums):
            return body
        side = source
        if isinstance(item.shortcut, tuple):
            side = self._branch(item.shortcut, [entry.lists[1] for entry in entries], source, "shortcut")
        elif any(len(mine) > 1 for mine in own):
            side = self._projection(own, source)
        tokens = tuple(self._last(entry) for entry in entries)
        result = Value(tokens, body.channels or source.channels)
        if all(sums):
            self.flush()
            nodes = [self.graph.nodes[mine[-1]] for mine in own]
            if [self.value_of(tuple(node.reads[k] for node in nodes)) for k in (0, 1)] != [body, side]:
                raise Unexpressible("residual")
            self.operations.append(
                Operation(lambda texts: f"{texts[0]} + {texts[1]}", [body, side], [result])
            )
        else:
            instances = [instance.at(entry) for instance, entry in zip(self.instances, entries, strict=True)]
            hints = [Expr("==", (expr, other)) for expr, other in self._pairs(source, body)]
            more = [name(key) for key in instances[0].names if key == "stride"]
            hints = [
                Expr("and", (Expr("==", (stride, const(1))), hint)) for stride in more for hint in hints
            ] + hints
            condition = self.condition(sums, instances, "residual", hints)
            flag = Attribute("residual")
            self.flags.append((flag, condition))
            self.flush()
            self.operations.append(
                Operation(
                    lambda texts: f"{texts[0]} + {texts[1]} if self.{flag.name} else {texts[0]}",
                    [body, side],
                    [result],
                    repeats=True,
                    attributes=[flag],
                )
            )
        self.values.append(result)
        return result

    def _pairs(self, source: Value, body: Value) -> list[tuple[Expr, Expr]]:
        if source.channels is None or body.channels is None:
            return []
        return [(source.channels, body.channels)]

    def _branch(self, items: tuple[Item, ...], lists: list[Listed], source: Value, word: str) -> Value:
        """A branch: what it gives is a value, and its modules have a name that says where they are."""
        self.flush()
        was, self.context = self.context, word
        was_single, self.context_single = self.context_single, ""
        result = self.items(items, lists, source)
        self.flush()
        self.context, self.context_single = was, was_single
        tokens = tuple(token if token is not None else -1 for token in (listed.last for listed in lists))
        if result.tokens != tokens:
            result = self.value_of(tokens)
        return result

    def _projection(self, own: list[list[int]], source: Value) -> Value:
        """The projection of a shortcut, where there is one."""
        instances = [
            instance.at(self.network.entry_at(mine[-1]))
            for instance, mine in zip(self.instances, own, strict=True)
        ]
        there = [instance for instance, mine in zip(instances, own, strict=True) if len(mine) > 1]
        nodes = [[self.graph.nodes[index] for index in mine[:-1]] for mine in own if len(mine) > 1]
        if len({len(mine) for mine in nodes}) != 1:
            raise Unexpressible("projection")
        parts: list[Part] = []
        channels = source.channels
        for position in range(len(nodes[0])):
            these = [mine[position] for mine in nodes]
            calls = [self.network.calls[node.index] for node in these]
            if len({len(call) for call in calls}) != 1:
                raise Unexpressible("projection")
            for number in range(len(calls[0])):
                likely = {"filters": [expr for expr in (self.body_channels,) if expr is not None]}
                part, out = self.module([call[number] for call in calls], there, likely, channels)
                part.leaves = {
                    id(mine): (node.index, number) for mine, node in zip(there, these, strict=True)
                }
                parts.append(part)
                channels = out or channels
        tokens: tuple[Token, ...] = tuple(
            mine[-2] if len(mine) > 1 else token for mine, token in zip(own, source.tokens, strict=True)
        )
        if len(there) < len(instances):
            flags = [len(mine) > 1 for mine in own]
            condition = self.condition(flags, instances, "project", self._project_hints(source))
            inner = {
                id(instance): mine
                for instance, mine in zip(self.instances, instances, strict=True)
                if mine in there
            }
            parts = [IfPart(condition, parts, inner)]
        else:
            for instance, mine in zip(self.instances, instances, strict=True):
                _copy_leaves(parts, mine, instance)
        self.flush()
        was, self.context = self.context, "shortcut"
        result = self.append(parts, source, Value(tokens, channels), "shortcut")
        self.flush()
        self.context = was
        return result

    body_channels: Expr | None = None

    def _project_hints(self, source: Value) -> list[Expr]:
        made: list[Expr] = []
        if source.channels is not None and self.body_channels is not None:
            differ = Expr("!=", (source.channels, self.body_channels))
            strides = [
                Expr("!=", (name(key), const(1))) for key in self.instances[0].names if key == "stride"
            ]
            made += [Expr("or", (stride, differ)) for stride in strides]
            made.append(differ)
        return made

    def _merge(self, item: MergeItem, instances: list[Instance], entries: list[Entry]) -> Value:
        """A merge: its branches, and the layer that joins them."""
        self._at(entries)
        self.flush()
        branches = [operand.branch for operand in item.operands if operand.branch is not None]
        full = [branch for branch in branches if branch]
        number = 0
        for position, branch in enumerate(branches):
            lists = [entry.lists[position] for entry in entries]
            if not branch or all(not listed.entries for listed in lists):
                continue
            number += 1
            word = "branch" if len(full) == 1 else f"branch{number}"
            source = self.value_of_or_none(tuple(listed.entering for listed in lists))
            self._branch(branch, lists, source, word)
        nodes = [self.graph.nodes[list(entry.own)[-1]] for entry in entries]
        return self.node_steps(nodes, instances, item.call.computed, self._title(item))

    def value_of_or_none(self, tokens: tuple[int | None, ...]) -> Value:
        if any(token is None for token in tokens):
            return Value((None,) * len(tokens))  # type: ignore[arg-type]
        return self.value_of(tuple(token for token in tokens if token is not None))

    def _run(self, item: Item, turns: list[list[Entry]], value: Value, hint: str, *, exact: bool) -> Value:
        """A repeated item of the network."""
        return self._loop(item, turns, value, hint)

    # ---- the whole

    def write(self) -> None:
        """Write the class: after that its inputs, outputs and parts are known."""
        self.inputs = self.network.inputs_of(self)
        self.values = list(self.inputs)
        entering = self.uses[0].entering
        start = Value((None,) * len(self.uses))  # type: ignore[arg-type]
        if entering is not None:
            tokens = tuple(use.entering for use in self.uses)
            start = next((value for value in self.inputs if value.tokens == tokens), start)
        self.items(self.uses[0].items, self.uses, start)
        self.flush()
        self.outputs = [self.value_of(tokens) for tokens in self.network.outputs_of(self)]

    def signature(self) -> list[tuple[str, Any]]:
        """The parameters that something uses: first those without a default."""
        names = self.used_names()
        wanted = [(key, parameter) for key, parameter in self.names.parameters.items() if key in names]
        return sorted(wanted, key=lambda pair: pair[1].default is not None)

    def used_names(self) -> set[str]:
        names = {
            word for made in self.made for part in made.parts for expr in part.exprs for word in expr.names
        }
        names |= {word for _, condition in self.flags for word in condition.names}
        for word, expr in reversed(self.names.locals.items()):
            if word in names:
                names |= expr.names
        return names


def _is_default(default: Any, value: Any) -> bool:
    """Whether PyTorch does the same with both: 1 and 1.0 are one number, but true is not 1."""
    return bool(default == value) and isinstance(default, bool) == isinstance(value, bool)


def _shape(part: Part) -> Any:
    """What a part constructs, without where."""
    if isinstance(part, ModulePart):
        return part.text()
    return [type(part).__name__, *(expr.text() for expr in part.exprs)]


def _modules(parts: Sequence[Part]) -> list[ModulePart]:
    return [part for part in parts if isinstance(part, ModulePart)]


def _paddings(others: Mapping[str, Expr]) -> list[Expr]:
    """What a padding may be that keeps the size."""
    made = []
    if (kernel := others.get("kernel_size")) is not None and kernel.kind == "name":
        made.append(Expr("//", (kernel, const(2))))
        if (dilation := others.get("dilation")) is not None:
            made.append(Expr("*", (dilation, Expr("//", (kernel, const(2))))))
    if (dilation := others.get("dilation")) is not None:
        made.append(dilation)
    return made


def _copy_leaves(parts: Sequence[Part], inner: Instance, outer: Instance) -> None:
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

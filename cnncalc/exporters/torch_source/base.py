"""What all parts of a class writer know: the uses of the class, the values so far, and the open chain of modules."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnncalc.exporters.torch_source.blocks import Names, Parameter
from cnncalc.exporters.torch_source.choosing import Unexpressible
from cnncalc.exporters.torch_source.expression import Expr
from cnncalc.exporters.torch_source.flow import Attribute, Operation, Token, Value
from cnncalc.exporters.torch_source.parts import Instance, ModulePart, Part
from cnncalc.exporters.torch_source.trace import Entry, Listed
from cnncalc.graph import Node
from cnncalc.spec import BlockItem, Item

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


class Base:
    """A class that is written: its modules, and the steps of its forward."""

    # What the chain here is called, and a single module: of a branch or a body.
    context = ""
    context_single = ""
    # The channels at the end of the body of the residual that is written.
    body_channels: Expr | None = None

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

    def value_of(self, tokens: tuple[Token, ...]) -> Value:
        """The value that these tensors are. Raises `Unexpressible` if there is none here."""
        self.flush()
        for value in reversed(self.values):
            if value.tokens == tokens:
                return value
        raise Unexpressible("operand")

    def value_of_or_none(self, tokens: tuple[int | None, ...]) -> Value:
        if any(token is None for token in tokens):
            return Value((None,) * len(tokens))  # type: ignore[arg-type]
        return self.value_of(tuple(token for token in tokens if token is not None))

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

    def _title(self, item: Item) -> str:
        return item.controls.name.text if item.controls.name is not None else ""

    def _last(self, entry: Entry) -> int:
        assert entry.last is not None
        return entry.last

    def flush(self) -> None:
        """End the open chain: it becomes an attribute, and its call a step of the forward."""
        raise NotImplementedError

    def items(self, items: tuple[Item, ...], lists: Sequence[Listed], value: Value) -> Value:
        """Write a list of items, for all uses at once. Returns the value at its end."""
        raise NotImplementedError

    def once(
        self, item: Item, entries: list[Entry], value: Value, hint: str, *, exact: bool = False
    ) -> Value:
        """Write an item that is there once in every use."""
        raise NotImplementedError

    def use(
        self, item: BlockItem, instances: Sequence[Instance], channels: Expr | None
    ) -> tuple[ModulePart, Expr | None]:
        """The construction of a block in all places. Raises `NotAChain` if it has several inputs or outputs."""
        raise NotImplementedError

    def repeated(
        self, item: Item, turns: list[list[Entry]], instances: Sequence[Instance], channels: Expr | None
    ) -> tuple[list[Part], Expr | None]:
        """An item that is there once or not at all, or several times, as parts."""
        raise NotImplementedError

    def shares(self, entries: Sequence[Entry]) -> bool:
        """Whether weights of items are used twice in one use of the class: their module is then called twice."""
        raise NotImplementedError

    def turns(
        self,
        item: Item,
        turns: list[list[Entry]],
        instances: Sequence[Instance],
        channels: Expr | None,
        start: int,
        counts: Sequence[int],
    ) -> tuple[list[Part], Expr | None]:
        """Repetitions from `start` as a loop: all are the same code. Raises `Unexpressible`."""
        raise NotImplementedError

    def updating(
        self,
        item: Item,
        turns: list[list[Entry]],
        instances: Sequence[Instance],
        channels: Expr | None,
        counts: Sequence[int],
    ) -> tuple[list[Part], Expr | None]:
        """A loop in which the name `channels` gets a new value in each turn. Raises `Unexpressible`."""
        raise NotImplementedError

    def signature(self) -> list[tuple[str, Parameter]]:
        """The parameters of the constructor that something uses."""
        raise NotImplementedError

    def at(self, entries: list[Entry]) -> Value:
        """The value that enters items."""
        raise NotImplementedError

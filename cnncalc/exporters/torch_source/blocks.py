"""The names in the constructor of a class: their values in each use of the block, and the parameters it needs."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from keyword import iskeyword
from typing import Any

from cnncalc.exporters.torch_source.choosing import Unexpressible, holds, same
from cnncalc.exporters.torch_source.expression import Expr, NoValue, Reference, const, name
from cnncalc.exporters.torch_source.parts import Instance
from cnncalc.exporters.torch_source.trace import Entry, Listed
from cnncalc.exporters.torch_source.translating import translated
from cnncalc.graph import Graph
from cnncalc.spec import ValueExpr
from cnncalc.spec.model import Parameter as SpecParameter
from cnncalc.text import Expression

SIZES = frozenset(("in.height", "in.width", "in.length", "in.depth"))
# Names that the body of a constructor uses itself.
RESERVED = frozenset(
    ("self", "x", "i", "nn", "torch", "F", "Tensor", "math", "layers", "range", "super", "round_to")
)


class Parameter:
    """A parameter of a constructor: its value in each use of the class, and its default, if it has one."""

    def __init__(self, values: Sequence[Any], default: Expr | None = None, of: str | None = None) -> None:
        self.values, self.default = tuple(values), default
        # The parameter of the spec's block that it is.
        self.of = of

    @property
    def annotation(self) -> str:
        kinds = {type(value) for value in self.values}
        if self.default is not None and self.default.kind == "const":
            kinds.add(type(self.default.value))
        if Reference in kinds:
            return "type[nn.Module]"
        if kinds == {int, float}:
            return "float"
        words = sorted("None" if kind is type(None) else kind.__name__ for kind in kinds)
        if "tuple" in words:
            words[words.index("tuple")] = "tuple[int, ...]"
        return " | ".join(sorted(words, key=lambda word: word == "None"))


class Names:
    """The names in a constructor. Parameters and local names are there if something uses them."""

    def __init__(self, graph: Graph, uses: list[Listed], entries: list[Entry] | None) -> None:
        self.graph, self.uses = graph, uses
        self.parameters: dict[str, Parameter] = {}
        # Names that the constructor computes first.
        self.locals: dict[str, Expr] = {}
        # What `$name` is in Python; and which of these are the network's.
        self.known: dict[str, Expr] = {}
        self.outside: set[str] = set()
        self.instances = [Instance(index, {}) for index in range(len(uses))]
        self.is_network = entries is None
        self._own = self._block_parameters(entries)
        if entries is not None:
            self._add_channels()
        self._add_network(graph)
        if entries is not None:
            self._add_parameters(entries)

    def _add_channels(self) -> None:
        shapes = [self.graph.nodes[use.entering].shape for use in self.uses if use.entering is not None]
        if len(shapes) == len(self.uses) and all(shape is not None for shape in shapes):
            self.add("channels", Parameter([shape.channels for shape in shapes if shape is not None]))

    def add(self, word: str, parameter: Parameter) -> None:
        self.parameters[word] = parameter
        for instance, value in zip(self.instances, parameter.values, strict=True):
            instance.names[word] = value

    def free(self, word: str) -> str:
        """The name, or one like it that is not used yet."""
        word = word if word.isidentifier() else "value"
        while iskeyword(word) or word in RESERVED or word in self.parameters or word in self.locals:
            word += "_"
        return word

    def _block_parameters(self, entries: list[Entry] | None) -> Mapping[str, SpecParameter]:
        frame = self.uses[0].scope.frame
        if not entries or frame is None or entries[0].item is not frame.item:
            return {}
        return self.graph.spec.blocks[frame.item.block].parameters

    def _add_parameters(self, entries: list[Entry]) -> None:
        for key, parameter in self._own.items():
            values = [_value(use.scope.parameters.get(key)) for use in self.uses]
            if any(value is None or isinstance(value, str | dict) for value in values):
                continue
            default = parameter.default
            if default is not None and not default.constant and self._left_out(key, entries):
                expr = self.translate(default, values, self.instances)
                if expr is not None and expr.kind == "name":
                    self.known[key] = expr
                    continue
                if expr is None and any(word in SIZES for word in default.words):
                    # What needs a size is not known in a constructor.
                    continue
                if expr is not None:
                    word = self.free(key)
                    self.locals[word] = expr
                    self._value_of(word, key, values)
                    continue
            word = self.free(key)
            given = const(_value(default.value)) if default is not None and default.constant else None
            self.add(word, Parameter(values, given, key))
            self.known[key] = name(word)

    def _value_of(self, word: str, key: str, values: Sequence[Any]) -> None:
        for instance, value in zip(self.instances, values, strict=True):
            instance.names[word] = value
        self.known[key] = name(word)

    def _left_out(self, key: str, entries: list[Entry]) -> bool:
        """Whether no use gives the parameter a value."""
        return not any(key in given_arguments(entry) for entry in entries)

    def _add_network(self, graph: Graph) -> None:
        """The network's parameters: a block has whole numbers among them as parameters with defaults."""
        for key, value in graph.values.items():
            value = _value(value)
            if key in self.known or isinstance(value, str | dict) or value is None:
                continue
            self.outside.add(key)
            if self.is_network or not isinstance(value, int) or isinstance(value, bool) or value == 1:
                self.known[key] = const(value)
                continue
            word = self.free(f"{key}_" if key in self._own else key)
            self.add(word, Parameter([value] * len(self.uses), const(value)))
            self.known[key] = name(word)

    def translate(
        self,
        given: ValueExpr,
        values: Sequence[Any],
        instances: Sequence[Instance],
        more: Mapping[str, Expr] | None = None,
    ) -> Expr | None:
        """A spec's value in Python; None if that has not these values in these places."""
        for expr in self.translations(given, more):
            if holds(expr, values, instances):
                return expr
        return None

    def translations(self, given: ValueExpr, more: Mapping[str, Expr] | None = None) -> list[Expr]:
        """What a spec's value may be in Python."""
        if given.constant:
            value = _value(given.value)
            return [] if isinstance(value, dict) else [const(value)]
        # The names in a value from outside any block are the network's parameters.
        own = {key: expr for key, expr in self.known.items() if not given.outside or key in self.outside}
        known = {**own, **(more or {})}
        if "channels" in self.parameters:
            known.setdefault("in.channels", name("channels"))
        if isinstance(given.value, Expression):
            numbers = {key: _exact(expr) for key, expr in known.items()}
            plain = {key: self._network_constant(key, expr) for key, expr in numbers.items()}
            forms = [
                translated(given.value, numbers, whole=True),
                translated(given.value, plain, whole=False),
                translated(given.value, known, whole=False),
            ]
            return [simple for expr in forms if expr is not None for simple in _simplest(expr)]
        if isinstance(given.value, tuple):
            parts = [self.translations(part, more) for part in given.value]
            return [Expr("tuple", tuple(part[0] for part in parts))] if all(parts) else []
        return []

    def _network_constant(self, key: str, expr: Expr) -> Expr:
        """In a fraction, the network's parameters are numbers."""
        if expr.kind == "name" and expr.value in self.parameters:
            parameter = self.parameters[expr.value]
            if parameter.of is None and parameter.default is not None and parameter.default.kind == "const":
                return parameter.default
        return expr

    def hidden(self, word: str, values: Sequence[Any], instances: Sequence[Instance]) -> Expr:
        """A parameter that the spec does not have, for values that no expression has. Raises `Unexpressible`."""
        if self.is_network:
            raise Unexpressible(word)
        by_use: dict[int, Any] = {}
        for value, instance in zip(values, instances, strict=True):
            if not same(by_use.setdefault(instance.use, value), value):
                raise Unexpressible(word)
        # Uses without this code get the value of another.
        whole = [by_use.get(use, values[0]) for use in range(len(self.uses))]
        for known, parameter in self.parameters.items():
            if parameter.of is None and all(map(same, parameter.values, whole)) and known.startswith(word):
                return name(known)
        unused = self.free(word)
        self.add(unused, Parameter(whole))
        for instance in instances:
            instance.names[unused] = whole[instance.use]
        return name(unused)


def given_arguments(entry: Entry) -> dict[str, ValueExpr]:
    """The arguments that a use of a block gives, by parameter."""
    item: Any = entry.item
    given = dict(item.call.computed)
    if entry.repetition == 0 and item.first is not None:
        given.update(item.first.computed)
    return given


def _simplest(expr: Expr) -> list[Expr]:
    """An expression; before it a number if it uses no name, or the names that a function in it rounds."""
    if not expr.names:
        try:
            return [const(expr.evaluate({}))]
        except NoValue:
            return []
    rounded = [part for part in expr.parts if expr.kind == "call" and part.kind == "name"]
    return [*rounded, expr]


def _exact(expr: Expr) -> Expr:
    """A decimal as the fraction that it is in a spec."""
    return const(Fraction(repr(expr.value))) if expr.kind == "const" and type(expr.value) is float else expr


def _value(value: Any) -> Any:
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else float(value)
    if isinstance(value, list | tuple):
        return tuple(_value(item) for item in value)
    return value if isinstance(value, int | float | str | bool | dict) else None

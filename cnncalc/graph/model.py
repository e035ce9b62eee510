"""The graph: every layer of a network as a node, in the order in which it is computed."""

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, dataclass_transform

from cnncalc import plugins
from cnncalc.diagnostic import Diagnostic, Severity, Span
from cnncalc.exact import counted
from cnncalc.graph.node import ModuleCall, Node
from cnncalc.record import NamedTuple
from cnncalc.shape import Shape
from cnncalc.spec import NOTHING, Spec
from cnncalc.text import Source, escaped

if TYPE_CHECKING:
    from cnncalc.spec.claims import Claim


class Replaced(NamedTuple):
    """An input with another shape than the layers were written for: both shapes. None is unknown."""

    name: str
    written_for: Shape | None
    shape: Shape | None


class InputHistory(NamedTuple):
    """An input that is the features of another network: its stride and its field, in pixels along each axis."""

    stride: tuple[int, ...]
    field: tuple[int, ...] | None = None


class Unchecked(NamedTuple):
    """How many `expect` of the text are not checked, because they are for other inputs; and those inputs."""

    expects: int = 0
    inputs: tuple[Replaced, ...] = ()


T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def _described(cls: type[T]) -> type[T]:
    """A class that a type checker treats as a frozen dataclass. (A real one costs 1% of the start time.)"""
    return cls


@_described
class Graph:
    """A network, expanded, in one mode. Nodes come in topological order: inputs first.

    `graph["conv1"]` is the layer of that name, `print(graph)` the table. `outputs` are indices; `not_checked` counts
    layers whose inputs were unknown because of an error before them. One that is not `complete` became too
    large: it has only a part of the nodes. A graph never changes (`with_` gives a changed copy), and two of them
    are equal only if they are the same object.
    """

    spec: Spec
    mode: str
    nodes: tuple[Node, ...]
    outputs: tuple[int, ...]
    places: Mapping[int, Span]
    by_name: Mapping[str, int]
    diagnostics: tuple[Diagnostic, ...]
    not_checked: int = 0
    values: Mapping[str, Any] = NOTHING
    complete: bool = True
    # The entries of `allow:` and of comments that accepted a finding.
    accepted: frozenset[Span] = frozenset()
    # Whether the network is not fully known because of an error: no figure of the whole network is known then.
    doubtful: bool = False
    # Whether an error says that the network contradicts a statement in the spec, such as `expect`: all figures of the
    # network are known, but the network may be wrong.
    disputed: bool = False
    # Whether every layer of the network has its node, known or not.
    counted: bool = True
    # Whether every remainder of a window is an error.
    strict: bool = False
    # The input of a residual and the end of its body, if their shapes decide about its shortcut.
    residuals: tuple[tuple[int, int], ...] = ()
    # The devices that the spec places layers on, in the order of their first layers: then every layer has one.
    devices: tuple[str, ...] = ()
    # The inputs that are features of another network, by node.
    histories: Mapping[int, InputHistory] = MappingProxyType({})
    # The `expect` that are not checked.
    unchecked: Unchecked = Unchecked()
    # The claims of the spec about this network, with the indices of the layers that they name.
    claims: "tuple[tuple[Claim, int | None], ...]" = ()

    def __init__(self, **attributes: Any) -> None:
        known = Graph.__annotations__
        unknown = [name for name in attributes if name not in known]
        missing = [name for name in known if name not in attributes and name not in vars(Graph)]
        if unknown or missing:
            raise TypeError(f"a graph has no {unknown}" if unknown else f"a graph needs {missing}")
        vars(self).update(attributes)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a graph never changes: `with_({name}=...)` gives a changed copy")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a graph never changes")

    def with_(self, **changes: Any) -> "Graph":
        """A copy with other values of some attributes: `graph.with_(mode="training")`. Nothing is computed again.

        Raises `TypeError` for a name that is not an attribute.
        """
        own = {name: value for name, value in vars(self).items() if name in Graph.__annotations__}
        return Graph(**{**own, **changes})

    # The name in named tuples, which graphs once were.
    _replace = with_

    @cached_property
    def _own_names(self) -> dict[str, Node]:
        return {node.name: node for node in self.nodes}

    def __getitem__(self, name: str) -> Node:
        """The input or layer of that full name, as `stage1.conv1`.

        Raises `KeyError` if there is none, with similar names.
        """
        node = self._own_names.get(name)
        if node is None:
            from cnncalc.graph.unknown_name import UnknownName

            raise UnknownName(name, self)
        return node

    def __contains__(self, name: object) -> bool:
        """Whether an input or a layer has that full name."""
        return name in self._own_names

    # Without this, Python would iterate over `graph[0]`, `graph[1]`, ...: the nodes are in `nodes`.
    __iter__ = None

    def __repr__(self) -> str:
        """One line: the name, the input, the number of layers, the mode, and the number of errors."""
        shapes = ", ".join(str(node.shape or "?") for node in self.inputs)
        errors = sum(item.severity is Severity.ERROR for item in self.diagnostics)
        facts = [f"input {shapes}" if shapes else "no input", counted(len(self.layers), "layer"), self.mode]
        facts += [counted(errors, "error")] if errors else []
        return f"<Graph {self.title!r}: {', '.join(facts)}>"

    @property
    def title(self) -> str:
        """The name in the spec, else the name of its file; at most 60 characters."""
        return escaped(self.spec.name or self.spec.file)

    def __str__(self) -> str:
        """The table that `cnncalc inspect` prints, 100 columns wide, and the errors of the network."""
        # The layout is in a higher package, which is loaded only for this.
        table: str = plugins.load("cnncalc.render", "table").of_graph(self)
        return table

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """What a notebook shows: its drawing, and the table of `cnncalc inspect` as text."""
        # The display is made by a higher floor, which is imported only for this.
        shown: dict[str, str] = plugins.load("cnncalc.notebook", "graph").bundle_of(self)
        return shown

    @property
    def inputs(self) -> tuple[Node, ...]:
        """The nodes that are inputs of the network."""
        count = len(self.spec.inputs)
        return tuple(node for node in self.nodes[:count] if node.is_input)

    @property
    def layers(self) -> tuple[Node, ...]:
        """The nodes that are layers."""
        return tuple(node for node in self.nodes if not node.is_input)

    @property
    def module_calls(self) -> tuple[tuple[ModuleCall, range], ...]:
        """Every module call (`module: true`) with its nodes, in the order in which they begin, outer ones first."""
        places: dict[ModuleCall, list[int]] = {}
        for node in self.nodes:
            calls, call = [], node.module
            while call is not None:
                calls.append(call)
                call = call.parent
            for call in reversed(calls):
                places.setdefault(call, [node.index, 0])[1] = node.index + 1
        return tuple((call, range(*ends)) for call, ends in places.items())

    @cached_property
    def opaque(self) -> tuple[Node, ...]:
        """The operations that have no layer here (`unknown`)."""
        return tuple(node for node in self.nodes if node.opaque)

    @property
    def whole(self) -> bool:
        """Whether all layers are there (at least one), known, with every shape. There may still be other errors."""
        return self.shaped and not self.opaque

    @property
    def shaped(self) -> bool:
        """Whether all items have their layers or operations (at least one), and every shape is known."""
        return (
            self.complete
            and not self.doubtful
            and len(self.nodes) > len(self.inputs)
            and all(node.shape is not None and (node.is_input or node.fit is not None) for node in self.nodes)
        )

    @property
    def ok(self) -> bool:
        """Whether there is no error: every shape is known and every figure exact."""
        return not any(item.severity is Severity.ERROR for item in self.diagnostics)

    @property
    def sources(self) -> Mapping[str, Source]:
        """The texts of the spec, by name."""
        return self.spec.sources

    def line(self, node: Node) -> int | None:
        """The line of a node in the spec."""
        if node.item is not None:
            return node.item.span.line
        place = self.places.get(node.index)
        return place.line if place else None

"""What a rewrite states, and how it is applied."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import ClassVar, Literal, TypeAlias

from cnncalc.graph import Graph
from cnncalc.record import NamedTuple
from cnncalc.rewrites._draft import RewriteRefused

# What a rewrite keeps: the outputs at inference with the same weights, or only the shapes of the outputs.
Effect: TypeAlias = Literal["equal", "same shapes"]


class WeightSource(NamedTuple):
    """Where a new layer's parameters come from: the old layers, and how.

    `reshape`: the same values in the new shape. `fold`: the weights of a convolution or fully-connected layer, with the
    norm after it (the second of the old layers) folded in.
    """

    how: Literal["reshape", "fold"]
    layers: tuple[str, ...]


class Rewritten(NamedTuple):
    """The new network, what changed (a line each, as `fc1: fc 4096 -> conv 7x7, 4096 filters`), and where weights go.

    Layers that `carried` does not name and that are in both networks keep their parameters.
    """

    graph: Graph
    changes: tuple[str, ...]
    carried: Mapping[str, WeightSource]


class Rewrite(ABC):
    """One rewrite, in a file named as its option. `summary` is one line for the help."""

    summary: ClassVar[str]
    effect: ClassVar[Effect]
    # Whether single layers can be chosen with `--layer`.
    by_layer: ClassVar[bool]
    source: ClassVar[str]

    @abstractmethod
    def apply(self, graph: Graph, only: frozenset[str]) -> Rewritten:
        """Rewrite a graph without errors; of the layers `only` those named, or all where it is empty.

        Raises `RewriteRefused` where nothing can be rewritten, or the network can't.
        """


def applied(rewrite: Rewrite, graph: Graph, only: Iterable[str] = ()) -> Rewritten:
    """Rewrite a graph. Raises `RewriteRefused` where it can't be, also for a graph that has errors."""
    if graph.ok and graph.opaque:
        raise RewriteRefused(
            f"`{graph.opaque[0].name}` is an operation without a layer here: nothing is known of it"
        )
    if not graph.ok or not graph.whole:
        raise RewriteRefused("the network has errors: there is nothing to rewrite before they are gone")
    return rewrite.apply(graph, frozenset(only))

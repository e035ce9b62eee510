"""The figures by which networks are compared."""

from collections.abc import Callable

from cnncalc.exact import grouped
from cnncalc.record import NamedTuple
from cnncalc.render.figures import UNKNOWN, short, size
from cnncalc.webpage.section import ReportedNetwork


class ComparedFigure(NamedTuple):
    """A figure: its name, its value in a network (None: unknown), its words, and what it is at least where unknown."""

    name: str
    value: Callable[[ReportedNetwork], int | None]
    words: Callable[[int], str]
    least: Callable[[ReportedNetwork], int | None] = lambda network: None
    # Whether round numbers of it are powers of two.
    binary: bool = False

    def text(self, network: ReportedNetwork) -> str:
        """`25,557,032`, or `? (at least 1,024)`."""
        value = self.value(network)
        if value is not None:
            return self.words(value)
        least = self.least(network)
        return f"{UNKNOWN} (at least {self.words(least)})" if least else UNKNOWN


def _total(name: str, title: str, words: Callable[[int], str]) -> ComparedFigure:
    def value(network: ReportedNetwork) -> int | None:
        total: int | None = getattr(network.analysis.totals, name)
        return total

    def least(network: ReportedNetwork) -> int | None:
        inexact = network.analysis.totals.inexact.get(name)
        return None if inexact is None else inexact.at_least

    return ComparedFigure(title, value, words, least)


def _memory(network: ReportedNetwork) -> int | None:
    return None if network.estimate is None else network.estimate.peak(network.batch).nbytes


def largest_field(network: ReportedNetwork) -> int | None:
    """The largest field of a layer with more than one position, along its longest axis; None where it is unknown."""
    analysis = network.analysis
    sizes = []
    for node in network.graph.layers:
        if node.shape is None:
            return None
        if node.shape.positions > 1:
            fields = analysis.receptive_fields[node.index]
            if fields is None or analysis.field_exactness[node.index] is not None:
                return None
            sizes.append(max((field.largest for field in fields), default=0))
    return max(sizes, default=None)


PARAMS = _total("params", "parameters", grouped)
MACS = _total("macs", "MACs", short)
ACTIVATIONS = _total("activations", "activations", short)
MEMORY = ComparedFigure("memory at the peak", _memory, size, binary=True)
FIELD = ComparedFigure("largest receptive field", largest_field, lambda value: f"{grouped(value)} px")
DEPTH = ComparedFigure(
    "depth",
    lambda network: None if network.analysis.depth is None else network.analysis.depth.longest.layers,
    grouped,
)
ALL = (PARAMS, MACS, ACTIVATIONS, MEMORY, FIELD, DEPTH)

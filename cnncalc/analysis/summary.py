"""The figures in sentences: which layers have most of the activations, parameters and products."""

from collections.abc import Iterator

from cnncalc.analysis import Analysis
from cnncalc.figure_words import percent
from cnncalc.graph import Node
from cnncalc.record import NamedTuple
from cnncalc.vocabulary.families import CONVOLUTION, WEIGHTED

# Families of layers that are counted together with the convolution or fully-connected layer before them.
FOLLOWERS = ("normalisation", "activation", "regularisation")
# The smallest part of the total for which the first layers, or one layer, get a sentence.
MOST, MUCH = 0.6, 0.25
# A part is remarkable if it is this many times an equal part, or nearly everything; for one layer, if it is this many
# times the second largest.
FAIR, ALL, SECOND = 1.9, 0.9, 1.5


class _Unit(NamedTuple):
    """A convolution or fully-connected layer with the layers that belong to it; or any other single layer."""

    node: Node
    values: int
    params: int
    macs: int


def sentences(analysis: Analysis) -> list[str]:
    """The sentences for these figures; none if something is unknown."""
    totals = analysis.totals
    if not (totals.activations and totals.params and totals.macs):
        return []
    units = list(_units(analysis))
    sentences = [
        _first(units, totals.activations),
        _largest(units, [unit.params for unit in units], totals.params, "parameters"),
        _largest(units, [unit.macs for unit in units], totals.macs, "MACs"),
    ]
    return [sentence for sentence in sentences if sentence]


def _units(analysis: Analysis) -> Iterator[_Unit]:
    unit: _Unit | None = None
    for node in analysis.graph.nodes:
        owned, done, stored = (
            analysis.parameters[node.index],
            analysis.work[node.index],
            analysis.storage[node.index],
        )
        if owned is None or done is None or stored is None:
            return
        family = node.fit.layer.family if node.fit else "input"
        follows = unit is not None and family in FOLLOWERS and _family(unit.node) in WEIGHTED
        if unit is not None and follows:
            unit = _Unit(
                unit.node, unit.values + stored.values, unit.params + owned.params, unit.macs + done.macs
            )
            continue
        if unit is not None:
            yield unit
        unit = _Unit(node, stored.values, owned.params, done.macs)
    if unit is not None:
        yield unit


def _family(node: Node) -> str:
    return node.fit.layer.family if node.fit else "input"


def _first(units: list[_Unit], total: int) -> str:
    """`63% of the activations are in the first 4 convs`."""
    convs = [unit for unit in units if _family(unit.node) == CONVOLUTION]
    sum_so_far = 0
    for count, unit in enumerate(convs, 1):
        sum_so_far += unit.values
        if sum_so_far >= MOST * total:
            few = count <= max(4, len(convs) // 3)
            which = "the first conv" if count == 1 else f"the first {count} of {len(convs):,} convs"
            among = len(convs)
            if count == among:
                which = "the conv" if count == 1 else f"the {count:,} convs"
                # If every layer is one of them, the sentence says nothing.
                among = sum(unit.values > 0 for unit in units)
            says = count < among and _uneven(sum_so_far / total, count / among)
            return f"{percent(sum_so_far, total)} of the activations are in {which}" if few and says else ""
    return ""


def _largest(units: list[_Unit], values: list[int], total: int, what: str) -> str:
    """`74% of the parameters are in fc1`."""
    largest = max(range(len(values)), key=values.__getitem__)
    held = sorted((value for value in values if value), reverse=True)
    if len(held) < 2 or held[0] < MUCH * total or held[0] < SECOND * held[1]:
        return ""
    if not _uneven(held[0] / total, 1 / len(held)):
        return ""
    return f"{percent(values[largest], total)} of the {what} are in {units[largest].node.name}"


def _uneven(share: float, fair: float) -> bool:
    """Whether a part is much larger than it would be if all were equal."""
    return share >= min(ALL, FAIR * fair)

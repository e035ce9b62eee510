"""The figures in sentences: which layers have most of the activations, parameters and products, or fix the input."""

from collections.abc import Iterator

from cnncalc.analysis import Analysis
from cnncalc.exact import grouped
from cnncalc.figure_words import percent
from cnncalc.graph import Node
from cnncalc.record import NamedTuple
from cnncalc.vocabulary.families import CONVOLUTION, LINEAR, WEIGHTED

# Families of layers that are counted together with the convolution or fully-connected layer before them.
FOLLOWERS = ("normalisation", "activation", "regularisation")
# The smallest part of the total for which the first layers, or one layer, get a sentence.
MOST, MUCH = 0.6, 0.25
# A part is remarkable if it is this many times an equal part, or nearly everything; for one layer, if it is this many
# times the second largest.
FAIR, ALL, SECOND = 1.9, 0.9, 1.5
# How many layers that fix the input size are named.
SHOWN = 2


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
        *_first(units, totals.activations, totals.macs),
        _largest(units, [unit.params for unit in units], totals.params, "parameters"),
        _without_fc(analysis, totals.params),
        _largest(units, [unit.macs for unit in units], totals.macs, "MACs"),
        _fixed(analysis.fixing_input or []),
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


def _first(units: list[_Unit], values: int, macs: int) -> Iterator[str]:
    """`63% of the activations are in the first 4 of 13 convs`; `30% of the MACs are in the first 4 convs`.

    Memory and work are said apart: the first layers have large volumes and few channels.
    """
    convs = [unit for unit in units if _family(unit.node) == CONVOLUTION]
    count = _most([unit.values for unit in convs], values)
    if count is None or count > max(4, len(convs) // 3):
        return
    among = len(convs)
    which = "the first conv" if count == 1 else f"the first {count} of {grouped(among)} convs"
    if count == among:
        which = "the conv" if count == 1 else f"the {grouped(count)} convs"
        # If every layer is one of them, the sentence says nothing.
        among = sum(unit.values > 0 for unit in units)
    stored = sum(unit.values for unit in convs[:count])
    if count >= among or not _uneven(stored / values, count / among):
        return
    yield f"{percent(stored, values)} of the activations are in {which}"
    if count < len(convs):
        yield _work_of_first([unit.macs for unit in convs], count, macs)


def _work_of_first(work: list[int], count: int, total: int) -> str:
    """`30% of the MACs are in the first 4 convs, 60% in the first 7`."""
    which = "the first conv" if count == 1 else f"the first {count} convs"
    text = f"{percent(sum(work[:count]), total)} of the MACs are in {which}"
    most = _most(work, total)
    if most is None or most <= count or most == len(work):
        return text
    return f"{text}, {percent(sum(work[:most]), total)} in the first {most}"


def _most(values: list[int], total: int) -> int | None:
    """How many of the first values are most of a total; None if all of them are not."""
    sum_so_far = 0
    for count, value in enumerate(values, 1):
        sum_so_far += value
        if sum_so_far >= MOST * total:
            return count
    return None


def _largest(units: list[_Unit], values: list[int], total: int, what: str) -> str:
    """`74% of the parameters are in fc1`."""
    largest = max(range(len(values)), key=values.__getitem__)
    positive = sorted((value for value in values if value), reverse=True)
    if len(positive) < 2 or positive[0] < MUCH * total or positive[0] < SECOND * positive[1]:
        return ""
    if not _uneven(positive[0] / total, 1 / len(positive)):
        return ""
    return f"{percent(values[largest], total)} of the {what} are in {units[largest].node.name}"


def _without_fc(analysis: Analysis, total: int) -> str:
    """`14,714,688 parameters are left without the 3 fcs`, where these have most of them."""
    fully_connected = fc_params(analysis)
    held, count = sum(fully_connected), sum(params > 0 for params in fully_connected)
    if held < MOST * total or held == total:
        return ""
    which = "the fc" if count == 1 else f"the {grouped(count)} fcs"
    return f"{grouped(total - held)} parameters are left without {which}"


def fc_params(analysis: Analysis) -> list[int]:
    """The parameters of each fully-connected layer: a linear one whose output has no positions."""
    return [
        owned.params
        for node, owned in zip(analysis.graph.nodes, analysis.parameters, strict=True)
        if owned is not None and _family(node) == LINEAR and node.shape is not None and not node.shape.rank
    ]


def _uneven(share: float, fair: float) -> bool:
    """Whether a part is much larger than it would be if all were equal."""
    return share >= min(ALL, FAIR * fair)


def _fixed(nodes: list[Node]) -> str:
    """`fc1 fixes the input size: its weights change with it`."""
    if not nodes:
        return ""
    names = [node.name for node in nodes[:SHOWN]]
    if more := len(nodes) - len(names):
        names.append(f"{grouped(more)} more")
    listed = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    verb, whose = ("fixes", "its") if len(nodes) == 1 else ("fix", "their")
    return f"{listed} {verb} the input size: {whose} weights change with it"

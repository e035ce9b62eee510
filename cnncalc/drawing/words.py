"""What pictures say of parts and figures, in a few words."""

from collections.abc import Sequence

from cnncalc.analysis import Analysis, Inexact
from cnncalc.drawing.parts import DrawnPart, DrawnRow
from cnncalc.drawing.parts.figures import Count, PartFigures
from cnncalc.figure_words import from_to
from cnncalc.graph import Node
from cnncalc.graph.growing import UNDETERMINED
from cnncalc.render.figures import UNKNOWN, exact, receptive, short
from cnncalc.shape import Shape
from cnncalc.spec import BlockItem, BrokenItem, Item, LayerItem, MergeItem


def part_name(part: DrawnPart, block: DrawnPart | None = None) -> str:
    """The name of a part, without the name of the block around it; of a run the first and the last."""
    names = [part.name, part.run[-1].name] if part.times > 1 else [part.name]
    if block is not None and block.scope:
        names = [name.removeprefix(f"{block.scope}.") for name in names]
    return from_to(*names) if len(names) > 1 else names[0]


def volume(shape: Shape | None) -> str:
    """`56x56x64`, or `?`."""
    return UNKNOWN if shape is None else str(shape)


def layer_label(node: Node) -> str:
    """A layer in the words of the course: `CONV3-64`; of one that is unknown its word in the spec."""
    if node.is_input:
        return node.kind
    if node.kind == UNDETERMINED:
        return _written(node.item)
    return node.kind.upper() if node.fit is None else node.fit.layer.label(node.fit.inputs)


def _written(item: Item | None) -> str:
    """The word of an item that is not expanded; of a name that no layer has, the name and that fact."""
    match item:
        case BrokenItem(word=word) if word:
            return f"no layer {word}" if item.is_reference else word
        case BlockItem():
            return item.block
        case LayerItem() | MergeItem():
            return item.layer.key
    return "not readable"


def labels(part: DrawnPart) -> str:
    """A layer and what is drawn with it: `CONV3-64 · BN · RELU`; of a block, the block's own name."""
    if part.use is not None:
        return part.use.item.block
    if part.is_group:
        return ", ".join(
            child.use.item.block if child.use is not None else child.first_kind for child in part.parts
        )
    return " · ".join(dict.fromkeys(map(layer_label, part.nodes)))


def counted(count: Count, word: str, *, whole: bool = False) -> str:
    """`9,408 params`, `at least 1.2M params`, or `? params`; `whole` has all digits."""
    figure = (exact if whole else short)(count.known)
    if count.exact:
        return f"{figure} {word}"
    return f"at least {figure} {word}" if count.known else f"{UNKNOWN} {word}"


def weight_line(figures: PartFigures, single: PartFigures, times: int) -> str:
    """Parameters and multiply-adds in one line; of a run for each, or for all where they differ."""
    if times > 1 and is_each(figures, single, times):
        return f"{_weights(single)} each"
    return _weights(figures) + (" in all" if times > 1 else "")


def _weights(figures: PartFigures) -> str:
    parts = [
        counted(count, word)
        for count, word in ((figures.params, "params"), (figures.macs, "MACs"))
        if count.known or not count.exact
    ]
    return " · ".join(parts) or "no params"


def is_each(figures: PartFigures, single: PartFigures, times: int) -> bool:
    """Whether each repetition has the figures of the first."""
    pairs = ((figures.params, single.params), (figures.macs, single.macs))
    return all(whole.exact and whole.known == times * part.known for whole, part in pairs)


def row_name(row: DrawnRow) -> str:
    """The name of a row: `conv1`, or `conv1..4 ×4`."""
    name = row.part.name
    return name if row.times == 1 else f"{from_to(name, row.uses[-1].name)} ×{row.times}"


def details(analysis: Analysis, uses: Sequence[DrawnPart], figures: PartFigures) -> list[str]:
    """All that is known of a part, or of a run of parts, line by line."""
    part, last = uses[0], uses[-1]
    line = analysis.graph.line(part.nodes[0]) if part.is_layer else part.use and part.use.item.span.line
    lines = [
        part.name if last is part else f"{part.name} to {last.name}, {len(uses)} times",
        labels(part),
        f"output {volume(figures.shape)}",
    ]
    activations = counted(figures.activations, "activations", whole=True)
    if part.is_layer and part.nodes[0].is_input:
        lines.append(activations)
    else:
        lines += [
            counted(figures.params, "parameters", whole=True),
            counted(figures.macs, "MACs", whole=True),
            activations,
            field_line(figures),
        ]
    lines += _shared(analysis, part)
    return [*lines, f"line {line}" if line else ""]


def field_line(figures: PartFigures) -> str:
    """The receptive field, and how far those of neighbours are apart."""
    if figures.field is None or not figures.field:
        return "" if figures.field is not None else f"receptive field {UNKNOWN}"
    strides = dict.fromkeys(str(axis.stride) for axis in figures.field)
    size = receptive(figures.field, figures.inexact)
    return f"receptive field {size}, {'x'.join(strides)} apart"


def _shared(analysis: Analysis, part: DrawnPart) -> list[str]:
    owners = dict.fromkeys(
        analysis.graph.nodes[node.owner].name for node in part.nodes if node.owner != node.index
    )
    return [f"uses the weights of {name}" for name in owners]


def total(figure: int | None, inexact: Inexact | None, word: str) -> str:
    """A total: `25.6M parameters`, `at least 1.2M parameters`, `? parameters`."""
    if figure is not None:
        return f"{short(figure)} {word}"
    least = inexact.at_least if inexact is not None else None
    return f"at least {short(least)} {word}" if least else f"{UNKNOWN} {word}"


def headline(analysis: Analysis) -> str:
    """The inputs, and the totals of the network."""
    graph, totals = analysis.graph, analysis.totals
    inputs = ", ".join(volume(node.shape) for node in graph.inputs)
    parts = [f"input {inputs}"] if inputs else ["no input"]
    for name, word in (("params", "parameters"), ("macs", "MACs"), ("activations", "activations")):
        parts.append(total(getattr(totals, name), totals.inexact.get(name), word))
    return " · ".join(parts if graph.layers else [*parts[:1], "no layers"])

"""`--colour`: the figure by which boxes are shaded."""

from collections.abc import Mapping

from cnncalc.drawing.parts import DrawnPart
from cnncalc.drawing.parts.figures import Count, PartFigures
from cnncalc.graph import Node
from cnncalc.render.figures import short, size
from cnncalc.vocabulary.families import ACTIVATION, ATTENTION, CONVOLUTION, LINEAR, POOLING, RECURRENT

# Without it, the families of layers have a colour each; the others are gray.
FAMILIES = {
    CONVOLUTION: "blue",
    LINEAR: "red",
    ATTENTION: "purple",
    RECURRENT: "purple",
    POOLING: "orange",
    "normalisation": "sky",
    ACTIVATION: "green",
    "merge": "yellow",
}


def hue(node: Node) -> str:
    """The colour of a layer's family."""
    return "gray" if node.fit is None else FAMILIES.get(node.fit.layer.family, "gray")


def shaded_value(
    shade: str, part: DrawnPart, figures: PartFigures, nbytes: Mapping[int, int] | None
) -> float | None:
    """The figure of a part; None if it is unknown, or there is none of an input."""
    if part.is_layer and part.nodes[0].is_input:
        return 0
    if shade == "memory":
        return None if nbytes is None else sum(nbytes.get(node.index, 0) for node in part.all_nodes())
    if shade == "field":
        return None if figures.field is None else max((axis.size for axis in figures.field), default=0)
    count: Count = getattr(figures, shade)
    return count.known if count.exact else None


def shade_words(shade: str, value: float) -> str:
    """A figure in the legend."""
    return size(int(value)) if shade == "memory" else short(int(value))

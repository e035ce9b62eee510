"""The figures of one layer together, and those of all layers as rows of plain values."""

from typing import TYPE_CHECKING, NamedTuple

from cnncalc.analysis import Analysis
from cnncalc.analysis.certainty import Inexact
from cnncalc.analysis.fieldwork import Fields
from cnncalc.analysis.parameters import stated
from cnncalc.graph import Node
from cnncalc.layers import Work
from cnncalc.shape import DTYPES, Shape

if TYPE_CHECKING:
    from fractions import Fraction


class LayerFigures(NamedTuple):
    """The figures of one input or layer. Counts are of one image, bytes of the batch; None is unknown, never 0.

    `params` counts PyTorch's parameters, including biases; `weights` does not include biases. Both are 0 for a layer
    that uses the weights of another layer. `activations` are the values that its output adds to memory: 0 for a view,
    and for a layer that runs in place. `macs` are multiply-adds. `receptive_field` has a `Field` for each axis of the
    input; `inexact` says why it is only a bound, or unknown.
    """

    name: str
    type: str
    inputs: tuple[str, ...]
    output: Shape | None
    activations: int | None
    activation_bytes: int | None
    params: int | None
    trainable_params: int | None
    weights: int | None
    buffers: int | None
    work: Work | None
    receptive_field: Fields | None
    inexact: Inexact | None
    line: int | None
    # The device that computes it, if the spec says one.
    place: str | None = None

    @property
    def macs(self) -> int | None:
        """Multiply-adds of one image: products of convolutions, fully-connected layers and matrix products."""
        return None if self.work is None else self.work.macs


def figures_of(analysis: Analysis, node: Node) -> LayerFigures:
    """The figures of one node."""
    index, nodes = node.index, analysis.graph.nodes
    stored, owned = analysis.storage[index], analysis.parameters[index]
    bytes_of_value = DTYPES[analysis.dtype] * analysis.batch
    return LayerFigures(
        name=node.name,
        type=node.kind,
        inputs=tuple(nodes[source].name for source in node.inputs),
        output=node.shape,
        activations=None if stored is None else stored.values,
        activation_bytes=None if stored is None else stored.values * bytes_of_value,
        params=stated(node) if owned is None else owned.params,
        trainable_params=None if owned is None else owned.trainable,
        weights=stated(node) if owned is None else owned.weights,
        buffers=None if owned is None else owned.buffers,
        work=analysis.work[index],
        receptive_field=analysis.receptive_fields[index],
        inexact=analysis.field_exactness[index],
        line=analysis.graph.line(node),
        place=node.place,
    )


def rows(analysis: Analysis) -> list[dict[str, str | int | float | None]]:
    """The figures of every node as plain values, all with the same keys."""
    axes = max((node.shape.axes for node in analysis.graph.inputs if node.shape), key=len, default=())
    return [_row(figures_of(analysis, node), node, axes) for node in analysis.graph.nodes]


def _row(figures: LayerFigures, node: Node, axes: tuple[str, ...]) -> dict[str, str | int | float | None]:
    fields = figures.receptive_field or ()
    row: dict[str, str | int | float | None] = {
        "name": figures.name,
        "type": figures.type,
        "block": None if node.frame is None else node.frame.name,
        "inputs": " ".join(figures.inputs),
        "output": None if figures.output is None else str(figures.output),
        "activations": figures.activations,
        "activation_bytes": figures.activation_bytes,
        "params": figures.params,
        "trainable_params": figures.trainable_params,
        "weights": figures.weights,
        "buffers": figures.buffers,
        "macs": figures.macs,
    }
    for number, axis in enumerate(axes):
        field = fields[number] if len(fields) == len(axes) else None
        row[f"receptive_field_{axis}"] = None if field is None else field.size
        row[f"stride_{axis}"] = None if field is None else _number(field.stride)
    return row | {"line": figures.line}


def _number(stride: "int | Fraction") -> int | float:
    """A stride that can be a fraction, as a number for tables."""
    return stride if isinstance(stride, int) else float(stride)

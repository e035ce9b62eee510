"""Pure passes over a graph, each made when it is asked for."""

from functools import cached_property
from typing import TYPE_CHECKING

from cnncalc import plugins
from cnncalc.analysis.certainty import Inexact
from cnncalc.analysis.field import Field
from cnncalc.analysis.parameters import Parameters, parameters
from cnncalc.analysis.receptive_field import (
    Disagreement,
    Fields,
    Fieldwork,
    follow,
    follow_inputs,
    on_the_input,
)
from cnncalc.analysis.storage import Needs, Stored, storage
from cnncalc.analysis.totals import Totals, totals
from cnncalc.analysis.unknown import causes
from cnncalc.analysis.work import work
from cnncalc.graph import Graph, Node
from cnncalc.layers import Work
from cnncalc.vocabulary.layer import Call

if TYPE_CHECKING:
    from cnncalc.analysis.kept import KeptTensor
    from cnncalc.analysis.layer_figures import LayerFigures
    from cnncalc.vocabulary.matrix import BackwardMacs

__all__ = [
    "Analysis",
    "Disagreement",
    "Field",
    "Fields",
    "Fieldwork",
    "Inexact",
    "Parameters",
    "Stored",
    "Totals",
]


class Analysis:
    """The figures of a graph. Lists have one entry for each node; None where an error leaves a figure unknown.

    Counts are of one image; bytes are of `batch` images in `dtype` (a key of `cnncalc.shape.DTYPES`). Each pass runs
    when it is first asked for. `figures["conv1"]` are the figures of one layer, `figures.rows()` those of all, and
    `print(figures)` is the table.
    """

    def __init__(self, graph: Graph, *, batch: int = 1, dtype: str = "float32") -> None:
        self.graph = graph
        self.batch = batch
        self.dtype = dtype

    def __getitem__(self, name: str) -> "LayerFigures":
        """The figures of the input or layer of that full name: `figures["stage1.conv1"].params`.

        Raises `KeyError` where there is none, with the names that may be meant.
        """
        from cnncalc.analysis.layer_figures import figures_of

        return figures_of(self, self.graph[name])

    # Python would otherwise ask for `figures[0]`, `figures[1]`, ...
    __iter__ = None

    def rows(self) -> list[dict[str, str | int | float | None]]:
        """One dict for each input and layer, in the order of computing, for `pandas.DataFrame(figures.rows())`.

        Every dict has the same keys, and values are numbers and text; None is unknown. `block` is the use of a block
        that the layer is in, `inputs` are names separated by spaces, `output` is as `112x112x64`. `activations` are
        values of one image, `activation_bytes` of the batch. `receptive_field_height`, `stride_height` and so on are
        pixels along each axis of the input, of the position that sees least. `line` is that of the spec. The other keys
        are `name`, `type`, `params`, `trainable_params`, `weights`, `buffers` and `macs`.
        """
        from cnncalc.analysis.layer_figures import rows

        return rows(self)

    def __repr__(self) -> str:
        """One line: of which graph, for how many images, in which type. Nothing is computed for it."""
        return f"<Analysis of {self.graph.title!r}: batch {self.batch}, {self.dtype}, {self.graph.mode}>"

    def __str__(self) -> str:
        """The table that `cnncalc inspect` prints, 100 columns wide, and the errors of the network."""
        # It is laid out on a higher floor, which is loaded only for this.
        table: str = plugins.load("cnncalc.render", "table").of_analysis(self)
        return table

    @cached_property
    def by_kind(self) -> dict[str, list[Node]]:
        """The nodes of each kind: of each layer type, and of `input`."""
        found: dict[str, list[Node]] = {}
        for node in self.graph.nodes:
            found.setdefault(node.kind, []).append(node)
        return found

    @cached_property
    def readers(self) -> list[list[int]]:
        """Of every node the layers that read it, by index; one that reads it twice is there twice."""
        found: list[list[int]] = [[] for _ in self.graph.nodes]
        for node in self.graph.nodes:
            for at in node.inputs:
                found[at].append(node.index)
        return found

    @cached_property
    def causes(self) -> list[int | None]:
        """Of each node the index of the one that made it unknown; None where it is known."""
        return causes(self.graph)

    @cached_property
    def borrowers(self) -> dict[int, list[int]]:
        """Of every node whose weights others use, those: by index."""
        found: dict[int, list[int]] = {}
        for node in self.graph.nodes:
            if node.owner != node.index:
                found.setdefault(node.owner, []).append(node.index)
        return found

    @cached_property
    def parameters(self) -> list[Parameters | None]:
        """Weights, parameters and buffers that each node owns."""
        return parameters(self.graph)

    @cached_property
    def work(self) -> list[Work | None]:
        """Operations of each node on one image."""
        return work(self.graph)

    @cached_property
    def backward_work(self) -> "list[BackwardMacs | None]":
        """Multiply-adds of each node in the backward pass of a training step, on one image."""
        from cnncalc.analysis.backward_work import backward_work

        return backward_work(self.graph)

    @cached_property
    def backward_macs(self) -> "BackwardMacs | None":
        """Multiply-adds of the backward pass of the whole network; None where they are unknown."""
        from cnncalc.analysis.backward_work import total

        return None if self.totals.macs is None else total(self.backward_work)

    @cached_property
    def storage(self) -> list[Stored | None]:
        """Where each node's output lives, and the values it adds."""
        return storage(self.graph, common=Call(alone=self.batch == 1, dtype=self.dtype))

    @cached_property
    def _needs(self) -> Needs:
        return Needs(self.graph, self.storage)

    def needed_besides(self, node: Node) -> str | None:
        """Who needs what a node reads, beside the node itself (the end of a sentence); None where nobody does."""
        return self._needs.besides(node)

    @cached_property
    def _fields(self) -> tuple[list[Fields | None], list[Inexact | None], list[Disagreement]]:
        return on_the_input(self.graph, self.fieldworks)

    @property
    def receptive_fields(self) -> list[Fields | None]:
        """What of the input each node's values see, along each axis; None where that is unknown."""
        return self._fields[0]

    @property
    def field_exactness(self) -> list[Inexact | None]:
        """Of each node's receptive field why it is unknown, or only a bound; None where it is exact."""
        return self._fields[1]

    @cached_property
    def fieldworks(self) -> list[Fieldwork]:
        """What of each input the nodes' values see."""
        return follow_inputs(self.graph)

    def fields_on(self, node: Node) -> Fieldwork:
        """What of one node's output the others' values see."""
        return follow(self.graph, node.index)

    @property
    def disagreements(self) -> list[Disagreement]:
        """Merges whose operands step through the input at different strides."""
        return self._fields[2]

    @cached_property
    def kept(self) -> "list[KeptTensor] | None":
        """Every tensor autograd keeps for the backward pass in training (of a graph in training mode)."""
        from cnncalc.analysis.kept import kept

        return kept(self.graph, self.storage, alone=self.batch == 1)

    @cached_property
    def totals(self) -> Totals:
        """Everything added up."""
        return totals(
            self.graph, self.parameters, self.work, self.storage, batch=self.batch, dtype=self.dtype
        )

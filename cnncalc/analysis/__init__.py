"""Pure passes over a graph. Each one runs when it is first needed."""

from functools import cached_property
from typing import TYPE_CHECKING

from cnncalc import plugins
from cnncalc.analysis.certainty import Inexact
from cnncalc.analysis.field import Field
from cnncalc.analysis.fieldwork import Disagreement, Fields, Fieldwork
from cnncalc.analysis.parameters import Parameters, parameters
from cnncalc.analysis.receptive_field import follow, follow_inputs, on_the_input
from cnncalc.analysis.storage import Needs, Stored, storage
from cnncalc.analysis.totals import Totals, totals
from cnncalc.analysis.unknown import causes
from cnncalc.analysis.work import work
from cnncalc.graph import Graph, Node
from cnncalc.layers import Work
from cnncalc.vocabulary.layer import Call

if TYPE_CHECKING:
    from cnncalc.analysis.depth import Depth
    from cnncalc.analysis.devices import Devices
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
    """The figures of a graph. Lists have one entry for each node; None if an error makes a figure unknown.

    Counts are of one image; bytes are of `batch` images in `dtype` (a key of `cnncalc.shape.DTYPES`). Each pass runs
    when it is first needed. `figures["conv1"]` are the figures of one layer, `figures.rows()` those of all, and
    `print(figures)` is the table.
    """

    def __init__(self, graph: Graph, *, batch: int = 1, dtype: str = "float32") -> None:
        self.graph = graph
        self.batch = batch
        self.dtype = dtype

    def __getitem__(self, name: str) -> "LayerFigures":
        """The figures of the input or layer with this full name: `figures["stage1.conv1"].params`.

        Raises `KeyError`, with similar names, if there is none.
        """
        from cnncalc.analysis.layer_figures import figures_of

        return figures_of(self, self.graph[name])

    # Otherwise Python would try `figures[0]`, `figures[1]`, ...
    __iter__ = None

    def rows(self) -> list[dict[str, str | int | float | None]]:
        """One dict for each input and layer, in the order of computation, for `pandas.DataFrame(figures.rows())`.

        Every dict has the same keys. Values are numbers and text; None is unknown. `block` is the use of a block that
        contains the layer, `inputs` are names separated by spaces, `output` is a text like `112x112x64`. `activations`
        are values of one image, `activation_bytes` of the batch. `receptive_field_height`, `stride_height` and so on
        are pixels along each axis of the input, of the position that sees least. `line` is the line in the spec. The
        other keys are `name`, `type`, `params`, `trainable_params`, `weights`, `buffers` and `macs`.
        """
        from cnncalc.analysis.layer_figures import rows

        return rows(self)

    def __repr__(self) -> str:
        """One line: the graph, the batch and the type. Nothing is computed for it."""
        return f"<Analysis of {self.graph.title!r}: batch {self.batch}, {self.dtype}, {self.graph.mode}>"

    def __str__(self) -> str:
        """The table that `cnncalc inspect` prints, 100 columns wide, and the errors of the network."""
        # The table is made by a higher floor, which is imported only for this.
        table: str = plugins.load("cnncalc.render", "table").of_analysis(self)
        return table

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        """What a notebook shows: the table, folded by block."""
        # The display is made by a higher floor, which is imported only for this.
        shown: dict[str, str] = plugins.load("cnncalc.notebook", "analysis").bundle_of(self)
        return shown

    @cached_property
    def by_kind(self) -> dict[str, list[Node]]:
        """The nodes of each kind: of each layer type, and of `input`."""
        by_kind: dict[str, list[Node]] = {}
        for node in self.graph.nodes:
            by_kind.setdefault(node.kind, []).append(node)
        return by_kind

    @cached_property
    def readers(self) -> list[list[int]]:
        """For every node, the indices of the layers that read it; a layer that reads it twice is there twice."""
        readers_of: list[list[int]] = [[] for _ in self.graph.nodes]
        for node in self.graph.nodes:
            for source in node.inputs:
                readers_of[source].append(node.index)
        return readers_of

    @cached_property
    def causes(self) -> list[int | None]:
        """For each node, the index of the node that made it unknown; None if it is known."""
        return causes(self.graph)

    @cached_property
    def borrowers(self) -> dict[int, list[int]]:
        """For every node whose weights are shared, the indices of the nodes that use them."""
        groups: dict[int, list[int]] = {}
        for node in self.graph.nodes:
            if node.owner != node.index:
                groups.setdefault(node.owner, []).append(node.index)
        return groups

    @cached_property
    def parameters(self) -> list[Parameters | None]:
        """The weights, parameters and buffers that each node owns."""
        return parameters(self.graph)

    @cached_property
    def depth(self) -> "Depth | None":
        """The layers with weights on the longest and the shortest path; None where an error hides a part."""
        from cnncalc.analysis.depth import depth

        return depth(self.graph)

    @cached_property
    def work(self) -> list[Work | None]:
        """The operations of each node on one image."""
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
        """Where the output of each node is stored, and the values that it adds."""
        return storage(self.graph, common=Call(alone=self.batch == 1, dtype=self.dtype))

    @cached_property
    def _needs(self) -> Needs:
        return Needs(self.graph, self.storage)

    def needed_besides(self, node: Node) -> str | None:
        """Who else needs the input of a node (the end of a sentence); None if nobody does."""
        return self._needs.besides(node)

    @cached_property
    def fixing_input(self) -> "list[Node] | None":
        """The layers whose weights change with the size of the input; None where that is unknown."""
        from cnncalc.analysis.fixed_input import fixing_input

        return fixing_input(self)

    @cached_property
    def _fields(self) -> tuple[list[Fields | None], list[Inexact | None], list[Disagreement]]:
        return on_the_input(self.graph, self.fieldworks)

    @property
    def receptive_fields(self) -> list[Fields | None]:
        """The part of the input that the values of each node see, along each axis; None if it is unknown."""
        return self._fields[0]

    @property
    def field_exactness(self) -> list[Inexact | None]:
        """For each node, why its receptive field is unknown or only a bound; None if it is exact."""
        return self._fields[1]

    @cached_property
    def fieldworks(self) -> list[Fieldwork]:
        """The part of each input that the values of the nodes see."""
        return follow_inputs(self.graph)

    def fields_on(self, node: Node) -> Fieldwork:
        """The part of one node's output that the values of the others see."""
        return follow(self.graph, node.index)

    @property
    def disagreements(self) -> list[Disagreement]:
        """Merges whose operands have different strides over the input."""
        return self._fields[2]

    @cached_property
    def kept(self) -> "list[KeptTensor] | None":
        """Every tensor autograd keeps for the backward pass in training (of a graph in training mode)."""
        from cnncalc.analysis.kept import kept

        return kept(self.graph, self.storage, alone=self.batch == 1, dtype=self.dtype)

    @cached_property
    def devices(self) -> "Devices":
        """The figures of each device, and what the devices send to each other, of a spec with `place`."""
        from cnncalc.analysis.devices import devices

        return devices(self)

    @cached_property
    def totals(self) -> Totals:
        """The totals."""
        return totals(
            self.graph, self.parameters, self.work, self.storage, batch=self.batch, dtype=self.dtype
        )

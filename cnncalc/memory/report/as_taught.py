"""The sums that the course's notes and the textbook's exercise teach, with every number that goes into them.

The notes are those of CS231n ("Computational Considerations"), the exercise is that of three convolutions in Géron's
Hands-On Machine Learning. Both add up volumes and parameters: no allocator, and no order of events.
"""

from math import prod

from cnncalc.analysis import Analysis
from cnncalc.diagnostic import Diagnostic
from cnncalc.graph import Graph
from cnncalc.layers import Weight
from cnncalc.memory.report.learning import Learning
from cnncalc.memory.report.rounded_first import RoundedFirst, rounded_first
from cnncalc.record import NamedTuple
from cnncalc.shape import DTYPES, Shape


class Volume(NamedTuple):
    """What one layer (or input) stores for one image: its shape, and bytes."""

    name: str
    shape: Shape
    nbytes: int


class TaughtParameters(NamedTuple):
    """The parameters that one layer owns: their tensors, and bytes of all."""

    name: str
    weights: tuple[Weight, ...]
    nbytes: int

    @property
    def size(self) -> int:
        """How many parameters."""
        return sum(weight.size for weight in self.weights)


class TaughtPart(NamedTuple):
    """A part of a sum, by its `key`: the product of its factors, times the sum of its terms, in bytes."""

    key: str
    factors: tuple[float, ...]
    terms: tuple[int, ...]

    @property
    def nbytes(self) -> int:
        return int(prod(self.factors) * sum(self.terms))


class TaughtNetwork(NamedTuple):
    """A network in one mode: what it reads, what its layers store for one image, and what they learn.

    `neighbours` are the largest volumes that are in memory together: those that a layer reads, and the one it writes.
    """

    mode: str
    batch: int
    images: tuple[Volume, ...]
    volumes: tuple[Volume, ...]
    learned: tuple[TaughtParameters, ...]
    neighbours: tuple[Volume, ...]
    value_bytes: int
    learning: Learning

    @property
    def image_bytes(self) -> int:
        """One image (of each input), in bytes."""
        return sum(volume.nbytes for volume in self.images)

    @property
    def volume_bytes(self) -> int:
        """The volumes of all layers for one image, in bytes."""
        return sum(volume.nbytes for volume in self.volumes)

    @property
    def param_bytes(self) -> int:
        return sum(layer.nbytes for layer in self.learned)

    @property
    def fixed_bytes(self) -> int:
        """The parameters that are not learned, in bytes: they have no gradient."""
        fixed = (weight.size for layer in self.learned for weight in layer.weights if not weight.trainable)
        return self.value_bytes * sum(fixed)

    @property
    def exercise(self) -> tuple[TaughtPart, ...]:
        """The exercise's sum: one prediction, or training on the batch. At least this much memory is needed."""
        parameters = TaughtPart("parameters", (), (self.param_bytes,))
        if self.mode == "inference":
            return (
                TaughtPart("neighbours", (), tuple(volume.nbytes for volume in self.neighbours)),
                parameters,
            )
        return (
            TaughtPart("volumes", (self.batch,), (self.volume_bytes,)),
            TaughtPart("images", (self.batch,), (self.image_bytes,)),
            parameters,
        )

    @property
    def course(self) -> tuple[TaughtPart, ...]:
        """The notes' three sources: activations, parameters, miscellaneous (the images); with gradients in training."""
        images = TaughtPart("images", (self.batch,), (self.image_bytes,))
        if self.mode == "inference":
            activations = TaughtPart("activations", (self.batch,), (self.volume_bytes,))
            return (activations, TaughtPart("parameters", (), (self.param_bytes,)), images)
        activations = TaughtPart("activations and gradients", (2, self.batch), (self.volume_bytes,))
        parameters = TaughtPart("parameters and copies", (self.learning.factor,), (self.param_bytes,))
        if fixed := self.fixed_bytes:
            learned = int((self.learning.factor - 1) * (self.param_bytes - fixed))
            parameters = TaughtPart("parameters and copies", (), (self.param_bytes, learned))
        return (activations, parameters, images)

    @property
    def current(self) -> tuple[TaughtPart, ...]:
        """The notes' "clever implementation" of a prediction, which keeps only the current activations."""
        near = TaughtPart("neighbours", (self.batch,), tuple(volume.nbytes for volume in self.neighbours))
        return (near, TaughtPart("parameters", (), (self.param_bytes,)))

    @property
    def rounded_first(self) -> RoundedFirst | None:
        """The exercise's training as the book computes it, where that gives another sum."""
        if self.mode == "inference" or self.batch == 1:
            return None
        return rounded_first(self.batch, self.volume_bytes, self.image_bytes, self.param_bytes)


class AsTaught(NamedTuple):
    """The sums of a spec in each mode that is asked for; none where an error leaves a shape unknown."""

    graph: Graph
    batch: int
    dtype: str
    networks: tuple[TaughtNetwork, ...]
    diagnostics: tuple[Diagnostic, ...] = ()


def total(parts: tuple[TaughtPart, ...]) -> int:
    """The bytes of all parts."""
    return sum(part.nbytes for part in parts)


def taught_network(graph: Graph, *, batch: int, dtype: str, learning: Learning) -> TaughtNetwork:
    """The numbers of a graph whose shapes are all known. Raises `ValueError` if one is not."""
    # An `expect` that fails does not change the network.
    analysis = Analysis(graph.with_(disputed=False), batch=batch, dtype=dtype)
    if analysis.totals.activations is None or analysis.totals.params is None:
        raise ValueError("a shape is unknown")
    value = DTYPES[dtype]
    volumes = {}
    for node, output in zip(graph.nodes, analysis.storage, strict=True):
        if node.shape is not None and output is not None and output.values:
            volumes[node.index] = Volume(node.name, node.shape, output.values * value)
    learned = [
        TaughtParameters(node.name, weights, value * sum(weight.size for weight in weights))
        for node in graph.layers
        if node.owner == node.index and node.fit is not None
        if (weights := node.fit.layer.weights(node.fit.inputs))
    ]
    inputs = frozenset(node.index for node in graph.inputs)
    return TaughtNetwork(
        mode=graph.mode,
        batch=batch,
        images=tuple(volumes[node.index] for node in graph.inputs),
        volumes=tuple(volume for index, volume in volumes.items() if index not in inputs),
        learned=tuple(learned),
        neighbours=tuple(volumes[index] for index in largest_neighbours(analysis)),
        value_bytes=value,
        learning=learning,
    )


def largest_neighbours(analysis: Analysis) -> tuple[int, ...]:
    """The nodes whose tensors one layer reads and writes, where these have the most values for an image."""
    stored = [output.values if output is not None else 0 for output in analysis.storage]
    roots = [output.root if output is not None else 0 for output in analysis.storage]
    together = [
        tuple(
            root
            for root in sorted({roots[source] for source in node.inputs} | {roots[node.index]})
            if stored[root]
        )
        for node in analysis.graph.layers
    ]
    return max(together, key=lambda nodes: sum(stored[node] for node in nodes), default=())

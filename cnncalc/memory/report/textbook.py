"""The two estimates that textbooks teach: sums of volumes and parameters, with no allocator and no order of events.

Both are for a batch in one type, whatever the setup of the run; they show where memory goes, not how much is needed.
"""

from cnncalc.analysis import Analysis
from cnncalc.graph import Graph
from cnncalc.memory.report.as_taught import largest_neighbours
from cnncalc.memory.report.learning import MOMENTUM, Learning
from cnncalc.record import NamedTuple
from cnncalc.shape import DTYPES


class Course(NamedTuple):
    """CS231n's three sources: activations and their gradients, parameters and what is learned by, and the images.

    `activations` are values of one image, without the outputs of layers in place, and without the image itself (it is
    no layer's output and has no gradient); everything else is bytes of the batch. `learning` is what is stored for
    each parameter.
    """

    activations: int
    activation_bytes: int
    parameter_bytes: int
    input_bytes: int
    learning: Learning = MOMENTUM

    @property
    def forward_bytes(self) -> int:
        """All volumes of a forward pass, the images among them."""
        return self.activation_bytes + self.input_bytes

    @property
    def with_gradients_bytes(self) -> int:
        """Every activation, and as much for its gradient."""
        return 2 * self.activation_bytes

    @property
    def learning_bytes(self) -> int:
        """Parameters, their gradients and the optimizer's cache."""
        return int(self.learning.factor * self.parameter_bytes)

    @property
    def doubled_bytes(self) -> int:
        """Twice the forward pass, as `inspect` counts gradients: the images' too, which nothing computes."""
        return 2 * self.forward_bytes

    @property
    def total_bytes(self) -> int:
        return self.with_gradients_bytes + self.learning_bytes + self.input_bytes


class Exercise(NamedTuple):
    """Géron's exercise: what is needed at least, in bytes, for one image's prediction and for training on a batch.

    A prediction holds the parameters and, at any time, one layer's inputs and its output; training all activations,
    the images and the parameters.
    """

    prediction_bytes: int
    training_bytes: int


class Textbook(NamedTuple):
    """Both."""

    course: Course
    exercise: Exercise


def textbook_estimates(graph: Graph, *, batch: int, dtype: str, learning: Learning = MOMENTUM) -> Textbook:
    """Both estimates of a graph whose shapes are all known; `learning` is what training stores for each parameter."""
    # An `expect` that fails does not change the network.
    analysis = Analysis(graph.with_(disputed=False), batch=batch, dtype=dtype)
    sums, value = analysis.totals, DTYPES[dtype]
    if sums.activations is None or sums.param_bytes is None:
        raise ValueError("a shape is unknown")
    image = sum(node.shape.size for node in graph.inputs if node.shape is not None)
    activations = sums.activations - image
    course = Course(
        activations, activations * value * batch, sums.param_bytes, image * value * batch, learning
    )
    return Textbook(
        course,
        Exercise(
            prediction_bytes=_neighbours(analysis) * value + sums.param_bytes,
            training_bytes=course.forward_bytes + sums.param_bytes,
        ),
    )


def _neighbours(analysis: Analysis) -> int:
    """The most values that one layer's inputs and its output have together, for an image."""
    stored = [0 if output is None else output.values for output in analysis.storage]
    return sum(stored[node] for node in largest_neighbours(analysis))

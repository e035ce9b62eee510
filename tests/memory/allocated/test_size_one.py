"""Along an axis of size 1 any stride is right, and a sum over one image is no operation: small shapes in PyTorch."""

from collections.abc import Iterator
from types import ModuleType

import pytest

from cnncalc.layers import Layer, layer_type, names
from cnncalc.shape import Shape
from cnncalc.vocabulary.check import problems
from cnncalc.vocabulary.layer import Inputs
from tests._depth import DEEP
from tests.memory._agreement import check
from tests.memory._replayed import network
from tests.memory._watched import BATCH
from tests.memory.allocated.test_layers import refuses_one_image

# Those that were wrong once; `make test-all` follows every layer.
QUICK = {"adaptive_avgpool", "conv", "global_avgpool", "position_embedding", "prelu"}
NETWORKS: tuple[tuple[str | None, str | None], ...] = (
    ("ln2d", None),
    (None, None),
    ("conv", "relu"),
    ("conv", "ln2d"),
)

pytestmark = pytest.mark.usefixtures("one_thread")


def small(name: str) -> Iterator[tuple[Layer, Inputs]]:
    """The layer as its examples have it, over one position and over one channel, as far as it takes these."""
    kind = layer_type(name)
    fields = [example.fields for example in kind.examples if len(example.inputs) == 1][: None if DEEP else 2]
    for given in fields:
        layer = kind(**given)
        for channels, spatial in (
            (2, (1,)),
            (1, (2,)),
            (1, ()),
            (2, (1, 1)),
            (1, (1, 2)),
            (2, (1, 2)),
            (1, (1, 1, 1)),
        ):
            inputs = (Shape(channels, spatial),)
            if not any(problem.blocking for problem in problems(layer, inputs)) and layer.torch(inputs):
                yield layer, inputs


@pytest.mark.fuzz
@pytest.mark.parametrize("name", [name for name in names() if DEEP or name in QUICK])
def test_small_shapes(torch: ModuleType, name: str) -> None:
    for layer, inputs in small(name):
        for before, after in NETWORKS if DEEP else NETWORKS[::3]:
            for batch in (1, BATCH):
                if batch == 1 and refuses_one_image(layer, inputs, "training"):
                    continue
                graph = network(layer, inputs, "training", before, after)
                if graph.nodes[-1].shape is None:
                    continue
                check(torch, graph, batch=batch, about=f"{layer} of {', '.join(map(str, inputs))}")

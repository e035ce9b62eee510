"""Every layer is followed through PyTorch's own forward and backward passes: what is replayed is what they allocate."""

from functools import partialmethod
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cnncalc.layers import Layer, Step, Tensor, layer_type, names
from cnncalc.vocabulary.layer import Inputs
from tests._depth import DEEP, cases
from tests.memory import _agreement
from tests.memory._replayed import network
from tests.memory._watched import BATCH

CASES = cases(1, 20, of=100)
LAX = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]

# What stands before and after a layer: what keeps its input; nothing; what keeps nothing; what writes over its input;
# and what leaves channels last in memory.
AROUND: list[tuple[str | None, str | None]] = [
    ("conv", None),
    ("conv", "scale"),
    ("conv", "relu"),
    (None, None),
    ("ln2d", None),
    ("conv", "ln"),
]
# After `ln2d` channels lie last in memory.
QUICK = (AROUND[0], ("ln2d", None))
EXAMPLES = [
    pytest.param(layer_type(name)(**example.fields), example.inputs, id=f"{name}-{index}")
    for name in names()
    for index, example in enumerate(layer_type(name).examples)
    # Without the deep profile the first of each layer type, and those over three axes.
    if example.inputs and (DEEP or not index or example.inputs[0].rank == 3)
]
# For one image and under autocast: without the deep profile the first of each layer type alone.
FIRST = EXAMPLES if DEEP else [example for example in EXAMPLES if str(example.id).endswith("-0")]
MODES = ("training", "inference")

pytestmark = pytest.mark.usefixtures("one_thread")


def check(
    torch: ModuleType,
    layer: Layer,
    inputs: Inputs,
    mode: str,
    before: str | None,
    after: str | None,
    batch: int = BATCH,
    autocast: str | None = None,
) -> None:
    graph = network(layer, inputs, mode, before, after)
    _agreement.check(
        torch, graph, batch=batch, autocast=autocast, about=f"{layer} of {', '.join(map(str, inputs))}"
    )


def refuses_one_image(layer: Layer, inputs: Inputs, mode: str) -> bool:
    """Whether PyTorch refuses to normalise the single value that each channel of one image has."""
    return layer.normalised(inputs, 1, training=mode == "training") == 1


@pytest.mark.fuzz
@pytest.mark.parametrize(("layer", "inputs"), EXAMPLES)
def test_examples(torch: ModuleType, layer: Layer, inputs: Inputs) -> None:
    for mode in MODES:
        for before, after in AROUND if DEEP else QUICK if mode == MODES[0] else QUICK[:1]:
            check(torch, layer, inputs, mode, before, after)


@pytest.mark.fuzz
@pytest.mark.parametrize(("layer", "inputs"), FIRST)
def test_examples_with_a_batch_of_one_image(torch: ModuleType, layer: Layer, inputs: Inputs) -> None:
    """The sum over the images is no operation then: some gradients of weights are views."""
    for mode in MODES if DEEP else MODES[:1]:
        for before, after in AROUND if DEEP else (("conv", "ln"),):
            if not refuses_one_image(layer, inputs, mode):
                check(torch, layer, inputs, mode, before, after, batch=1)


@pytest.mark.fuzz
@pytest.mark.parametrize(("layer", "inputs"), FIRST)
def test_examples_under_autocast(torch: ModuleType, layer: Layer, inputs: Inputs) -> None:
    """After what gives the lower type, and after what gives float32, which is cast first."""
    for mode in MODES:
        for before, after in AROUND if DEEP else QUICK if mode == MODES[0] else QUICK[:1]:
            check(torch, layer, inputs, mode, before, after, autocast="bfloat16")
            if DEEP and not refuses_one_image(layer, inputs, mode):
                check(torch, layer, inputs, mode, before, after, batch=1, autocast="float16")


# Between two layers stands what reads something.
@pytest.mark.fuzz
@pytest.mark.parametrize("name", [name for name in names() if layer_type(name).arity != 0])
@given(data=st.data())
@settings(max_examples=CASES, suppress_health_check=LAX)
def test_random_configurations(torch: ModuleType, random_case: Any, name: str, data: st.DataObject) -> None:
    layer, inputs = data.draw(random_case(name))
    assume(layer.torch(inputs))
    mode = data.draw(st.sampled_from(("training", "training", "inference")))
    batch = data.draw(st.sampled_from((BATCH, 1)))
    assume(batch > 1 or not refuses_one_image(layer, inputs, mode))
    autocast = data.draw(st.sampled_from((None, "bfloat16", "float16")))
    check(torch, layer, inputs, mode, *data.draw(st.sampled_from(AROUND)), batch, autocast)


@pytest.mark.parametrize(
    ("lie", "fact"),
    [
        ({"scratch": (Tensor("more", (1,)),)}, "forward"),
        ({"keeps": (0, Tensor("more", (1,)))}, "kept"),
        (
            {"backward": (Step((Tensor("grad0", (16, 8, 8), batched=True), Tensor("more", (1,)))),)},
            "backward",
        ),
        ({"backward": ()}, "backward"),
    ],
)
def test_a_wrong_fact_of_a_layer_fails_and_is_named(
    torch: ModuleType, lie: dict[str, Any], fact: str
) -> None:
    kind = layer_type("sigmoid")
    methods = {
        name: partialmethod(lambda self, *_, value, **__: value, value=value) for name, value in lie.items()
    }
    inputs = kind.examples[0].inputs
    check(torch, kind(), inputs, "training", "conv", "scale")
    with pytest.raises(AssertionError, match=f"{_agreement.FACTS[fact]}: .* are replayed, PyTorch has "):
        check(torch, type("Lying", (kind,), methods)(), inputs, "training", "conv", "scale")

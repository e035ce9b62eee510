"""What a layer states about values is what PyTorch does: every trait of every layer type, with numbers."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import inf
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cnncalc.layers import Layer, layer_type, names
from cnncalc.shape import Shape
from cnncalc.vocabulary.activation import SHAPES, Activation, OfOutputs, ValueFunction
from cnncalc.vocabulary.groups import KeepsInput, PicksValues
from cnncalc.vocabulary.layer import Inputs, Work, layer
from cnncalc.vocabulary.limits import ANY, NOT_NEGATIVE, Limits
from cnncalc.vocabulary.traits import (
    is_elementwise,
    is_never_negative,
    keeps_positions,
    remembers_variance,
    steps,
)
from tests._depth import DEEP, cases
from tests._each import each
from tests.layers._twin import BATCH, Case, Twin, affordable, twin

# Positions along an axis whose reads are looked at, and rounds with other random values.
ROUNDS = 4


def examples(name: str) -> list[Case]:
    """The examples of a layer type that PyTorch has a call for; none of a layer that reads nothing."""
    every = [
        affordable(layer_type(name)(**example.fields), example.inputs)
        for example in layer_type(name).examples
    ]
    return [case for case in every if case[1] and case[0].torch(case[1])]


EXAMPLES = {name: listed for name in names() if (listed := examples(name))}


pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(autouse=True)
def same_values(torch: ModuleType) -> Iterator[None]:
    """The same random values in every run."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        yield


def model_of(torch: ModuleType, case: Case, *, training: bool = False) -> Twin:
    model = twin(torch, *case).train(training)
    for module in model.modules:
        module.double()
    return model


def drawn(torch: ModuleType, inputs: Inputs, limits: Limits) -> list[Any]:
    """Random values between the limits, to 10 where there are none."""
    low, high = max(limits.low, -10.0), min(limits.high, 10.0)
    return [low + (high - low) * torch.rand(BATCH, *tensor.torch, dtype=torch.float64) for tensor in inputs]


def close(torch: ModuleType, result: Any, other: Any, tolerance: float = 1e-9) -> bool:
    scale = max(1.0, float(result.abs().max()), float(other.abs().max()))
    return result.shape == other.shape and float((result - other).abs().max()) <= tolerance * scale


def check_linear_is_additive(torch: ModuleType, case: Case) -> None:
    """f(a + b) = f(a) + f(b), up to the constant f(0)."""
    model = model_of(torch, case)
    first, other = drawn(torch, case[1], ANY), drawn(torch, case[1], ANY)
    with torch.no_grad():
        zero = model(*(0 * tensor for tensor in first))
        both = model(*(a + b for a, b in zip(first, other, strict=True))) - zero
        apart = model(*first) - zero + (model(*other) - zero)
    assert case[0].linear == close(torch, both, apart)


def check_values_lie_within_the_limits(torch: ModuleType, case: Case) -> None:
    layer, inputs = case
    models = {training: model_of(torch, case, training=training) for training in (True, False)}
    for before in (
        ANY,
        NOT_NEGATIVE,
        Limits(0, 1),
        Limits(0, 6),
        Limits(-1, 1),
        Limits(3, 9),
        Limits(-9, -3),
    ):
        limits = layer.limits(inputs, (before,) * len(inputs))
        for training, model in models.items():
            with torch.no_grad():
                output = model(*drawn(torch, inputs, before))
            # Roots of negative sums (lppool) are no numbers.
            output = output[~output.isnan()]
            if not output.numel():
                continue
            assert limits.low - 1e-9 <= float(output.min()), (before, training)
            assert float(output.max()) <= limits.high + 1e-9, (before, training)


@pytest.mark.fuzz
@pytest.mark.parametrize("name", EXAMPLES)
@given(data=st.data())
@settings(max_examples=cases(3, 50, of=100), suppress_health_check=[*HealthCheck])
def test_random_layers_are_linear_and_limited_as_they_say(
    torch: ModuleType, random_case: Any, name: str, data: st.DataObject
) -> None:
    case = data.draw(random_case(name))
    assume(case[0].torch(case[1]))
    check_values_lie_within_the_limits(torch, case)
    if case[0].linear:
        check_linear_is_additive(torch, case)


def check_only_what_is_never_negative_says_so(torch: ModuleType, case: Case) -> None:
    """By signs: what may be negative is so for some random values."""
    layer, inputs = case
    if layer.key == "pow" and len(inputs) > 1:
        return  # Only whole exponents, which are never drawn, give negative values.
    model = model_of(torch, case)
    with torch.no_grad():
        entering = [drawn(torch, inputs, limits) for limits in (ANY, Limits(-10, -1), Limits(-2, 0.5))]
        # Roots and logarithms of negative values are no numbers.
        outputs = [tensor[~tensor.isnan()] for tensor in (model(*tensors) for tensors in entering)]
    assert is_never_negative(layer, inputs) == all(bool((tensor >= 0).all()) for tensor in outputs)


def check_an_activation_leaves_the_values_it_says(torch: ModuleType, case: Case) -> None:
    layer, inputs = case
    if not isinstance(layer, ValueFunction):
        return
    model = model_of(torch, case)
    with torch.no_grad():
        tensors = drawn(torch, inputs, layer.leaves or ANY)
        assert close(torch, model(tensors[0].clone()), tensors[0]) == (layer.leaves is not None)
        if layer.leaves is not None and layer.leaves.low > -inf:
            (below,) = drawn(torch, inputs, Limits(layer.leaves.low - 1, layer.leaves.low - 0.1))
            assert not close(torch, model(below.clone()), below)
        # Small values too: a logarithm is negative below 1.
        positive = [drawn(torch, inputs, limits)[0] for limits in (NOT_NEGATIVE, Limits(0, 0.5))]
        assert all(bool((model(tensor) >= 0).all()) for tensor in positive) == layer.keeps_sign


@each("name", names())
def test_activations_of_outputs_have_a_limit(name: str) -> None:
    type_ = layer_type(name)
    if issubclass(type_, OfOutputs):
        assert issubclass(type_, ValueFunction)
        assert type_().gives.high < inf


def reads(torch: ModuleType, model: Twin, inputs: Inputs, place: tuple[int, ...], which: int = 0) -> Any:
    """Of one output value, (channel, *position), which values of an operand it depends on: booleans."""
    mask = torch.zeros(inputs[which].torch, dtype=torch.bool)
    for _ in range(ROUNDS):
        # Within the range where hardly any activation is flat.
        tensors = [
            (0.1 + 0.8 * tensor / 10).requires_grad_() for tensor in drawn(torch, inputs, NOT_NEGATIVE)
        ]
        value = model(*(tensor.clone() for tensor in tensors))[(0, *place)]
        if value.requires_grad:
            (gradient,) = torch.autograd.grad(value, tensors[which], allow_unused=True)
            mask |= (gradient[0] != 0) if gradient is not None else False
    return mask


def middle(output: Shape) -> tuple[int, ...]:
    return tuple(size // 2 for size in output.torch)


def check_channels_are_read_as_said(torch: ModuleType, case: Case) -> None:
    """By gradients: one channel, or several; of several, `scaled` ones take part alike, whatever their order."""
    layer, inputs = case
    output, model = layer.output(inputs), model_of(torch, case)
    read = layer.reads_channels(inputs)
    counts = [
        int(reads(torch, model, inputs, place, which).reshape(inputs[which].channels, -1).any(1).sum())
        for which in range(1 if layer.reads_first else len(inputs))
        for place in {(0, *middle(output)[1:]), middle(output)}
    ]
    if read == "apart":
        assert max(counts) <= 1
        return
    assert max(counts) > 1 or inputs[0].channels == 1
    tensors = drawn(torch, inputs, ANY)
    with torch.no_grad():
        turned, straight = model(*(tensor.flip(1) for tensor in tensors)).flip(1), model(*tensors)
        rolled = model(*(tensor.roll(1, 1) for tensor in tensors)).roll(-1, 1)
    # Of an even number of neighbours (lrn) there is one more on one side.
    alike = output.channels == inputs[0].channels and close(torch, turned, straight, 1e-3)
    # Heads of attention are alike the other way round, but not with other channels in each.
    alike = alike and (read == "scaled" or close(torch, rolled, straight, 1e-3))
    assert alike == (read == "scaled")


def check_values_stay_in_place_where_it_is_said(torch: ModuleType, case: Case) -> None:
    """By gradients: a position reads one, and its neighbour reads the next."""
    layer, inputs = case
    output = layer.output(inputs)
    if not keeps_positions(layer, inputs) or layer.takes_statistics:
        return
    model, place = model_of(torch, case), middle(output)
    (here,) = reads(torch, model, inputs, place).any(0).nonzero() if output.rank else ([],)
    for axis in range(output.rank):
        if output.spatial[axis] > 2:
            before = (*place[: axis + 1], place[axis + 1] - 1, *place[axis + 2 :])
            (there,) = reads(torch, model, inputs, before).any(0).nonzero()
            moved = (here - there).tolist()
            assert moved == [int(dimension == axis) for dimension in range(output.rank)]


def check_a_layer_that_steps_moves_on_faster_than_its_output(torch: ModuleType, case: Case) -> None:
    layer, inputs = case
    output = layer.output(inputs)
    if isinstance(layer, PicksValues) and not layer.linear:
        return  # A gradient reaches the largest value of a window only: not all that is read.
    if output.rank != inputs[0].rank or layer.reach(inputs) is None or max(output.spatial, default=0) < 3:
        return
    model, place = model_of(torch, case), (0, *middle(output)[1:])
    paces = []
    for axis, size in enumerate(output.spatial):
        if size > 2:
            ends = [(*place[: axis + 1], end, *place[axis + 2 :]) for end in (0, size - 1)]
            read = [reads(torch, model, inputs, end).flatten(0, axis).any(0) for end in ends]
            first, last = (
                gradient.reshape(gradient.shape[0], -1).any(1).nonzero().double().mean() for gradient in read
            )
            paces.append(float(last - first) / (size - 1))
    assert steps(layer, inputs) == (max(paces) > 1)


def check_statistics_of_positions_are_taken_where_it_is_said(torch: ModuleType, case: Case) -> None:
    layer, inputs = case
    if not is_elementwise(layer, inputs) or inputs[0].positions == 1:
        assert not layer.takes_statistics or inputs[0].positions == 1
        return
    read = reads(torch, model_of(torch, case), inputs, middle(layer.output(inputs))).any(0)
    assert layer.takes_statistics == (int(read.sum()) > 1)


def check_a_bias_is_cancelled_where_it_is_said(torch: ModuleType, case: Case) -> None:
    """In training: one number added to every value of a channel."""
    layer, inputs = case
    if layer.family != "normalisation":
        assert not layer.cancels_bias, "only a normalisation says so"
        return
    model = model_of(torch, case, training=True)
    bias = 0.5 + torch.rand(inputs[0].channels, *(1,) * inputs[0].rank, dtype=torch.float64)
    alike = []
    for _ in range(ROUNDS):
        first, *others = drawn(torch, inputs, Limits(-2, 2))
        with torch.no_grad():
            plain, biased = (
                model(tensor.clone(), *(other.clone() for other in others))
                for tensor in (first, first + bias)
            )
        alike.append(close(torch, plain, biased, 1e-6))
    assert layer.cancels_bias == all(alike)


def check_a_remembered_variance_normalises_at_inference(torch: ModuleType, case: Case) -> None:
    """By changing it."""
    layer, inputs = case
    model = model_of(torch, case)
    tensors = drawn(torch, inputs, ANY)
    named = [buffers for module in model.modules for buffers in [dict(module.named_buffers())] if buffers]
    with torch.no_grad():
        before = model(*(tensor.clone() for tensor in tensors))
        for buffers in named:
            for name, buffer in buffers.items():
                if "index" not in name:
                    buffer.fill_(9)
        changed = named and not close(torch, before, model(*(tensor.clone() for tensor in tensors)))
    if layer_type(layer.key).family == "normalisation":
        assert remembers_variance(layer, inputs) == bool(changed)


def check_autocast_computes_in_the_stated_type(torch: ModuleType, case: Case) -> None:
    """On a CPU. (tests/memory/test_precision.py reads the list of CUDA.)"""
    layer, inputs = case
    model = twin(torch, *case).train(False)
    for entering in (torch.float32, torch.bfloat16):
        tensors = [torch.rand(BATCH, *tensor.torch).to(entering) for tensor in inputs]
        with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
            computes = model(*tensors).dtype
        wanted = {"lower": torch.bfloat16, "promotes": torch.float32, "float32": torch.float32}.get(
            layer.autocast_on_cpu(inputs), entering
        )
        assert computes == wanted, entering


def check_one_of_several_views_may_not_be_overwritten(torch: ModuleType, case: Case) -> None:
    layer, inputs = case
    model = twin(torch, *case).train(True)
    output = model(*model.inputs(inputs))
    refused = False
    try:
        output.add_(1)
    except RuntimeError as error:
        refused = "returns multiple views" in str(error)
    assert layer.one_of_views == refused


CHECKS = [
    check_linear_is_additive,
    check_values_lie_within_the_limits,
    check_only_what_is_never_negative_says_so,
    check_an_activation_leaves_the_values_it_says,
    check_channels_are_read_as_said,
    check_values_stay_in_place_where_it_is_said,
    check_a_layer_that_steps_moves_on_faster_than_its_output,
    check_statistics_of_positions_are_taken_where_it_is_said,
    check_a_bias_is_cancelled_where_it_is_said,
    check_a_remembered_variance_normalises_at_inference,
    check_autocast_computes_in_the_stated_type,
    check_one_of_several_views_may_not_be_overwritten,
]


@pytest.mark.fuzz
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example(torch: ModuleType, name: str) -> None:
    """Two of each layer type in `make test`."""
    for check, case in product(CHECKS, EXAMPLES[name] if DEEP else EXAMPLES[name][:2]):
        torch.manual_seed(0)
        try:
            check(torch, case)
        except BaseException as error:
            error.add_note(f"{check.__name__}, in this example: {case}")
            raise


class Complete(Activation, KeepsInput):
    """An activation that states every fact."""

    source = "none"
    examples = SHAPES
    module = "nn.ReLU"
    autocast = "input"
    gives = NOT_NEGATIVE
    leaves = None
    keeps_sign = True

    def work(self, inputs: Inputs) -> Work:
        return Work()


TRAITS = [
    *(
        "autocast",
        "cancels_bias",
        "takes_statistics",
        "linear",
        "one_of_views",
        "source",
        "family",
        "examples",
    ),
    *(
        "reads_channels",
        "limits",
        "reach",
        "output",
        "weights",
        "buffers",
        "work",
        "keeps",
        "scratch",
        "storage",
    ),
    *("torch", "label"),
]


@cache
def forgetting(trait: str) -> type[Layer]:
    """A layer whose bases state everything but one thing."""
    stated = {
        name: value
        for base in reversed(Complete.__mro__)
        if base is not Layer and issubclass(base, Layer)
        for name, value in vars(base).items()
        if name != trait and not name.startswith(("__", "_abc"))
    }
    return type("Forgetful", (Layer,), stated)


def test_a_layer_that_states_everything_is_one() -> None:
    assert isinstance(layer(Complete)(), Layer)


@pytest.mark.parametrize("trait", TRAITS)
def test_a_layer_that_forgets_a_trait_is_refused_by_name(trait: str) -> None:
    with pytest.raises(TypeError, match=rf"Forgetful does not state: {trait}$"):
        layer(forgetting(trait))


@pytest.mark.parametrize("trait", ["gives", "leaves", "keeps_sign", "module"])
def test_an_activation_that_forgets_a_trait_is_refused_by_name(trait: str) -> None:
    class Forgetful(Activation, KeepsInput):
        source = "none"
        examples = SHAPES
        autocast = "input"

        def work(self, inputs: Inputs) -> Work:
            return Work()

    for name in {"gives", "leaves", "keeps_sign", "module"} - {trait}:
        setattr(Forgetful, name, getattr(Complete, name))
    with pytest.raises(TypeError, match=rf"Forgetful does not state: {trait}$"):
        layer(Forgetful)


@dataclass(frozen=True)
class Wrong:
    """A layer type, and a trait with a wrong value for it."""

    name: str
    trait: str
    value: Any


@pytest.mark.parametrize(
    ("wrong", "check"),
    [
        (Wrong("relu", "linear", True), check_linear_is_additive),
        (Wrong("conv", "linear", False), check_linear_is_additive),
        (Wrong("relu", "gives", Limits(1, inf)), check_values_lie_within_the_limits),
        (Wrong("relu", "gives", ANY), check_only_what_is_never_negative_says_so),
        (Wrong("relu", "leaves", ANY), check_an_activation_leaves_the_values_it_says),
        (Wrong("conv", "reads_channels", lambda self, inputs: "apart"), check_channels_are_read_as_said),
        (Wrong("ln", "reads_channels", lambda self, inputs: "mixed"), check_channels_are_read_as_said),
        (Wrong("gn", "takes_statistics", False), check_statistics_of_positions_are_taken_where_it_is_said),
        (Wrong("bn", "cancels_bias", False), check_a_bias_is_cancelled_where_it_is_said),
        (Wrong("conv", "autocast", "input"), check_autocast_computes_in_the_stated_type),
        (Wrong("chunk", "one_of_views", False), check_one_of_several_views_may_not_be_overwritten),
    ],
    ids=lambda value: f"{value.name}-{value.trait}" if isinstance(value, Wrong) else value.__name__,
)
def test_a_wrong_trait_is_found(torch: ModuleType, wrong: Wrong, check: Any) -> None:
    right = layer_type(wrong.name)
    mistaken: type[Layer] = layer(
        type(right.__name__, (right,), {wrong.trait: wrong.value, "__module__": right.__module__})
    )
    example = right.examples[0]
    with pytest.raises(AssertionError):
        check(torch, affordable(mistaken(**example.fields), example.inputs))

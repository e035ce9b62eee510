"""The facts that a layer states are what PyTorch does: its twin is built from its `torch()` and watched."""

import gc
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partialmethod
from itertools import product
from math import inf
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from cnncalc.layers import Layer, layer_type, names, problems, stored_type
from cnncalc.shape import DTYPES, Shape
from cnncalc.vocabulary.groups import PicksValues
from cnncalc.vocabulary.interpolation import Interpolation
from cnncalc.vocabulary.layer import Call, Example, Inputs, Kept, Step, Storage, Tensor, Work
from cnncalc.vocabulary.pool import Pool
from cnncalc.vocabulary.reach import Reach, Taps
from cnncalc.vocabulary.strides import channels_last
from cnncalc.vocabulary.values import Sides
from tests._depth import cases
from tests._each import each
from tests.layers._twin import BATCH, Twin, affordable, storage, twin

LAX = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]

CASES = cases(8, 150, of=100)

# PyTorch has no call for some configurations; `no_twin` says which.
SOMETIMES_WITHOUT_TWIN = {"avgpool", "lppool"}
EXAMPLES = [
    pytest.param(layer_type(name)(**example.fields), example.inputs, id=f"{name}-{index}")
    for name in names()
    for index, example in enumerate(layer_type(name).examples)
]

pytestmark = pytest.mark.usefixtures("one_thread")


def of(name: str, **fields: Any) -> Layer:
    return layer_type(name)(**fields)


def no_twin(layer: Layer, inputs: Inputs) -> bool:
    """Padding in a step of its own is values to PyTorch's averages: it is counted, and never hung over."""
    assert isinstance(layer, Pool)
    if layer.padding_apart(inputs[0]) is None:
        return False
    hangs_over = any(window.overhang for window in layer.windows(inputs[0]))
    return hangs_over or not getattr(layer, "count_include_pad", True)


def check_shape_and_state(torch: ModuleType, layer: Layer, inputs: Inputs) -> None:
    model = twin(torch, layer, inputs).train(True)
    output = layer.output(inputs)
    assert output.torch == tuple(model(*model.inputs(inputs)).shape)[output.batched :]
    weights = [(weight.name, weight.shape, "float32") for weight in layer.weights(inputs)]
    assert weights == model.named("parameters")
    buffers = [(tensor.name, tensor.shape, tensor.dtype or "float32") for tensor in layer.buffers(inputs)]
    assert buffers == model.named("buffers")


def check_macs(torch: ModuleType, layer: Layer, inputs: Inputs) -> None:
    from cnncalc.pytorch.counting import flop_counter

    model = twin(torch, layer, inputs).train(False)
    tensors = [tensor.detach() for tensor in model.inputs(inputs)]
    with torch.no_grad(), flop_counter() as counter:
        model(*tensors)
    flops = counter.get_total_flops()
    assert flops % (2 * BATCH) == 0
    assert layer.work(inputs).macs == flops // 2 // BATCH


def nbytes(tensor: Tensor) -> int:
    return tensor.size * DTYPES[kind(tensor)] * (BATCH if tensor.batched else 1)


def kind(tensor: Tensor) -> str:
    """The type of a tensor in a model of float32."""
    return stored_type(tensor.dtype, "float32")


def stated_kept(keeps: tuple[Kept, ...], *, shared: bool) -> tuple[set[Any], list[tuple[int, str]]]:
    """The operands kept, and bytes and dtype of each tensor of its own. `shared`: the output is input 0."""
    operands = {0 if kept == "output" and shared else kept for kept in keeps if not isinstance(kept, Tensor)}
    own = [(nbytes(kept), kind(kept)) for kept in keeps if isinstance(kept, Tensor)]
    return operands, sorted(own)


def check_kept(torch: ModuleType, layer: Layer, inputs: Inputs) -> None:
    model = twin(torch, layer, inputs).train(True)
    tensors = model.inputs(inputs)
    operands = {storage(tensor): position for position, tensor in reversed(list(enumerate(tensors)))}
    excluded = model.storages()
    saved: list[Any] = []

    def save(tensor: Any) -> Any:
        saved.append(tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(save, lambda tensor: tensor):
        output = model(*tensors)
    shared = storage(output) in operands
    operands.setdefault(storage(output), "output")
    unique = {storage(tensor): tensor for tensor in saved if storage(tensor) not in excluded}
    kept = {operands[position] for position in unique if position in operands}
    own = sorted(
        (tensor.untyped_storage().nbytes(), str(tensor.dtype).removeprefix("torch."))
        for position, tensor in unique.items()
        if position not in operands
    )
    stated = stated_kept(layer.keeps(inputs), shared=shared)
    assert stated == (kept, own), (
        "operands that are kept, and (bytes, type) of other tensors: "
        f"`keeps` states {stated}, PyTorch keeps {(kept, own)}"
    )
    output.sum().backward()


def check_storage(torch: ModuleType, layer: Layer, inputs: Inputs) -> None:
    for training in (True, False):
        model = twin(torch, layer, inputs).train(training)
        tensors = model.inputs(inputs)
        output = model(*tensors)
        assert layer.gives_parameter == (storage(output) in model.storages())
        shares = any(storage(output) == storage(tensor) for tensor in tensors[:1])
        stored = layer.storage(training=training)
        assert shares == (stored in (Storage.VIEW, Storage.IN_PLACE)), f"training={training}"


@contextmanager
def metered(torch: ModuleType, known: set[int]) -> Iterator[list[int]]:
    """Bytes of new storages alive at once: [now, peak]."""
    from torch.utils._python_dispatch import TorchDispatchMode
    from torch.utils._pytree import tree_leaves

    seen, tally = set(known), [0, 0]

    def freed(address: int, size: int) -> None:
        seen.discard(address)
        tally[0] -= size

    class Meter(TorchDispatchMode):
        def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            result = function(*args, **(kwargs or {}))
            for tensor in tree_leaves(result):
                if isinstance(tensor, torch.Tensor) and storage(tensor) not in seen:
                    held = tensor.untyped_storage()
                    seen.add(storage(tensor))
                    tally[0] += held.nbytes()
                    tally[1] = max(tally)
                    weakref.finalize(held, freed, storage(tensor), held.nbytes())
            return result

    with Meter():
        yield tally


def peak_of(steps: list[Step], kept: set[str]) -> int:
    """The most that steps hold at once, in bytes; what is kept is not freed."""
    held: dict[int | str, int] = {}
    most = 0
    for step in steps:
        held |= {tensor.name: nbytes(tensor) for tensor in step.makes}
        most = max(most, sum(held.values()))
        for name in step.frees:
            if name not in kept:
                held.pop(name, None)
    return most


def check_allocated(torch: ModuleType, layer: Layer, inputs: Inputs) -> None:
    """At its peak the forward holds its output, its scratch and, in training, what is kept of its own."""
    for training in (True, False):
        model = twin(torch, layer, inputs).train(training)
        tensors = model.inputs(inputs)
        known = model.storages() | {storage(tensor) for tensor in tensors}
        with torch.set_grad_enabled(training), metered(torch, known) as tally:
            output = model(*tensors)
        held = {tensor.name: tensor for tensor in layer.scratch(inputs)}
        if training:
            held |= {kept.name: kept for kept in layer.keeps(inputs) if isinstance(kept, Tensor)}
        # Under a meter some calls take the way that they take for subclasses of tensors.
        lying = tuple(channels_last(shape.torch) for shape in inputs) if model.channels_last else ()
        *before, last = layer.forward_of(inputs, Call(training=training, subclasses=True, lying=lying))
        held |= {tensor.name: tensor for tensor in last.makes if tensor.name != "output"}
        expected = sum(map(nbytes, held.values()))
        own = layer.storage(training=training) in (Storage.OWN, Storage.WHERE_SAFE)
        if own and not layer.gives_parameter:
            expected += output.untyped_storage().nbytes()
        # Filters that are computed first may take more than a small output.
        expected = max(expected, peak_of(before, set(held) if training else set()))
        assert tally[1] == expected, (
            f"training={training}: PyTorch allocates {tally[1]} bytes. The layer states {expected}: the output "
            f"(`storage`), and {sorted(held)} (`scratch`, in training also `keeps`)"
        )


def reads(
    torch: ModuleType, model: Twin, layer: Layer, inputs: Inputs, axis: int, moves: int
) -> dict[int, tuple[int, int] | None]:
    """The first and the last position along an axis of the input that positions along one of the output depend on."""
    # Positions of the nearest value are computed in float32; other weights may be 0 but for rounding.
    least = 1e-10 if isinstance(layer, Interpolation) else 0.0
    nearest = isinstance(layer, Interpolation) and layer.mode == "nearest"
    tensors = model.inputs(inputs, dtype="float32" if nearest else "float64")
    output = model(*tensors)
    weights = torch.rand_like(output)  # else softmax's outputs sum to a constant
    spans: dict[int, tuple[int, int] | None] = {}
    count = output.shape[moves + 2] if output.dim() > 2 else 1
    for position in sorted(
        {0, 1, 2, 3, 4, count // 2, count // 2 + 1, count - 2, count - 1} & set(range(count))
    ):
        weighted = output * weights
        row = weighted.select(moves + 2, position).sum() if output.dim() > 2 else weighted.sum()
        (gradient,) = torch.autograd.grad(row, tensors[0], retain_graph=True)
        other = [d for d in range(gradient.ndim) if d != axis + 2]
        positions = (gradient.abs().amax(other) > least).nonzero().flatten().tolist()
        spans[position] = (positions[0], positions[-1]) if positions else None
    return spans


def predicted(reach: Reach, position: int) -> tuple[int, int] | None:
    """The first and the last position that a layer says an output position reads."""
    turns, phase = divmod(position, len(reach.phases))
    if (taps := reach.phases[phase]) is None:
        return None
    return taps.first + turns * reach.shift, taps.last + turns * reach.shift


# Families whose gradients reach all that they read.
LINEAR = {"convolution", "linear", "pooling", "shape", "attention"}


def check_reach(torch: ModuleType, layer: Layer, inputs: Inputs) -> None:
    if layer.takes_statistics:
        return  # of all positions; receptive fields leave them out
    model = twin(torch, layer, inputs).train(False)
    for module in model.modules:
        module.double()
        for parameter in module.parameters():
            parameter.data.abs_().add_(0.1)
    for axis, reach in enumerate(layer.reach(inputs) or ()):
        size, moves = inputs[0].spatial[axis], axis if reach.axis is None else reach.axis
        spans = reads(torch, model, layer, inputs, axis, moves)
        # Along another axis there may be nothing but padding.
        blind = not any(spans.values())
        for position, span in spans.items():
            expected = predicted(reach, position)
            inside = expected is not None and expected[0] >= 0 and expected[1] < size
            if reach.beyond and not inside:
                continue  # a value of the input that stands for one beyond it
            if span is None:
                # Where all that is read is padding, or a function is flat.
                arrives = blind or not inside or layer.family not in LINEAR or layer.reads_indices
                assert arrives, f"output {position} of axis {axis}"
                continue
            assert expected is not None, f"output {position} of axis {axis}"
            assert expected[0] <= span[0], f"output {position} of axis {axis}"
            assert span[1] <= expected[1], f"output {position} of axis {axis}"
            # A maximum has one position only that a gradient reaches.
            is_maximum = (isinstance(layer, PicksValues) and not layer.linear) or layer.reads_indices
            if inside and layer.family in LINEAR and not is_maximum:
                assert span == expected, f"output {position} of axis {axis}"


def check_operands_are_reached_as_said(torch: ModuleType, layer: Layer, inputs: Inputs) -> None:
    """By gradients: what each operand of a merge gives to a position. `reach` alone is of those that move with it."""
    if len(inputs) < 2 or layer.reads_first or layer.reach(inputs) is None:
        return
    model = twin(torch, layer, inputs).train(False)
    for module in model.modules:
        module.double()
    tensors = model.inputs(inputs, dtype="float64")
    output = model(*tensors)
    whole, along = layer.reads_whole(inputs), layer.joins_along(inputs)
    for which, operand in enumerate(inputs):
        for axis in range(min(operand.rank, layer.output(inputs).rank)):
            size, before = operand.spatial[axis], sum(shape.spatial[axis] for shape in inputs[:which])
            for position in range(output.shape[axis + 2]):
                value = output.select(axis + 2, position).sum()
                (gradient,) = torch.autograd.grad(value, tensors[which], retain_graph=True)
                other = [dimension for dimension in range(gradient.ndim) if dimension != axis + 2]
                places = gradient.abs().amax(other).nonzero().flatten().tolist()
                expected: tuple[int, int] | None = (0, size - 1)
                if along == axis:
                    own = position - before
                    expected = (own, own) if 0 <= own < size else None
                elif which not in whole and size > 1:
                    expected = predicted((layer.reach(inputs) or ())[axis], position)
                if not places and not layer.linear:
                    continue  # The largest of several values is of one operand only.
                assert ((places[0], places[-1]) if places else None) == expected, (which, axis, position)


CHECKS = [
    check_shape_and_state,
    check_macs,
    check_kept,
    check_storage,
    check_allocated,
    check_reach,
    check_operands_are_reached_as_said,
]
# An example with more weights takes seconds: a smaller volume then has the same checks.
MANY_WEIGHTS = 10_000_000


def fits_reach(layer: Layer, inputs: Inputs) -> bool:
    """Whether output and first input have positions that can be distinguished along the same axes."""
    output = layer.output(inputs)
    if not inputs:
        return False
    agree = layer.arity == 1 or layer.reads_first or output.spatial == inputs[0].spatial
    return bool(output.rank or not inputs[0].rank) and agree and layer.reach(inputs) is not None


@each("check", CHECKS, ids=lambda check: check.__name__)
@each("name", names())
def test_examples(torch: ModuleType, check: Callable[..., None], name: str) -> None:
    for example in layer_type(name).examples:
        layer, inputs = layer_type(name)(**example.fields), example.inputs
        many = sum(weight.size for weight in layer.weights(inputs)) > MANY_WEIGHTS
        if check is check_reach or many:
            layer, inputs = affordable(layer, inputs)
        if check is check_reach and not fits_reach(layer, inputs):
            continue
        try:
            check(torch, layer, inputs)
        except BaseException as error:
            error.add_note(f"in this example: {layer}, {inputs}")
            raise


@pytest.mark.fuzz
@pytest.mark.parametrize("name", names())
@given(data=st.data())
@settings(max_examples=CASES, suppress_health_check=LAX)
def test_random_configurations(torch: ModuleType, random_case: Any, name: str, data: st.DataObject) -> None:
    layer, inputs = data.draw(random_case(name))
    if name in SOMETIMES_WITHOUT_TWIN:
        assert isinstance(layer, Pool)
        absent = no_twin(layer, inputs)
        assert absent == (not layer.torch(inputs))
        assume(not absent)
    event(f"{inputs[0].rank if inputs else 0} axes")
    for check in CHECKS:
        if check is not check_reach or fits_reach(layer, inputs):
            check(torch, layer, inputs)


@each("name", names())
def test_every_layer_is_compared(name: str) -> None:
    assert all(layer_type(name)(**e.fields).torch(e.inputs) for e in layer_type(name).examples)


@pytest.mark.fuzz
@pytest.mark.parametrize("name", ["maxpool", "avgpool", "lppool"])
@given(data=st.data())
@settings(max_examples=CASES, suppress_health_check=LAX)
def test_pooling_pools_its_windows(
    torch: ModuleType, random_case: Any, name: str, data: st.DataObject
) -> None:
    """Values too: paddings that PyTorch's modules do not take are put together right."""
    layer, inputs = data.draw(random_case(name))
    assert isinstance(layer, Pool)
    volume = inputs[0]
    windows = layer.windows(volume)
    # PyTorch scales an Lp window that hangs over up to a whole one.
    assume(layer.torch(inputs) and not (name == "lppool" and any(window.overhang for window in windows)))
    tensor = torch.randn(1, *volume.torch, dtype=torch.float64).abs()
    got = twin(torch, layer, inputs)(tensor)
    for position in product(*map(range, layer.grid(volume))):
        axes = [
            [(o * w.stride - w.before + tap * w.dilation, w) for tap in range(w.kernel)]
            for o, w in zip(position, windows, strict=True)
        ]
        inside = [[p for p, w in axis if 0 <= p < w.size] for axis in axes]
        counted = 1
        for axis in axes:
            counted *= sum(p < w.size + w.after for p, w in axis)
        values = tensor[0]
        for dimension, positions in enumerate(inside):
            values = values.index_select(dimension + 1, torch.tensor(positions, dtype=torch.int64))
        values = values.flatten(1)
        if name == "maxpool":
            wanted = values.amax(1) if values.shape[1] else torch.full((volume.channels,), -inf)
        elif name == "avgpool":
            whole = getattr(layer, "count_include_pad")  # noqa: B009
            wanted = values.sum(1) / (counted if whole else values.shape[1])
        else:
            p = getattr(layer, "p")  # noqa: B009
            wanted = values.pow(p).sum(1).pow(1 / p)
        torch.testing.assert_close(got[(0, slice(None), *position)], wanted, check_dtype=False)


def test_max_pooling_along_one_axis_needs_no_indices_at_inference(torch: ModuleType) -> None:
    """By the allocator's own count, which no meter disturbs."""
    from torch.profiler import ProfilerActivity, profile

    def allocated(module: Any, tensor: Any) -> int:
        with torch.no_grad(), profile(activities=[ProfilerActivity.CPU], profile_memory=True) as run:
            output = module(tensor)
        gained = [
            event.self_cpu_memory_usage for event in run.key_averages() if event.self_cpu_memory_usage > 0
        ]
        return int(sum(gained) - output.nbytes)

    pool = of("maxpool", kernel=2)
    for shape in (Shape(3, (80,)), Shape(3, (8, 10))):
        model = twin(torch, pool, (shape,))
        tensor = torch.zeros(BATCH, *shape.torch)
        assert allocated(model.modules[0], tensor) == sum(map(nbytes, pool.scratch((shape,))))


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_pytorch_refuses_what_is_noted_as_more_than_half(torch: ModuleType, rank: int) -> None:
    shape = Shape(2, (8,) * rank)
    for kernel, dilation, padding in product((1, 2, 3), (1, 2), (0, 1, 2, 3)):
        layer = of("maxpool", kernel=kernel, stride=1, padding=padding, dilation=dilation)
        noted = "S012" in [problem.fault.code for problem in problems(layer, (shape,))]
        module = getattr(torch.nn, f"MaxPool{rank}d")(kernel, 1, padding, dilation)
        if noted:
            with pytest.raises(RuntimeError, match=r"pad.* should be .* half of (effective )?kernel size"):
                module(torch.zeros(1, *shape.torch))
        else:
            assert tuple(module(torch.zeros(1, *shape.torch)).shape)[2:] == layer.output((shape,)).spatial


# Layers that block what PyTorch refuses, and nothing else.
REFUSING = [
    "fractional_maxpool",
    "glu",
    "gn",
    "instance_norm",
    "pixel_shuffle",
    "pixel_unshuffle",
    "prelu",
    "reflection_pad",
    "reshape",
    "self_attention",
]


@pytest.mark.fuzz
@pytest.mark.parametrize("name", REFUSING)
@given(data=st.data())
@settings(max_examples=CASES, suppress_health_check=LAX)
def test_pytorch_refuses_what_is_blocked(
    torch: ModuleType, random_case: Any, name: str, data: st.DataObject
) -> None:
    layer, inputs = data.draw(random_case(name, sound=False))
    faults = [problem for problem in problems(layer, inputs) if problem.blocking]
    # Lists of another length than there are axes, and two sizes or none, are reported before PyTorch runs; an output
    # without values is no error in PyTorch.
    assume(faults and not {problem.fault.code for problem in faults} & {"S006", "S010", "S018"})

    def ran() -> None:
        model = twin(torch, layer, inputs).train(True)
        model(*model.inputs(inputs))

    with pytest.raises((RuntimeError, ValueError, AssertionError)):
        ran()


def test_unequal_sides_are_not_swapped(torch: ModuleType) -> None:
    layer = of("zero_pad", padding=Sides(top=1, bottom=2, left=3, right=4))
    padded = twin(torch, layer, (Shape(1, (1, 1)),))(torch.ones(1, 1, 1, 1))[0, 0]
    assert padded.nonzero().tolist() == [[1, 3]]
    assert tuple(padded.shape) == (4, 8)


def test_a_check_can_fail(torch: ModuleType) -> None:
    """A layer that is wrong about one fact is caught by the check of that fact."""
    relu = layer_type("relu")
    example: Example = relu.examples[0]

    concat: Any = layer_type("concat")
    rows = Shape(4, (5, 6)), Shape(4, (2, 6))

    def lying(of: type[Layer] = relu, over: str | None = None, **facts: Any) -> Layer:
        methods = {
            name: partialmethod(lambda self, *_, value, **__: value, value=value)
            for name, value in facts.items()
        }
        wrong = type("Lying", (of,), methods)(**({"over": over} if over else {}))
        assert isinstance(wrong, Layer)
        return wrong

    lies: dict[Callable[..., None], Layer] = {
        check_shape_and_state: lying(output=Shape(16, (8, 7))),
        check_macs: lying(work=Work(macs=1)),
        check_kept: lying(keeps=(0,)),
        check_storage: lying(storage=Storage.VIEW),
        check_allocated: lying(scratch=(Tensor("more", (1,)),)),
        check_reach: lying(
            reach=tuple(r._replace(phases=(Taps(1),)) for r in relu().reach(example.inputs) or ())
        ),
    }
    honest, lie = concat(over="height"), lying(concat, over="height", joins_along=None)
    assert {*lies, check_operands_are_reached_as_said} == set(CHECKS)
    for check, liar in lies.items():
        check(torch, relu(), example.inputs)
        with pytest.raises(AssertionError):
            check(torch, liar, example.inputs)
    check_operands_are_reached_as_said(torch, honest, rows)
    with pytest.raises(AssertionError):
        check_operands_are_reached_as_said(torch, lie, rows)
    gc.collect()

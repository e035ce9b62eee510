"""How a layer's output and the gradients of its operands lie in memory, on a CPU and on fake tensors."""

import itertools
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from types import ModuleType
from typing import Any

import pytest

from cnncalc.graph import Graph
from cnncalc.layers import Layer, Storage, layer_type, names
from cnncalc.shape import Shape
from cnncalc.vocabulary.layer import Call, Inputs
from cnncalc.vocabulary.strides import Lying, channels_last, steps
from tests._depth import DEEP
from tests.layers._twin import affordable
from tests.memory._replayed import network

# With several threads PyTorch has other kernels for fake tensors than it says.
pytestmark = pytest.mark.usefixtures("one_thread")

EXAMPLES = [
    # Over a smaller grid where the deep profile is not chosen and the example's own takes seconds.
    pytest.param(*(case if DEEP else affordable(*case)), id=f"{name}-{number}")
    for name in names()
    for number, example in enumerate(layer_type(name).examples)
    # Without the deep profile the first of each layer type, and those over three axes.
    if example.inputs and (DEEP or not number or example.inputs[0].rank == 3)
    for case in [(layer_type(name)(**example.fields), example.inputs)]
]
# Filters of one position: with one thread a CPU's own kernels compute these, with more threads oneDNN, which keeps
# channels last over three axes (`use_mkldnn` in ATen/native/Convolution.cpp).
THREADED = ("separable_conv",)


def is_ambiguous(shape: Shape) -> bool:
    """Whether values in order lie with channels last too: PyTorch takes them for either."""
    return not shape.rank or shape.channels == 1 or shape.positions == 1


def laid_out(torch: ModuleType, shape: Shape, last: bool) -> Any:
    """A random batch of a shape, in order or with channels last."""
    batch = torch.randn(2, *shape.torch)
    if not last:
        return batch
    axes = range(1, batch.dim() - 1)
    turned = batch.permute(0, *(axis + 1 for axis in axes), 1).contiguous()
    return turned.permute(0, batch.dim() - 1, *axes)


def lying(shape: Shape, last: bool) -> Lying:
    return channels_last(shape.torch) if last else None


def strides(tensor: Any) -> tuple[int, ...]:
    """The strides along dimensions of more than one value."""
    pairs = zip(tensor.shape, tensor.stride(), strict=True)
    return tuple(stride for size, stride in pairs if size > 1)


def expected(shape: Shape, lies: Lying) -> tuple[int, ...]:
    pairs = zip((2, *shape.torch), steps(shape.torch, lies), strict=True)
    return tuple(stride for size, stride in pairs if size > 1)


def layouts(inputs: Inputs, output: Shape) -> Iterator[tuple[tuple[bool, ...], bool]]:
    """Each operand and the gradient of the output in order or with channels last, where these are different."""
    choices = [(False,) if is_ambiguous(shape) else (False, True) for shape in (*inputs, output)]
    for *operands, gradient in itertools.product(*choices):
        yield tuple(operands), gradient


@pytest.mark.fuzz
@pytest.mark.parametrize("fake", [False, True], ids=["cpu", "fake"])
@pytest.mark.parametrize(("layer", "inputs"), EXAMPLES)
def test_outputs_and_gradients_have_pytorch_s_order_in_memory(
    torch: ModuleType, layer: Layer, inputs: Inputs, fake: bool
) -> None:
    from torch._subclasses import FakeTensorMode

    from cnncalc.pytorch import build

    if not layer.torch(inputs):
        return
    torch.set_num_threads(2 if layer.key in THREADED and not fake else 1)
    output = layer.output(inputs)
    mode: AbstractContextManager[Any] = FakeTensorMode(allow_non_fake_inputs=True) if fake else nullcontext()
    graph = network(layer, inputs, "training", None, None)
    with mode:
        model = build(graph).train()
    for operands, gradient in layouts(inputs, output):
        shapes = tuple(lying(shape, last) for shape, last in zip(inputs, operands, strict=True))
        call = Call(
            lying=shapes if any(shapes) else (),
            grad=lying(output, gradient),
            subclasses=fake,
            output=output,
        )
        with mode:
            given, gradients = run(torch, graph, model, operands, gradient)
        if given is not None and layer.storage(training=True) is Storage.OWN and not is_ambiguous(output):
            ours, theirs = expected(output, layer.lies(inputs, call)), strides(given)
            assert ours == theirs, (
                f"with channels last for operands: {operands}, the output has the strides {ours} by the layer and "
                f"{theirs} in PyTorch: see `lies`, and the traits KeepsFormat and InOrder"
            )
        for which, tensor in gradients.items():
            if not is_ambiguous(inputs[which]):
                ours, theirs = (
                    expected(inputs[which], layer.gradient_lies(inputs, which, call)),
                    strides(tensor),
                )
                assert ours == theirs, (
                    f"with channels last for operands: {operands}, for the gradient: {gradient}, the gradient of "
                    f"operand {which} has the strides {ours} by the layer and {theirs} in PyTorch: see "
                    "`kept_first` and `decomposed` of Elementwise, `gradient_format` of KeepsFormat, or `gradient_lies`"
                )


def run(
    torch: ModuleType, graph: Graph, model: Any, operands: tuple[bool, ...], last: bool
) -> tuple[Any, dict[int, Any]]:
    """A layer's output, and the gradients of its operands, where these and its own gradient lie as is said."""
    gradients: dict[int, Any] = {}
    given = []
    fit, output = graph.nodes[-1].fit, graph.nodes[-1].shape
    assert fit is not None
    assert output is not None
    # Of the pooling of an unpooling there is one operand for what it reads, and one for what it gives.
    for which, (node, is_last) in enumerate(zip(graph.inputs, operands, strict=False)):
        assert node.shape is not None
        operand = laid_out(torch, node.shape, is_last).requires_grad_()
        # A leaf can't be written over, and its gradient would be copied.
        operand = operand.clone() if getattr(fit.layer, "inplace", None) else operand.view_as(operand)
        operand.register_hook(lambda gradient, which=which: gradients.__setitem__(which, gradient))
        given.append(operand)
    model.zero_grad(set_to_none=True)
    result = model(*given)
    result.backward(laid_out(torch, output, last))
    return result, gradients

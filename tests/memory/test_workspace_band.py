"""The band between the least and the most that workspaces take: it grows with the shapes of convolutions."""

from math import prod
from typing import Any

import pytest

import cnncalc
from cnncalc.layers import layer_type
from cnncalc.memory import BACKENDS, Estimate, Setup
from cnncalc.plugins import names
from cnncalc.shape import Shape
from cnncalc.vocabulary.cudnn import CudnnConvolution, CudnnPass, workspace

AMPERE, PASCAL = (8, 6), (6, 1)


def convolution(
    read: int = 64, written: int = 64, size: int = 32, kernel: int = 3, groups: int = 1
) -> CudnnConvolution:
    """A square convolution that keeps the size."""
    return CudnnConvolution(
        Shape(read, (size, size)), Shape(written, (size, size)), (kernel,) * 2, (1, 1), (1, 1), groups
    )


def bytes_of(convolution: CudnnConvolution, dtype: str, images: int = 8, **how: Any) -> int:
    options = {"last": False, "capability": AMPERE, **how}
    bound = workspace(convolution, options.pop("which", CudnnPass.FORWARD), dtype, **options)
    return bound.fixed + bound.each * images


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
@pytest.mark.parametrize("kernel", [1, 3, 5])
def test_the_bound_grows_with_each_size_of_the_convolution(dtype: str, kernel: int) -> None:
    small = bytes_of(convolution(kernel=kernel), dtype)
    for larger in (
        convolution(read=128, kernel=kernel),
        convolution(written=128, kernel=kernel),
        convolution(size=64, kernel=kernel),
    ):
        assert bytes_of(larger, dtype) > small
    assert bytes_of(convolution(kernel=kernel), dtype, images=16) > small


def test_sixteen_bits_in_order_are_copied_for_tensor_cores() -> None:
    # Both volumes and the filters, in 2 bytes each.
    values = 8 * (64 + 64) * 32 * 32 + 64 * 64 * 9
    assert bytes_of(convolution(), "float16") == 2 * values


def test_nothing_is_copied_with_the_channels_last() -> None:
    indices = 4 * 9 * 64
    assert bytes_of(convolution(), "float16", last=True) == indices
    assert bytes_of(convolution(kernel=5), "float32", last=True) == 4 * 25 * 64


def test_three_channels_are_widened_to_eight_even_with_the_channels_last() -> None:
    image = convolution(read=3)
    assert bytes_of(image, "float16", last=True) == 2 * (8 * 8 * 32 * 32 + 8 * 64 * 9)


def test_an_old_gpu_has_no_tensor_cores_to_copy_for() -> None:
    assert bytes_of(convolution(), "float16", capability=PASCAL) == 4 * 9 * 64


def test_without_a_gpu_the_bound_is_the_most_of_all() -> None:
    for dtype in ("float32", "float16"):
        each = [bytes_of(convolution(), dtype, capability=gpu) for gpu in (AMPERE, PASCAL)]
        assert bytes_of(convolution(), dtype, capability=None) == max(each)


def test_winograd_turns_sixteen_positions_into_thirty_six_values() -> None:
    tiles = 8 * 8 * 8
    assert bytes_of(convolution(), "float32", capability=PASCAL) == 4 * 36 * (tiles * 128 + 64 * 64)


def test_a_gradient_of_filters_is_summed_in_float32() -> None:
    forward = bytes_of(convolution(), "float16")
    assert bytes_of(convolution(), "float16", which=CudnnPass.FILTER) == forward + 4 * 64 * 64 * 9


def test_a_strided_convolution_has_no_transform() -> None:
    strided = convolution()._replace(stride=(2, 2))
    assert bytes_of(strided, "float32", capability=PASCAL) == 4 * 9 * 64


@pytest.mark.parametrize("name", names("cnncalc.layers"))
def test_layers_state_the_filters_that_they_have(name: str) -> None:
    """What cuDNN multiplies with are weights of the layer."""
    layer = layer_type(name)
    for example in layer.examples:
        filled = layer(**example.fields)
        stated = filled.in_cudnn(example.inputs)
        if stated is None:
            assert layer.family != "convolution" or name == "depthwise_conv" or name == "locally_connected"
            continue
        sizes = {weight.size for weight in filled.weights(example.inputs)}
        assert stated.filters in sizes
        assert len(stated.kernel) == len(stated.source.spatial) == len(stated.result.spatial)
        assert prod(stated.source.spatial) > 0


def run(name: str, **how: Any) -> Estimate:
    mode = str(how.get("mode", "training"))
    return Estimate(cnncalc.load(name, mode=mode), Setup(**how))


@pytest.mark.parametrize("mode", ["training", "inference"])
@pytest.mark.parametrize("name", ["resnet18", "vgg11", "alexnet_groups", "mobilenet_v2", "xception"])
def test_the_most_is_not_below_the_least(name: str, mode: str) -> None:
    for how in ({}, {"autocast": "float16"}, {"autocast": "float16", "channels_last": True}):
        band = run(name, mode=mode, **how).band(8)
        assert band is not None
        assert band.low.allocated <= band.high.allocated
        assert band.low.reserved <= band.high.reserved


def test_workspaces_are_gone_when_their_convolution_is_done() -> None:
    _, most = run("resnet18", autocast="float16").ends
    held = [number for number, tensor in enumerate(most.trace.tensors) if tensor.name == "cuDNN workspace"]
    events = most.trace.events
    assert held
    for number in held:
        assert events[events.index(number) + 1] == ~number


def test_each_pass_of_each_convolution_has_its_workspace() -> None:
    _, most = run("resnet18", autocast="float16").ends
    count = sum(tensor.name == "cuDNN workspace" for tensor in most.trace.tensors)
    convolutions = sum(node.kind == "conv" for node in most.graph.layers)
    # The first has no gradient of its input.
    assert count == 3 * convolutions - 1


@pytest.mark.parametrize("how", [{}, {"autocast": "float16"}])
def test_a_network_without_convolutions_has_no_band(how: dict[str, Any]) -> None:
    spec = {"cnncalc": 1, "input": "8x8x1", "layers": ["flatten", {"fc": 32}, "relu", {"fc": 10}]}
    estimate = Estimate(cnncalc.load(spec, mode="training"), Setup(capability=AMPERE, **how))
    assert len(estimate.ends) == 1
    band = estimate.band(8)
    assert band is not None
    assert band.low == band.high


def test_an_unknown_gpu_may_have_the_large_workspace_of_cublas() -> None:
    spec = {"cnncalc": 1, "input": "8x8x1", "layers": ["flatten", {"fc": 10}]}
    band = Estimate(cnncalc.load(spec, mode="inference"), Setup(mode="inference")).band(1)
    assert band is not None
    assert band.high.allocated - band.low.allocated == 2**20 * (32 - 8) - 2**17


def test_a_cpu_has_no_band() -> None:
    estimate = run("resnet18", backend=BACKENDS["cpu"])
    assert estimate.ends == (estimate,)
    assert estimate.band(8) is None


CONTEXT = 512 * 2**20


SMALL = (
    "lenet5 cifar_convnet all_cnn_a resnet20_cifar mobilenet_v2 efficientnet_b0 vit_b_16 swin_t convnext_tiny"
)


@pytest.mark.parametrize("name", SMALL.split())
@pytest.mark.parametrize("mode", ["training", "inference"])
def test_small_convolutions_have_a_narrow_band(name: str, mode: str) -> None:
    """Within 12% of the least and the context."""
    for how in ({}, {"autocast": "float16"}):
        band = run(name, mode=mode, capability=AMPERE, **how).band(32)
        assert band is not None
        assert band.high.allocated + CONTEXT <= 1.12 * (band.low.allocated + CONTEXT)


def test_large_convolutions_have_a_wide_band() -> None:
    band = run("vgg16", mode="inference", capability=AMPERE).band(32)
    assert band is not None
    assert band.high.allocated > 1.5 * band.low.allocated

"""Layers after one that leaves channels last in memory: what copies, what does not, in every type and batch."""

from types import ModuleType
from typing import Any

import pytest

from tests._depth import long_but
from tests.differential._difference import Conditions, differences, loaded
from tests.differential._networks import Item, Network

pytestmark = pytest.mark.usefixtures("one_thread")

# Over three axes the kernel decides which of PyTorch's is taken, and that how the output lies.
CONVOLUTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "one": ("conv", {"filters": 4}),
    "two": ("conv", {"filters": 4, "kernel": 2}),
    "deep": ("conv", {"filters": 4, "kernel": [2, 1, 1]}),
    "strided": ("conv", {"filters": 4, "stride": 2}),
    "groups": ("conv", {"filters": 4, "kernel": 2, "groups": 2}),
    "large": ("conv", {"filters": 4, "kernel": [1, 4, 4]}),
    "uneven": ("conv", {"filters": 4, "kernel": 2, "padding": "same"}),
    "transposed": ("conv_transpose", {"filters": 3, "kernel": 3}),
    "added": ("conv_transpose", {"filters": 3, "kernel": 2, "dilation": 2, "output_padding": 1}),
    "depthwise": ("depthwise_conv", {"kernel": 2, "multiplier": 2}),
    "separable": ("separable_conv", {"filters": 3, "kernel": 2}),
    "patches": ("patch_embed", {"filters": 3, "patch": [2, 5, 3]}),
}


def differs(torch: ModuleType, channels: int, items: tuple[Item, ...], how: Conditions) -> dict[str, Any]:
    sizes = {"depth": 4, "height": 5, "width": 6, "channels": channels}
    network = Network({"x": sizes}, items, (items[-1].name,))
    graph = loaded(network, how.mode)
    assert graph is not None
    return differences(torch, graph, how)


@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize("dtype", long_but(("float32",), ("float32", "float64", "bfloat16")))
@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_convolutions_over_three_axes(torch: ModuleType, name: str, dtype: str, batch: int) -> None:
    kind, fields = CONVOLUTIONS[name]
    items = (
        Item("last", "linear", {"units": 4}, ("x",)),
        Item("here", kind, fields, ("last",)),
        Item("copies", "instance_norm", {}, ("here",)),
    )
    assert not differs(torch, 3, items, Conditions("inference", batch, dtype=dtype))
    assert not differs(torch, 3, items, Conditions("training", batch, dtype=dtype))


@pytest.mark.parametrize("channels", [512, 2000])
def test_one_large_image_over_three_axes(torch: ModuleType, channels: int) -> None:
    items = (
        Item("last", "permute", {"order": ("height", "width", "channels", "depth")}, ("x",)),
        Item("here", "conv", {"filters": 2, "kernel": 2}, ("last",)),
        Item("flat", "flatten", {}, ("here",)),
    )
    assert not differs(torch, channels, items, Conditions("inference", 1))


@pytest.mark.parametrize("name", ["gn", "instance_norm", "linear"])
def test_a_gradient_that_is_copied(torch: ModuleType, name: str) -> None:
    """The gradient of the loss lies in order, whatever lies in the other order before it."""
    fields: dict[str, dict[str, Any]] = {
        "gn": {"groups": 2},
        "linear": {"units": 64},
        "instance_norm": {"affine": True},
    }
    items = (
        Item("last", "linear", {"units": 64}, ("x",)),
        Item("here", name, fields[name], ("last",)),
    )
    assert not differs(torch, 3, items, Conditions("training", 3))


@pytest.mark.parametrize(
    "spatial", [(1, 4, 1), (4, 1, 1), (1, 1, 4), (2, 3, 1), (1, 3, 2), (2, 3, 2)], ids=str
)
def test_the_gradient_of_a_mean_over_thin_volumes(torch: ModuleType, spatial: tuple[int, ...]) -> None:
    sizes = dict(zip(("depth", "height", "width", "channels"), (*spatial, 1), strict=True))
    items = (
        Item("first", "conv", {"filters": 4}, ("x",)),
        Item("copies", "gn", {"groups": 2}, ("first",)),
        Item("mean", "global_avgpool", {}, ("copies",)),
        Item("last", "linear", {"units": 3}, ("mean",)),
    )
    graph = loaded(Network({"x": sizes}, items, ("last",)), "training")
    assert graph is not None
    assert not differences(torch, graph, Conditions("training", 3))

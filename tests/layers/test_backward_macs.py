"""Multiply-adds of the backward pass are those that PyTorch counts in a real one."""

import math
from types import ModuleType
from typing import Any

import pytest

from cnncalc.layers import Layer, layer_type, names
from cnncalc.vocabulary.layer import Inputs
from tests._depth import DEEP
from tests._each import each
from tests.layers._twin import BATCH, affordable, twin

EXAMPLES = [
    pytest.param(*affordable(layer_type(name)(**example.fields), example.inputs), id=f"{name}-{number}")
    for name in names()
    for number, example in enumerate(layer_type(name).examples)
    # Without the deep profile two of each layer type.
    if (DEEP or number < 2) and layer_type(name)(**example.fields).torch(example.inputs)
]


def counter(torch: ModuleType) -> Any:
    """PyTorch's counter, with the gradients of grouped filters counted right.

    PyTorch (2.13) takes a group's filters to read the channels of all groups there, and counts `groups` times too many:
    `test_groups_count_as_convolutions_of_their_own` holds that against separate convolutions.
    """
    from torch.utils import flop_counter

    formula: Any = flop_counter.conv_backward_flop

    def corrected(*arguments: Any, out_shape: Any, **_: Any) -> int:
        shapes, groups, mask = arguments[:9], arguments[9], arguments[10]
        each = [
            formula(*shapes, groups, [which == 0, which == 1, False], out_val=out_shape) if asked else 0
            for which, asked in enumerate(mask[:2])
        ]
        return int(each[0] + each[1] // groups)

    return flop_counter.FlopCounterMode(
        display=False, custom_mapping={torch.ops.aten.convolution_backward: corrected}
    )


def counted_macs(torch: ModuleType, layer: Layer, inputs: Inputs, *, wanted: bool) -> float:
    """MACs of one image in a backward pass, by PyTorch's counter."""
    model = twin(torch, layer, inputs).train(True)
    tensors = [
        tensor.detach().requires_grad_(wanted and tensor.is_floating_point())
        for tensor in model.inputs(inputs)
    ]
    # Kernels of attention compute the scores once more, to keep less: these are not counted.
    with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
        output = model(*[tensor.clone() for tensor in tensors])
    if not output.requires_grad:
        return 0
    with counter(torch) as counts:
        output.backward(torch.ones_like(output))
    return float(counts.get_total_flops()) / 2 / BATCH


def test_groups_count_as_convolutions_of_their_own(torch: ModuleType) -> None:
    def flops(groups: int, parts: int) -> int:
        convs = [torch.nn.Conv2d(8 // parts, 6 // parts, 3, groups=groups) for _ in range(parts)]
        given = torch.rand(2, 8, 9, 7, requires_grad=True)
        output = torch.cat([conv(part) for conv, part in zip(convs, given.chunk(parts, 1), strict=True)], 1)
        with counter(torch) as counts:
            output.backward(torch.ones_like(output))
        return int(counts.get_total_flops())

    assert flops(2, 1) == flops(1, 2) == flops(1, 1) // 2


@pytest.mark.fuzz
@each("wanted", [True, False], ids=["data", "weights-only"])
@each(("layer", "inputs"), EXAMPLES)
def test_of_every_layers_examples(torch: ModuleType, layer: Any, inputs: Inputs, wanted: bool) -> None:
    macs = layer.backward_macs(inputs, (wanted,) * len(inputs))
    counted = counted_macs(torch, layer, inputs, wanted=wanted)
    assert math.isclose(macs.total, counted), (macs, counted, layer.work(inputs).macs)

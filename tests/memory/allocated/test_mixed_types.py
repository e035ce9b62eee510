"""Operands of two types under autocast: each partial result has the type of what it is computed from."""

from itertools import product
from types import ModuleType
from typing import Any

import pytest

import cnncalc
from tests._depth import DEEP
from tests.memory._agreement import check

# After a convolution values are in the lower type, after a norm in float32; an input gets no gradient.
KINDS = ("narrow", "wide", "input")
# The channels of the operands: all equal, or one that is broadcast.
CHANNELS = ((8, 8, 8), (8, 1, 8), (1, 8, 8), (8, 8, 1))

pytestmark = pytest.mark.usefixtures("one_thread")


def network(operation: str, kinds: tuple[str, ...], channels: tuple[int, ...]) -> dict[str, Any]:
    inputs = {"x": {"height": 4, "width": 3, "channels": 5}}
    layers: list[dict[str, Any]] = []
    for index, (kind, count) in enumerate(zip(kinds, channels, strict=True)):
        name = f"operand{index}"
        conv = {"conv": {"filters": count, "kernel": 1}, "from": "x"}
        if kind == "narrow":
            layers.append({**conv, "name": name})
        elif kind == "wide":
            layers += [conv, {"ln2d": {}, "name": name}]
        else:
            inputs[name] = {"height": 4, "width": 3, "channels": count}
    operands = [f"operand{index}" for index in range(len(kinds))]
    return {"cnncalc": 1, "inputs": inputs, "layers": [*layers, {operation: operands}, {"scale": 2}]}


@pytest.mark.fuzz
@pytest.mark.parametrize("operation", ["add", "sub", "mul", "div", "maximum", "minimum"])
def test_partial_results(torch: ModuleType, operation: str) -> None:
    mixed = [("narrow", "narrow", "wide"), ("narrow", "wide", "narrow"), ("narrow", "narrow", "input")]
    kinds = [each for each in product(KINDS, repeat=3) if set(each) != {"input"}] if DEEP else mixed
    for each, channels in product(kinds, CHANNELS if DEEP else CHANNELS[::3]):
        graph = cnncalc.load(network(operation, each, channels), mode="training")
        for batch in (1, 3) if DEEP else (2,):
            check(
                torch,
                graph,
                batch=batch,
                autocast="bfloat16",
                about=f"operands {each} of {channels} channels",
            )


@pytest.mark.parametrize("layer", [{"resize_to": {}}, {"resize_to": {"mode": "bilinear"}}, {"crop_to": {}}])
@pytest.mark.parametrize("kinds", [("narrow", "wide"), ("wide", "narrow")])
def test_an_operand_that_is_read_for_its_size(
    torch: ModuleType, layer: dict[str, Any], kinds: tuple[str, str]
) -> None:
    (key,) = layer
    spec = network(key, kinds, (8, 8))
    *others, _, last = spec["layers"]
    layer = (
        {key: {"of": ["operand0", "operand1"], **layer[key]}}
        if layer[key]
        else {key: ["operand0", "operand1"]}
    )
    spec["layers"] = [*others, layer, last]
    for mode in ("training", "inference"):
        graph = cnncalc.load(spec, mode=mode)
        check(torch, graph, batch=2, autocast="bfloat16")

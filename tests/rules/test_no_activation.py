"""D104: networks that are a linear function."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.diagnostic import Diagnostic
from cnncalc.layers import Layer
from cnncalc.rules.design.no_activation import NoActivation
from cnncalc.vocabulary.layer import Inputs
from tests.rules._alone import alone
from tests.rules._between import each_layer, item, spec

Found: TypeAlias = Callable[..., list[Diagnostic]]
HEAD = "cnncalc: 1\ninput: 32x32x16\nlayers:\n"


@pytest.fixture
def diagnose() -> Found:
    return alone(NoActivation)


NET = "  - conv: {filters: 8, kernel: 3, norm: bn}\n  - avgpool: 2\n  - conv: 16\n  - flatten\n  - fc: 10\n"


def test_reports_how_many_layers_are_one(diagnose: Found) -> None:
    (item,) = diagnose(HEAD + NET)
    assert item.message == (
        "there is no activation in 6 layers: the 3 layers with weights, from `conv1` to `fc1`, compute one linear "
        "function"
    )
    assert (item.span.line, item.span.column) == (4, 5)
    # 3*3*16*8 + 16, (8 + 1)*16, (15*15*16 + 1)*10
    assert (
        item.notes[0].text == "they have 37,322 parameters; one matrix from 16,384 values to 10 has 163,840"
    )


@pytest.mark.parametrize(
    "layers",
    [
        NET.replace("conv: 16", "conv: {filters: 16, act: relu}"),
        NET.replace("avgpool", "maxpool"),
        NET.replace("norm: bn", "norm: ln2d"),
        # Pieces of a network.
        "  - conv: 8\n  - conv: 16\n",
        "  - concat:\n      - [conv: 8]\n      - [conv: 8]\n      - [conv: 8]\n",
    ],
)
def test_others_are_fine(diagnose: Found, layers: str) -> None:
    assert diagnose(HEAD + layers) == []


@each_layer
def test_a_layer_that_is_not_linear_is_enough(diagnose: Found, layer: Layer, inputs: Inputs) -> None:
    """Each layer type among linear ones, by its own trait (tests/layers/test_traits.py compares it with PyTorch)."""
    first = [f"conv: {inputs[0].channels}"] * 3 if inputs[0].rank else [f"fc: {inputs[0].channels}"] * 3
    assert bool(diagnose(spec(inputs, *first, item(layer)))) == layer.linear


@pytest.mark.parametrize(
    ("layer", "linear"),
    [
        ("bn: {track: false}", False),
        ("bn", True),
        ("instance_norm", False),
        ("instance_norm: {track: true}", True),
        ("lppool: {kernel: 2, p: 1}", True),
        ("lppool: 2", False),
        ("leaky_relu: 1", True),
        ("fractional_maxpool: {kernel: 2, output_size: 5}", False),
        ("glu", False),
    ],
)
def test_fields_decide_where_they_do(diagnose: Found, layer: str, linear: bool) -> None:
    assert bool(diagnose(HEAD + NET.replace("avgpool: 2", layer))) == linear

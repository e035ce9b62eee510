"""lstm, gru, rnn: figures worked out by hand. (Other tests compare every layer with PyTorch.)"""

from typing import Any

import pytest

from cnncalc.layers import Layer, layer_type, problems
from cnncalc.shape import Shape

# A sequence of 7 positions with 3 values each.
INPUTS = (Shape(3, (7,)),)


def of(name: str, **fields: Any) -> Layer:
    return layer_type(name)(**fields)


def parameters(name: str, **fields: Any) -> int:
    layer = of(name, **fields)
    return sum(weight.size for weight in layer.weights(INPUTS))


@pytest.mark.parametrize(("name", "gates"), [("rnn", 1), ("gru", 3), ("lstm", 4)])
def test_every_gate_has_products_with_the_input_and_with_the_state(name: str, gates: int) -> None:
    # 5 units: 3 + 5 weights and two biases in each gate.
    assert parameters(name, hidden=5) == gates * 5 * (3 + 5 + 2)
    assert parameters(name, hidden=5, bias=False) == gates * 5 * (3 + 5)
    assert of(name, hidden=5).work(INPUTS).macs == 7 * gates * 5 * (3 + 5)


@pytest.mark.parametrize(("name", "gates"), [("rnn", 1), ("gru", 3), ("lstm", 4)])
def test_layers_read_both_directions_of_the_layer_before(name: str, gates: int) -> None:
    fields: dict[str, Any] = {"hidden": 5, "layers": 3, "bidirectional": True}
    layer = of(name, **fields)
    assert str(layer.output(INPUTS)) == "7x10"
    weights = 2 * gates * 5 * ((3 + 5) + 2 * (10 + 5))
    assert parameters(name, **fields) == weights + 2 * gates * 5 * 2 * 3
    assert layer.work(INPUTS).macs == 7 * weights


def test_one_direction_reads_all_that_is_before_a_position() -> None:
    (reach,) = of("lstm", hidden=5).reach(INPUTS) or ()
    taps = [reach.at(position) for position in range(7)]
    assert [(tap.first, tap.last) for tap in taps if tap] == [(0, position) for position in range(7)]


def test_a_long_sequence_is_not_listed_position_by_position() -> None:
    (reach,) = of("gru", hidden=5).reach((Shape(3, (100_000,)),)) or ()
    last = reach.at(99_999)
    assert len(reach.phases) == 1
    assert last is not None
    assert (last.first, last.last) == (0, 99_999)


def test_both_directions_read_everything_at_every_position() -> None:
    (reach,) = of("rnn", hidden=5, bidirectional=True).reach(INPUTS) or ()
    assert {(tap.first, tap.last) for tap in map(reach.at, range(7)) if tap} == {(0, 6)}


def test_no_gradient_is_computed_for_the_state_before_the_first_position() -> None:
    layer = of("lstm", hidden=5)
    assert layer.backward_macs(INPUTS, (True,)).data == 20 * (7 * 3 + 6 * 5)
    assert layer.backward_macs(INPUTS, (False,)).data == 20 * 6 * 5
    assert layer.backward_macs(INPUTS, (False,)).weights == layer.work(INPUTS).macs


def test_a_volume_with_two_axes_is_refused_with_the_layer_that_makes_a_sequence() -> None:
    (problem,) = problems(of("lstm", hidden=5), (Shape(8, (1, 26)),))
    assert problem.blocking
    assert problem.help is not None
    assert "unstack: {over: height, index: 0}" in problem.help

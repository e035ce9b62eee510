"""Our recurrent modules give the values and gradients of PyTorch's own."""

from itertools import product
from types import ModuleType
from typing import Any

import pytest

import cnncalc

pytestmark = pytest.mark.usefixtures("same_values")

KINDS: list[tuple[str, dict[str, str]]] = [
    ("LSTM", {}),
    ("GRU", {}),
    ("RNN", {}),
    ("RNN", {"nonlinearity": "relu"}),
]
SHAPES = list(product((1, 3), (False, True), (True, False)))


def pair(torch: ModuleType, kind: str, **fields: Any) -> tuple[Any, Any]:
    """Our module, and PyTorch's own with the same weights, in float64."""
    from cnncalc.pytorch import modules

    ours = getattr(modules, kind)(5, 4, **fields).double()
    theirs = getattr(torch.nn, kind)(5, 4, batch_first=True, **fields).double()
    theirs.load_state_dict(ours.state_dict())
    return ours, theirs


@pytest.mark.parametrize(("layers", "both", "bias"), SHAPES)
@pytest.mark.parametrize(("kind", "fields"), KINDS, ids=["lstm", "gru", "tanh", "relu"])
def test_values_and_gradients_are_pytorch_s(
    torch: ModuleType, kind: str, fields: dict[str, str], layers: int, both: bool, bias: bool
) -> None:
    ours, theirs = pair(torch, kind, num_layers=layers, bidirectional=both, bias=bias, **fields)
    sequences = torch.randn(3, 5, 7, dtype=torch.float64)
    first, second = sequences.clone().requires_grad_(), sequences.clone().requires_grad_()
    output, wanted = ours(first), theirs(second.transpose(1, 2))[0].transpose(1, 2)
    torch.testing.assert_close(output, wanted)
    gradient = torch.randn_like(output)
    output.backward(gradient)
    wanted.backward(gradient)
    torch.testing.assert_close(first.grad, second.grad)
    for own, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(own.grad, other.grad)
    with torch.no_grad():
        torch.testing.assert_close(ours(sequences), wanted)


@pytest.mark.parametrize(("kind", "fields"), KINDS, ids=["lstm", "gru", "tanh", "relu"])
def test_under_autocast_it_computes_in_the_lower_type(
    torch: ModuleType, kind: str, fields: dict[str, str]
) -> None:
    ours, theirs = (
        module.float() for module in pair(torch, kind, num_layers=2, bidirectional=True, **fields)
    )
    sequences = torch.randn(3, 5, 7)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        output = ours(sequences)
    assert output.dtype == torch.bfloat16
    output.float().sum().backward()
    wanted = theirs(sequences.transpose(1, 2))[0].transpose(1, 2)
    wanted.sum().backward()
    # As far as 8 bits go.
    torch.testing.assert_close(output.float(), wanted, atol=0.05, rtol=0.05)
    for own, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert own.grad.dtype == torch.float32
        assert float((own.grad - other.grad).norm()) <= 0.1 * float(other.grad.norm())


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
def test_frozen_weights_get_no_gradient_and_the_input_does(torch: ModuleType, kind: str) -> None:
    ours, theirs = pair(torch, kind, num_layers=2)
    ours.requires_grad_(False)
    sequences = torch.randn(2, 5, 6, dtype=torch.float64)
    first, second = sequences.clone().requires_grad_(), sequences.clone().requires_grad_()
    ours(first).sum().backward()
    theirs(second.transpose(1, 2))[0].sum().backward()
    torch.testing.assert_close(first.grad, second.grad)
    assert all(parameter.grad is None for parameter in ours.parameters())


# Shi et al. 2015, arXiv 1507.05717, table 1, from the last maps on: 26 columns of 512 values; 36 characters, a blank.
CRNN = """cnncalc: 1
input: 1x26x512
layers:
  - mean: height
  - lstm: {hidden: 256, bidirectional: true}
  - linear: 256
  - lstm: {hidden: 256, bidirectional: true}
  - linear: 37
"""


def test_the_sequence_part_of_crnn_has_pytorch_s_parameters(torch: ModuleType) -> None:
    nn = torch.nn
    theirs = [
        nn.LSTM(512, 256, bidirectional=True),
        nn.Linear(512, 256),
        nn.LSTM(256, 256, bidirectional=True),
        nn.Linear(512, 37),
    ]
    count = sum(parameter.numel() for module in theirs for parameter in module.parameters())
    assert cnncalc.analyse(cnncalc.load(CRNN)).totals.params == count


@pytest.mark.parametrize("training", [True, False])
def test_a_small_crnn_is_what_runs(torch: ModuleType, training: bool) -> None:
    graph = cnncalc.load(
        "cnncalc: 1\ninput: 4x9x2\nlayers:\n  - conv: {filters: 6, kernel: [4, 2], act: relu}\n  - mean: height\n"
        "  - lstm: {hidden: 5, layers: 2, bidirectional: true}\n  - gru: 4\n  - rnn: 3\n  - linear: 7\n",
        mode="training" if training else "inference",
    )
    from cnncalc.pytorch.verify import verify

    verification = verify(graph, training=training)
    assert verification.ok, verification


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("p", [0.5, 1.0])
def test_dropout_is_between_the_layers(torch: ModuleType, bidirectional: bool, p: float) -> None:
    """Written out with the same random factors: a layer, the factors, another layer."""
    from cnncalc.pytorch.modules import LSTM

    torch.manual_seed(0)
    ours = LSTM(3, 4, num_layers=2, bidirectional=bidirectional, dropout=p).double()
    width = 8 if bidirectional else 4
    first = torch.nn.LSTM(3, 4, batch_first=True, bidirectional=bidirectional).double()
    second = torch.nn.LSTM(width, 4, batch_first=True, bidirectional=bidirectional).double()
    for name, parameter in ours.named_parameters():
        layer = first if "_l0" in name else second
        layer.get_parameter(name.replace("_l1", "_l0")).data.copy_(parameter)
    for training in (True, False):
        x = torch.rand(2, 3, 5, dtype=torch.float64, requires_grad=True)
        results = []
        for written_out in (False, True):
            torch.manual_seed(1)
            if written_out:
                states = first(x.transpose(1, 2))[0]
                if training:
                    mask = torch.empty(states.shape).double().bernoulli_(1 - p) if p < 1 else 0 * states
                    states = states * (mask / (1 - p) if p < 1 else mask)
                output = second(states)[0].transpose(1, 2)
            else:
                output = ours.train(training)(x)
            parameters = [*first.parameters(), *second.parameters()] if written_out else [*ours.parameters()]
            gradients = torch.autograd.grad(output.sin().sum(), [x, *parameters], allow_unused=True)
            results.append((output, *gradients))
        assert all(torch.allclose(*pair) for pair in zip(*results, strict=True))


def test_dropout_of_one_layer_is_reported_and_left_out(torch: ModuleType) -> None:
    import cnncalc
    from cnncalc.pytorch import build

    graph = cnncalc.load(
        "cnncalc: 1\ninput: {channels: 3, length: 5}\nlayers:\n  - gru: {hidden: 4, dropout: 0.5}\n"
    )
    assert [item.code for item in graph.diagnostics] == ["L030"]
    # PyTorch would warn, which is an error in tests.
    build(graph)


@pytest.mark.parametrize("kind", ["lstm", "gru", "rnn"])
@pytest.mark.parametrize("freeze", [False, True])
def test_what_dropout_keeps_is_as_predicted(torch: ModuleType, kind: str, freeze: bool) -> None:
    import cnncalc
    from cnncalc.pytorch.verify import verify

    graph = cnncalc.load(
        "cnncalc: 1\ninput: {channels: 3, length: 5}\nlayers:\n  - conv: {filters: 6, kernel: 1}\n"
        f"  - {kind}: {{hidden: 4, layers: 3, dropout: 0.5, bidirectional: true}}\n    freeze: {str(freeze).lower()}\n",
        mode="training",
    )
    result = verify(graph, training=True)
    assert result.ok, [figure for figure in result.totals if not figure.ok]

"""`share` beside blocks in PyTorch: as one module that is called more than once."""

from types import ModuleType
from typing import Any

import pytest

import cnncalc
from tests.memory._replayed import replayed
from tests.memory._watched import pytorch

torch: ModuleType = pytest.importorskip("torch")
TOWER = """blocks:
  tower:
    layers:
      - conv: {filters: 4, kernel: 3, norm: bn, act: relu}
      - residual: [conv: {filters: 8, kernel: 1}]
        shortcut: project
      - global_avgpool
      - fc: 5
  step:
    layers:
      - conv: {filters: 3, kernel: 3, padding: 1, norm: bn, act: relu}
      - conv: {filters: 3, kernel: 1, act: prelu}
"""
SIAMESE = (
    "cnncalc: 1\ninputs: {a: 12x12x3, b: 12x12x3}\n" + TOWER.partition("  step:")[0] + "layers:\n"
    "  - {tower: , from: a, name: left}\n  - {tower: , from: b, name: right, share: left}\n"
    "  - concat: [left, right]\n  - fc: 1\n"
)
RECURRENT = (
    "cnncalc: 1\ninput: 12x12x3\nblocks:\n  step:"
    + TOWER.partition("  step:")[2]
    + "layers:\n  - {step: , repeat: 3, share: self}\n  - flatten\n  - fc: 2\n"
)


def siamese() -> Any:
    """The same network by hand: one tower, called twice."""
    nn = torch.nn

    class Tower(nn.Module):  # type: ignore[name-defined, misc]
        def __init__(self) -> None:
            super().__init__()
            self.conv1, self.conv1_bn = nn.Conv2d(3, 4, 3, bias=False), nn.BatchNorm2d(4)
            self.conv2, self.project1 = nn.Conv2d(4, 8, 1), nn.Conv2d(4, 8, 1)
            self.fc1 = nn.Linear(8, 5)

        def forward(self, x: Any) -> Any:
            x = torch.relu(self.conv1_bn(self.conv1(x)))
            return self.fc1((self.conv2(x) + self.project1(x)).mean((2, 3)))

    class Siamese(nn.Module):  # type: ignore[name-defined, misc]
        def __init__(self) -> None:
            super().__init__()
            self.left, self.fc1 = Tower(), nn.Linear(10, 1)

        def forward(self, a: Any, b: Any) -> Any:
            return self.fc1(torch.cat([self.left(a), self.left(b)], 1))

    return Siamese()


def graph(text: str) -> cnncalc.Graph:
    built = cnncalc.load(text, mode="training")
    assert not [item for item in built.diagnostics if item.severity > cnncalc.Severity.INFO]
    return built


def test_a_shared_tower_is_one_module_called_twice() -> None:
    ours = cnncalc.pytorch.build(graph(SIAMESE), seed=0).train()
    theirs = siamese().train()
    # The same names, and nothing of its own in the tower that shares.
    assert {name for name, _ in theirs.named_parameters()} == {name for name, _ in ours.named_parameters()}
    theirs.load_state_dict(ours.state_dict())
    images = [torch.randn(4, 3, 12, 12) for _ in "ab"]
    for model in (ours, theirs):
        model(*images).sum().backward()
    for name, weight in theirs.named_parameters():
        torch.testing.assert_close(dict(ours.named_parameters())[name].grad, weight.grad)
    for name, value in theirs.named_buffers():
        torch.testing.assert_close(dict(ours.named_buffers())[name], value)
    assert dict(ours.named_buffers())["left.conv1_bn.num_batches_tracked"] == 2


@pytest.mark.parametrize("text", [SIAMESE, RECURRENT], ids=["siamese", "recurrent"])
def test_figures_and_memory_are_those_of_pytorch(text: str) -> None:
    network = graph(text)
    figures = cnncalc.analyse(network)
    model = cnncalc.pytorch.build(network)
    assert figures.totals.params == sum(weight.numel() for weight in model.parameters())
    assert figures.totals.buffers == sum(value.numel() for value in model.buffers())
    assert replayed(network) == pytorch(torch, network)
    inference = cnncalc.load(text)
    assert replayed(inference) == pytorch(torch, inference)

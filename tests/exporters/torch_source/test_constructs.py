"""Each construct of the spec language as code: what it becomes, and that it computes the same."""

from pathlib import Path
from types import ModuleType

import pytest

import cnncalc
from tests.exporters._exported import assert_formatted, assert_same_network

# The blocks and layers of a network, and lines that its code has.
CASES = {
    "parameters": (
        """
blocks:
  unit:
    params: {filters: required, kernel: 3}
    layers: [conv: {filters: $filters * 2, kernel: $kernel, padding: half}]
layers: [unit: 4, unit: {filters: 6, kernel: 5}]
""",
        [
            "    def __init__(self, channels: int, filters: int, kernel: int = 3) -> None:",
            "        self.conv = nn.Conv2d(channels, filters * 2, kernel, padding=kernel // 2)",
            "        self.unit2 = Unit(8, 6, kernel=5)",
        ],
    ),
    "a run of blocks whose first is different": (
        """
blocks:
  unit:
    params: {filters: required, stride: 1}
    layers: [conv: {filters: $filters, kernel: 3, stride: $stride, padding: 1, norm: bn}]
layers: [{unit: 6, repeat: 4, first: {stride: 2}}]
""",
        ["            Unit(3, 6, stride=2),", "            *(Unit(6, 6) for _ in range(3)),"],
    ),
    "a loop that a parameter counts": (
        """
blocks:
  stage:
    params: {filters: required, convs: required}
    layers: [{conv: {filters: $filters, kernel: 3, padding: 1, act: relu}, repeat: $convs}]
layers: [stage: {filters: 4, convs: 1}, stage: {filters: 6, convs: 3}]
""",
        ["        for _ in range(convs):", "            entering = filters"],
    ),
    "two loops from one volume": (
        """
outputs: [both]
blocks:
  heads:
    layers:
      - {sequence: [{conv: {filters: 5, act: relu}, repeat: 2}, conv: 4], name: left}
      - {sequence: [{conv: {filters: 6, act: relu}, repeat: 2}, conv: 4], name: right, from: in}
      - add: [left, right]
layers: [{conv: 4, name: a}, heads, {heads: , name: both}, heads]
""",
        ["        entering = channels", "            entering = 6"],
    ),
    "blocks that grow": (
        """
blocks:
  dense: {layers: [concat: [[], [conv: {filters: 4, kernel: 3, padding: 1}]]]}
layers: [{dense: , repeat: 5}]
""",
        ["        self.stage = nn.Sequential(*(Dense(3 + 4 * i) for i in range(5)))"],
    ),
    "a condition": (
        """
blocks:
  unit:
    params: {expand: 1}
    layers: [{conv: $in.channels * $expand, when: $expand > 1}, conv: 5]
layers: [unit, unit: 3]
""",
        ["        if expand > 1:", "            layers.append(nn.Conv2d(channels, channels * expand, 1))"],
    ),
    "a projected shortcut": (
        """
blocks:
  unit:
    params: {filters: required, stride: 1}
    layers:
      - residual: [conv: {filters: $filters, kernel: 3, stride: $stride, padding: 1, norm: bn}]
        shortcut: project
layers: [unit: {filters: 4, stride: 2}, unit: 4, unit: 6]
""",
        [
            "        if stride != 1 or channels != filters:",
            "        return self.body(x) + self.shortcut(x)",
        ],
    ),
    "an optional shortcut": (
        """
blocks:
  unit:
    params: {filters: required}
    layers: [{residual: [conv: $filters], shortcut: optional}]
layers: [unit: 4, unit: 4]
""",
        ["        self.residual = channels == filters", "        return y + x if self.residual else y"],
    ),
    "activations as arguments": (
        """
blocks:
  unit: {params: {act: relu}, layers: [conv: {filters: 4, act: $act}]}
layers: [unit, unit: sigmoid]
""",
        ["    def __init__(self, channels: int, act: type[nn.Module]) -> None:", "            act(),"],
    ),
    "shared weights": (
        """
layers: [{conv: 3, name: first}, relu, {conv: 3, share: first}, {conv: 2, name: scores}]
""",
        [],
    ),
    "a block that is called twice": (
        """
blocks:
  tower: {layers: [conv: {filters: 4, norm: bn, act: relu}]}
layers: [{tower: , name: left}, {tower: , from: in, share: left, name: right}, add: [left, right]]
""",
        ["        return left + x"],
    ),
    "frozen parameters": (
        """
layers: [{sequence: [conv: {filters: 4, norm: bn}], freeze: true}, conv: 2]
""",
        ["        self.features[0].requires_grad_(False)"],
    ),
    "a learned tensor": (
        """
layers: [{conv: 4, name: c}, {learned: {shape: 1x1x4}, name: w}, {mul: [c, w]}]
""",
        ["        w = self.w()  # 1x1x4"],
    ),
    "numbers as operands": (
        """
layers: [{conv: 4, name: c}, sub: [1, c], mul: [prev, c, 0.5], pow: [prev, 2], maximum: [prev, 0.1]]
""",
        ["        return torch.clamp(((1 - c) * c * 0.5) ** 2, min=0.1)"],
    ),
    "another layer's output as an argument": (
        """
blocks:
  up: {params: {skip: required}, layers: [upsample: 2, concat: [prev, $skip], conv: 4]}
layers: [{conv: 4, name: a}, maxpool: 2, up: a]
""",
        ["    def forward(self, x: Tensor, skip: Tensor) -> Tensor:", "        return self.up(x, a)"],
    ),
    "several outputs": (
        """
outputs: [a, b]
layers: [{conv: 4, name: a}, {conv: 2, name: b}]
""",
        ["    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:", "        return a, x"],
    ),
    "a layer inside a block that is read outside": (
        """
blocks:
  two: {layers: [{conv: 4, name: first}, conv: 5]}
layers: [{two: , name: block}, concat: [prev, block.first]]
""",
        ["    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:"],
    ),
    "uses that one class can't stand for": (
        """
blocks:
  unit:
    params: {wide: required}
    layers: [{residual: [conv: 3], when: $wide}, conv: 3]
layers: [unit: true, unit: false, unit: true]
""",
        ["class Unit(nn.Module):", "class Unit2(nn.Module):"],
    ),
    "numbers of operators that differ": (
        """
blocks:
  unit:
    params: {beta: required, shift: 0.5}
    layers: [conv: 3, mul: [prev, $beta, in], sub: [$shift, prev], {pow: [prev, 2]}]
layers: [unit: 0.5, unit: {beta: 0.25, shift: 1.5}, unit: 2]
""",
        [
            "    def __init__(self, channels: int, beta: float, shift: float = 0.5) -> None:",
            "        self.factor = beta",
            "        self.offset = shift",
            "        return (self.offset - (self.conv(x) * self.factor * x)) ** 2",
            "        self.unit2 = Unit(3, 0.25, shift=1.5)",
        ],
    ),
    "bounds that differ are no attributes": (
        """
blocks:
  unit: {params: {low: required}, layers: [maximum: [prev, $low]]}
layers: [unit: 0.5, unit: 0.25]
""",
        ["class Unit2(nn.Module):"],
    ),
    "filters that are standardised": (
        """
layers: [conv: {filters: 4, kernel: 3, padding: half, standardize: true}]
""",
        ["        self.features = StandardizedConv2d(3, 4, 3, padding=1)"],
    ),
    "names that are taken": (
        """
blocks:
  class: {params: {lambda: 4}, layers: [conv: $lambda]}
layers: [{class: , name: forward}, {conv: 3, name: import}, {conv: 2, name: train}]
""",
        [],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_it_is_written_so_and_computes_the_same(
    case: str, torch: ModuleType, tmp_path: Path, one_thread: None
) -> None:
    text, lines = CASES[case]
    graph = cnncalc.load(f"cnncalc: 1\ninput: 8x8x3{text}")
    assert graph.ok, [item.message for item in graph.diagnostics]
    file = assert_same_network(graph, torch)
    assert_formatted(file.text, tmp_path)
    written = file.text.splitlines()
    assert [line for line in lines if line not in written] == [], file.text

"""What module calls hold, against modules written by hand: the peak of a prediction, to the byte."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnncalc
from benchmarks._tracker import FAKE
from cnncalc import zoo
from cnncalc.folding import fold
from cnncalc.graph import Graph
from cnncalc.importers import document, matching, text
from cnncalc.memory import HOLDERS, Estimate, Setup, impossible
from cnncalc.memory.stretches import names, uses
from tests._depth import cases
from tests.memory._watched import watched

BATCH = 3
HEAD = "cnncalc: 1\ninput: 16x16x3\ndefaults: {conv: {kernel: 3, padding: half}}\n"

RESIDUAL = """blocks:
  block:
    params: {filters: required}
    layers:
      - residual:
          - conv: {filters: $filters, norm: bn, act: relu}
          - conv: {filters: $filters, norm: bn}
        shortcut: project
      - relu
layers:
  - conv: 8
  - block: 16
    repeat: 3
"""


def residual(nn: Any) -> Any:
    class Block(nn.Module):  # type: ignore[misc]
        def __init__(self, entering: int, filters: int) -> None:
            super().__init__()
            self.conv1 = nn.Conv2d(entering, filters, 3, padding=1, bias=False)
            self.bn1 = nn.BatchNorm2d(filters)
            self.relu = nn.ReLU(inplace=True)
            self.conv2 = nn.Conv2d(filters, filters, 3, padding=1, bias=False)
            self.bn2 = nn.BatchNorm2d(filters)
            self.shortcut = None
            if entering != filters:
                norm = nn.BatchNorm2d(filters)
                self.shortcut = nn.Sequential(nn.Conv2d(entering, filters, 1, bias=False), norm)

        def forward(self, x: Any) -> Any:
            out = self.conv1(x)
            out = self.bn1(out)
            out = self.relu(out)
            out = self.conv2(out)
            out = self.bn2(out)
            if self.shortcut is not None:
                x = self.shortcut(x)
            out += x
            return self.relu(out)

    stage = nn.Sequential(Block(8, 16), Block(16, 16), Block(16, 16))
    return nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), stage)


# The conv of the first unit reads what the stage holds, and what both hold is there for the last unit.
STAGES = """blocks:
  unit:
    params: {filters: required}
    layers: [conv: $filters, relu]
  stage:
    params: {filters: required}
    layers:
      - unit: $filters
        repeat: 2
      - conv: {filters: 4, kernel: 1}
layers:
  - conv: 16
  - stage: 8
    repeat: 2
  - stage: 24
"""


def stages(nn: Any) -> Any:
    def unit(entering: int, filters: int) -> Any:
        return nn.Sequential(nn.Conv2d(entering, filters, 3, padding=1), nn.ReLU(inplace=True))

    def stage(entering: int, filters: int) -> Any:
        units = nn.Sequential(unit(entering, filters), unit(filters, filters))
        return nn.Sequential(units, nn.Conv2d(filters, 4, 1))

    both = nn.Sequential(stage(16, 8), stage(4, 8))
    return nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), both, stage(4, 24))


INCEPTION = """blocks:
  inception:
    layers:
      - concat:
          - [conv: 8]
          - [conv: 4, conv: 8]
          - [avgpool: {kernel: 3, stride: 1, padding: half}, conv: 8]
layers:
  - conv: 24
  - inception
  - conv: {filters: 4, kernel: 1}
"""


def inception(nn: Any) -> Any:
    from torch import cat

    class Inception(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.left = nn.Conv2d(24, 8, 3, padding=1)
            self.middle = nn.Sequential(nn.Conv2d(24, 4, 3, padding=1), nn.Conv2d(4, 8, 3, padding=1))
            self.pool = nn.AvgPool2d(3, 1, 1)
            self.right = nn.Conv2d(24, 8, 3, padding=1)

        def forward(self, x: Any) -> Any:
            left = self.left(x)
            middle = self.middle(x)
            right = self.pool(x)
            right = self.right(right)
            return cat([left, middle, right], 1)

    return nn.Sequential(nn.Conv2d(3, 24, 3, padding=1), Inception(), nn.Conv2d(24, 4, 1))


# A convolution with its norm and its activation is often one module: it holds its input while the norm runs.
CONVOLUTION = """layers:
  - conv: 16
  - sequence: [conv: {filters: 24, norm: bn, act: relu}]
    module: true
  - conv: {filters: 8, norm: bn, act: relu}
"""


def convolution(nn: Any) -> Any:
    class Convolution(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(16, 24, 3, padding=1, bias=False)
            self.bn = nn.BatchNorm2d(24)

        def forward(self, x: Any) -> Any:
            x = self.conv(x)
            x = self.bn(x)
            return nn.functional.relu(x, inplace=True)

    first, last = nn.Conv2d(3, 16, 3, padding=1), nn.Conv2d(24, 8, 3, padding=1, bias=False)
    return nn.Sequential(first, Convolution(), last, nn.BatchNorm2d(8), nn.ReLU(inplace=True))


SEQUENCES = """layers:
  - conv: 4
  - sequence:
      - conv: 16
      - sequence:
          - conv: 8
          - sequence: [conv: 8, relu]
            module: true
          - conv: 24
        module: true
      - relu
    module: true
  - conv: 4
"""


def sequences(nn: Any) -> Any:
    def conv(entering: int, filters: int) -> Any:
        return nn.Conv2d(entering, filters, 3, padding=1)

    inner = nn.Sequential(conv(16, 8), nn.Sequential(conv(8, 8), nn.ReLU(inplace=True)), conv(8, 24))
    return nn.Sequential(conv(3, 4), nn.Sequential(conv(4, 16), inner, nn.ReLU(inplace=True)), conv(24, 4))


TWICE = """blocks:
  unit:
    layers: [conv: 16, relu, conv: {filters: 8, kernel: 1}]
layers:
  - conv: 8
  - unit:
    name: unit
  - conv: 8
  - unit:
    share: unit
"""


def twice(nn: Any) -> Any:
    class Twice(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.stem = nn.Conv2d(3, 8, 3, padding=1)
            self.unit = nn.Sequential(
                nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(inplace=True), nn.Conv2d(16, 8, 1)
            )
            self.middle = nn.Conv2d(8, 8, 3, padding=1)

        def forward(self, x: Any) -> Any:
            x = self.stem(x)
            x = self.unit(x)
            x = self.middle(x)
            return self.unit(x)

    return Twice()


# Each repetition is stated to be a call, so there is no stage around them.
STATED = """blocks:
  unit:
    layers: [conv: 24, relu, conv: 24]
layers:
  - conv: 16
  - unit:
    repeat: 2
    module: true
"""
UNIT_TWICE = STATED.replace(
    "    repeat: 2\n    module: true\n", "    module: true\n  - unit:\n    module: true\n"
)


def stated(nn: Any) -> Any:
    def unit(entering: int) -> Any:
        convs = nn.Conv2d(entering, 24, 3, padding=1), nn.Conv2d(24, 24, 3, padding=1)
        return nn.Sequential(convs[0], nn.ReLU(inplace=True), convs[1])

    return nn.Sequential(nn.Conv2d(3, 16, 3, padding=1), unit(16), unit(24))


WRITTEN: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "residual": (RESIDUAL, residual),
    "stages": (STAGES, stages),
    "inception": (INCEPTION, inception),
    "convolution": (CONVOLUTION, convolution),
    "sequences": (SEQUENCES, sequences),
    "twice": (TWICE, twice),
    "stated": (STATED, stated),
    "stated one by one": (UNIT_TWICE, stated),
}


def held(graph: Graph, holders: str, batch: int = BATCH) -> int:
    return Estimate(graph, Setup(mode="inference", backend=FAKE, holders=holders)).peak(batch).nbytes


def peak_of(torch: ModuleType, make: Callable[[Any], Any], graph: Graph, batch: int = BATCH) -> int:
    """The most bytes of a prediction of a module."""
    from torch._subclasses import FakeTensorMode

    (shape,) = (node.shape for node in graph.inputs)
    assert shape is not None
    with FakeTensorMode(allow_non_fake_inputs=True):
        model, image = make(torch.nn).eval(), torch.empty(batch, *shape.torch)
        with watched(torch, [*model.parameters(), *model.buffers(), image], str) as tally, torch.no_grad():
            model(image)
        return int(tally[1])


@pytest.mark.parametrize("name", WRITTEN)
def test_calls_hold_what_modules_by_hand_hold(torch: ModuleType, name: str) -> None:
    spec, make = WRITTEN[name]
    graph = cnncalc.load(HEAD + spec)
    assert graph.ok, [item.message for item in graph.diagnostics]
    assert held(graph, "modules") == peak_of(torch, make, graph)
    assert held(graph, "graph") < held(graph, "modules")


@pytest.mark.parametrize("flat", [True, False], ids=["flat", "folded"])
@pytest.mark.parametrize("name", WRITTEN)
def test_imported_modules_state_their_calls(torch: ModuleType, name: str, flat: bool) -> None:
    from cnncalc.pytorch.capture.capturing import capture

    _, make = WRITTEN[name]
    draft = capture(make(torch.nn).eval(), [(3, 16, 16)])
    written = text(document(draft, modules=True) if flat else fold(draft, modules=True))
    graph = cnncalc.load(written)
    assert graph.ok, [item.message for item in graph.diagnostics]
    assert matching(cnncalc.load(document(draft)), graph) is not None
    assert held(graph, "modules") == peak_of(torch, make, graph)


def test_a_block_may_be_no_call(torch: ModuleType) -> None:
    def flat(nn: Any) -> Any:
        return nn.Sequential(
            *(layer for part in stated(nn) for layer in (part if len(list(part.children())) else [part]))
        )

    graph = cnncalc.load(HEAD + STATED.replace("module: true", "module: false"))
    assert held(graph, "modules") == held(graph, "graph") == peak_of(torch, flat, graph)


def test_repetitions_of_a_block_are_a_stage() -> None:
    spec = HEAD + STATED.replace("    module: true\n", "")
    one_by_one = HEAD + UNIT_TWICE
    # The stage holds the 16 channels that enter it while its second block runs.
    assert (
        held(cnncalc.load(spec), "modules") - held(cnncalc.load(one_by_one), "modules")
        == 16 * 16 * 16 * 4 * BATCH
    )


def test_repetitions_inside_of_a_repetition_are_a_stage_each() -> None:
    spec = (
        HEAD
        + """blocks:
  unit: {layers: [conv: 24, conv: 24]}
layers:
  - conv: 16
  - sequence:
      - unit:
        repeat: 2
      - conv: 4
    repeat: 2
"""
    )
    graph = cnncalc.load(spec)
    firsts = {id(node.frame.first) for node in graph.nodes if node.frame is not None}
    assert len(firsts) == 2


SMALL = [
    name
    for name in ("resnet20_cifar", "squeezenet1_1", "googlenet_bn", "mobilenet_v2")
    if name in zoo.names()
]


@st.composite
def runs(draw: st.DrawFn) -> tuple[Graph, Setup]:
    mode = draw(st.sampled_from(("inference", "training")))
    graph = cnncalc.load(draw(st.sampled_from(SMALL)), mode=mode)
    plain: dict[str, Any] = {
        "mode": mode,
        "backend": FAKE,
        "autocast": draw(st.sampled_from((None, "float16"))),
        "devices": 2,
        "sharded": draw(st.booleans()),
        "channels_last": draw(st.booleans()),
    }
    if mode == "training":
        blocks = names(graph)
        plain |= {
            "accumulate": draw(st.sampled_from((1, 2))),
            "frozen": draw(st.sampled_from((0, 30))),
            "checkpoint": tuple(uses(graph, draw(st.sampled_from(blocks)))) if draw(st.booleans()) else (),
        }
    setup = Setup(**plain)
    assert impossible(setup, graph) is None
    return graph, setup


@settings(max_examples=cases(15, 150))
@given(runs())
def test_calls_hold_no_less_at_any_moment(run: tuple[Graph, Setup]) -> None:
    graph, setup = run
    of_graph, of_modules = (Estimate(graph, setup._replace(holders=name)).timeline(2) for name in HOLDERS)
    assert len(of_graph) == len(of_modules)
    for less, more in zip(of_graph, of_modules, strict=True):
        assert (less.phase, less.node) == (more.phase, more.node)
        assert less.most <= more.most
        assert less.held <= more.held
    # All that calls held is free in the end.
    assert of_graph[-1].held == of_modules[-1].held

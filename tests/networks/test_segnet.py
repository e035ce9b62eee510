"""SegNet: written with the indices of its poolings, against a small PyTorch module of the paper's drawing."""

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import cnncalc
from cnncalc.graph import Graph
from tests.memory._replayed import replayed
from tests.memory._watched import pytorch

SPEC = Path(__file__).with_name("segnet.yaml")
# The filters of each stage of the encoder, and of the decoder (SegNet's figure 2).
ENCODER = ((64, 64), (128, 128), (256,) * 3, (512,) * 3, (512,) * 3)
DECODER = ((512, 512, 512), (512, 512, 256), (256, 256, 128), (128, 64), (64,))
CLASSES = 11
# Its sizes are odd on the way: 53 -> 27 -> 14 -> 7 -> 4 -> 2.
SMALL = "53x40x3"

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def graph() -> Graph:
    return cnncalc.load(SPEC)


def of_paper(torch: ModuleType) -> Any:
    """SegNet as one writes it in PyTorch: each pooling returns its indices, and its decoder unpools by them."""
    nn = torch.nn

    def stage(channels: int, filters: tuple[int, ...]) -> Any:
        layers = []
        for count in filters:
            layers += [nn.Conv2d(channels, count, 3, padding=1), nn.BatchNorm2d(count), nn.ReLU()]
            channels = count
        return nn.Sequential(*layers)

    class SegNet(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            before = (3, *(filters[-1] for filters in ENCODER))
            self.encoder = nn.ModuleList(map(stage, before, ENCODER))
            self.pool = nn.MaxPool2d(2, 2, ceil_mode=True, return_indices=True)
            self.unpool = nn.MaxUnpool2d(2, 2)
            below = (ENCODER[-1][-1], *(filters[-1] for filters in DECODER))
            self.decoder = nn.ModuleList(map(stage, below, DECODER))
            self.scores = nn.Conv2d(DECODER[-1][-1], CLASSES, 3, padding=1)

        def forward(self, x: Any) -> Any:
            kept = []
            for encode in self.encoder:
                x = encode(x)
                size = x.shape[2:]
                x, indices = self.pool(x)
                kept.append((indices, size))
            for decode in self.decoder:
                indices, size = kept.pop()
                x = decode(self.unpool(x, indices, output_size=size))
            return self.scores(x)

    return SegNet()


def test_has_the_shapes_of_the_paper(graph: Graph) -> None:
    assert graph.ok
    assert str(graph.nodes[graph.outputs[0]].shape) == "360x480x11"
    # 13 convolutions in the encoder, 13 in the decoder.
    assert sum(node.kind == "conv" for node in graph.layers) == 26


def test_has_the_parameters_of_the_module(torch: ModuleType, graph: Graph) -> None:
    module = of_paper(torch)
    assert cnncalc.analyse(graph).totals.params == sum(tensor.numel() for tensor in module.parameters())


@pytest.mark.parametrize("training", [False, pytest.param(True, marks=pytest.mark.long)])
def test_computes_what_the_module_computes(torch: ModuleType, training: bool) -> None:
    from cnncalc.pytorch import build

    small = cnncalc.load(SPEC, input=SMALL, mode="training" if training else "inference")
    ours, theirs = build(small, seed=0).train(training), of_paper(torch).train(training)
    state = zip(theirs.state_dict(), ours.state_dict().values(), strict=True)
    theirs.load_state_dict(dict(state))
    image = torch.rand(2, 3, 53, 40, generator=torch.Generator().manual_seed(0))
    first, second = ours(image), theirs(image)
    torch.testing.assert_close(first, second, rtol=1e-4, atol=1e-5)
    if training:
        for output in (first, second):
            output.square().mean().backward()
        for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
            torch.testing.assert_close(mine.grad, other.grad, rtol=1e-3, atol=1e-6)


@pytest.mark.parametrize("mode", ["inference", "training"])
def test_is_verified(torch: ModuleType, mode: str) -> None:
    from cnncalc.pytorch.verify import verify

    training = mode == "training"
    assert verify(cnncalc.load(SPEC, input=SMALL, mode=mode), training=training).ok


@pytest.mark.parametrize("mode", ["inference", "training"])
def test_allocates_what_pytorch_does(torch: ModuleType, mode: str) -> None:
    small = cnncalc.load(SPEC, input=SMALL, mode=mode)
    assert replayed(small) == pytorch(torch, small)


def test_keeps_the_indices_of_every_pooling_until_their_decoder(graph: Graph) -> None:
    """At inference: 8 bytes for each value that a pooling gives, from the pooling to its unpooling."""
    from cnncalc.memory import Setup
    from cnncalc.memory.allocated import inference_trace

    trace = inference_trace(graph, Setup(mode="inference"))
    for pool, reader in (("encoder1.pool", "maxunpool1"), ("encoder5.pool", "decoder1.maxunpool1")):
        node = graph[pool]
        (number,) = (
            number
            for number, tensor in enumerate(trace.tensors)
            if tensor.node == node.index and tensor.name == "indices"
        )
        assert node.shape is not None
        assert trace.tensors[number].each == 8 * node.shape.size
        freed = trace.events.index(~number)
        at_work = [mark.node for mark in trace.marks if mark.event <= freed]
        assert at_work[-1] == graph[reader].index

"""The figures of other tools in the README are what these tools print."""

from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import cnncalc

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
TRANSPOSED = """cnncalc: 1
input: 28x28x128
layers:
  - conv_transpose: {filters: 64, kernel: 2, stride: 2}
"""


def row(name: str) -> tuple[int, int]:
    """The two figures of a tool in the table; "2 x N" is twice N."""
    line = next(line for line in README.splitlines() if line.startswith(f"| {name}"))
    cells = [cell.strip() for cell in line.strip("|").split("|")[1:]]
    first, second = (figure(cell) for cell in cells)
    return first, second


def figure(cell: str) -> int:
    words = cell.replace(",", "").split()
    return 2 * int(words[2]) if words[:2] == ["2", "x"] else int(words[0])


def vgg16(torch: ModuleType) -> Any:
    """On the meta device, where its weights take no memory."""
    nn = torch.nn
    parts, channels = [], 3
    for filters, convs in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(convs):
            parts += [nn.Conv2d(channels, filters, 3, padding=1), nn.ReLU()]
            channels = filters
        parts.append(nn.MaxPool2d(2, 2))
    parts += [nn.Flatten(), nn.Linear(25088, 4096), nn.Linear(4096, 4096), nn.Linear(4096, 1000)]
    return nn.Sequential(*parts).to("meta").eval()


def cases(torch: ModuleType) -> list[tuple[Any, tuple[int, ...]]]:
    transposed = torch.nn.ConvTranspose2d(128, 64, 2, stride=2, device="meta").eval()
    return [(vgg16(torch), (1, 3, 224, 224)), (transposed, (1, 128, 28, 28))]


def test_cnncalc() -> None:
    graphs = cnncalc.load("vgg16"), cnncalc.load(TRANSPOSED)
    assert tuple(cnncalc.analyse(graph).totals.macs for graph in graphs) == row("cnncalc")


def test_flop_counter(torch: ModuleType) -> None:
    counter = import_module("torch.utils.flop_counter").FlopCounterMode
    messages = []
    for model, size in cases(torch):
        with counter(display=False) as mode:
            model(torch.zeros(size, device="meta"))
        messages.append(mode.get_total_flops())
    assert tuple(messages) == row("PyTorch's `FlopCounterMode`")


@pytest.mark.filterwarnings("ignore")
def test_fvcore(torch: ModuleType) -> None:
    fvcore = import_module("fvcore.nn")
    messages = []
    for model, size in cases(torch):
        # It traces, which the meta device does not allow; weights that nobody has set do as well.
        counted = fvcore.FlopCountAnalysis(model.to_empty(device="cpu"), torch.zeros(size))
        messages.append(counted.unsupported_ops_warnings(False).uncalled_modules_warnings(False).total())
    assert tuple(messages) == row("fvcore")


@pytest.mark.filterwarnings("ignore")
def test_torchinfo(torch: ModuleType) -> None:
    summary = import_module("torchinfo").summary
    counts = [
        summary(model, input_size=size, device="meta", verbose=0).total_mult_adds
        for model, size in cases(torch)
    ]
    assert tuple(counts) == row("torchinfo")


@pytest.mark.filterwarnings("ignore")
def test_torchinfo_goes_by_names(torch: ModuleType) -> None:
    summary = import_module("torchinfo").summary

    class Own(torch.nn.Module):  # type: ignore[name-defined,misc]
        def __init__(self) -> None:
            super().__init__()
            self.filters = torch.nn.Parameter(torch.zeros(64, 3, 3, 3))

        def forward(self, image: Any) -> Any:
            return torch.nn.functional.conv2d(image, self.filters, padding=1)

    assert summary(Own(), input_size=(1, 3, 32, 32), device="cpu", verbose=0).total_mult_adds == 0


def test_pytorch_rounds_a_stride_down_in_silence(torch: ModuleType) -> None:
    image = torch.zeros(1, 3, 224, 224, device="meta")
    assert torch.nn.Conv2d(3, 96, 11, stride=4, device="meta")(image).shape[-1] == 54

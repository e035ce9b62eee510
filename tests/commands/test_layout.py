"""Every command keeps to its page: nothing is longer than a line, and nothing is torn apart on a wide one."""

import re
from pathlib import Path

import pytest

from tests.commands._program import run

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
COMMANDS = [
    "inspect vgg16",
    "inspect resnet50 --units both",
    "inspect convnext_tiny --depth 0",
    "inspect alexnet_224.yaml",
    "explain S001",
    "explain resnet50",
    "explain resnet50 bottleneck4",
    "explain vgg16 stage1.conv2",
    "memory vgg16",
    "memory resnet50 --mode training --batch 32 --optimizer adam --gpu rtx4090 --units both",
    "fit resnet50 --memory 12GiB",
    "fit vgg16 --memory 8GiB --remedies --units both",
    "fit resnet50 --gpu RTX4080 --batch 512",
    "diff vgg16 vgg16_bn",
    "diff resnet50 resnext50_32x4d --depth 0",
    "diff resnet50 resnet101 --fail-if params>+5%",
    "layers",
    "layers conv",
    "layers self_attention",
    "rules S",
    "window 227 -k 11 -s 4",
    "window 10 -k 3 -s 2",
    "window 5 -k 3 -d 4",
]


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLES)


@pytest.mark.parametrize("width", [60, 80, 120, 200])
@pytest.mark.parametrize("line", COMMANDS)
def test_no_line_is_longer_than_the_page(line: str, width: int) -> None:
    out = run(*line.split(), COLUMNS=str(width)).out
    # What stands in a spec is shown as it stands there.
    assert max(len(told) for told in out.splitlines() if not told.startswith("  - ")) <= width


@pytest.mark.parametrize("line", COMMANDS)
def test_no_hole_in_a_line_grows_with_the_page(line: str) -> None:
    holes = [
        max(
            (len(hole) for hole in re.findall(r"(?<=\S) +(?=\S)", run(*line.split(), COLUMNS=width).out)),
            default=0,
        )
        for width in ("200", "400")
    ]
    assert holes[1] <= max(holes[0], 60)


@pytest.mark.parametrize(
    "command", ["inspect", "explain", "memory", "fit", "diff", "verify", "new", "specs", "validate"]
)
def test_help_fits_a_terminal(command: str) -> None:
    assert max(map(len, run(command, "--help").out.splitlines())) <= 80


@pytest.mark.parametrize("units", ["si", "both"])
@pytest.mark.parametrize(
    "line",
    [
        "inspect lenet5",
        "explain lenet5 conv1",
        "memory lenet5",
        "fit lenet5 --memory 1GB",
        "diff lenet5 vgg16",
    ],
)
def test_units_are_those_that_were_asked_for(line: str, units: str) -> None:
    text = run(*line.split(), "--units", units).out
    assert re.search(r"[0-9] (kB|MB|GB)\b", text)
    assert bool(re.search(r"[0-9] (KiB|MiB|GiB)\b", text)) is (units == "both")
    # The next run is as ever.
    assert "MB" not in run(*line.split()).out.replace("1GB", "")

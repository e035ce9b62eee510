"""Every command fits its page: nothing is longer than a line, and nothing is spread out on a wide page."""

import re
from pathlib import Path

import pytest

from cnncalc import plugins
from cnncalc.program.page import examples
from tests._depth import long_but
from tests._each import each
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
    "sizes vgg16",
    "sizes fcn8s --near 20",
    "verify lenet5 --meta",
    "window 227 -k 11 -s 4",
    "window 10 -k 3 -s 2",
    "window 5 -k 3 -d 4",
]


def longest(text: str) -> int:
    """Characters of the longest line."""
    return max(map(len, text.splitlines()), default=0)


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLES)


# PyTorch in a process of its own, and a search over many sizes: seconds for each width.
SLOW = ("sizes fcn8s --near 20", "verify lenet5 --meta")
WIDE = long_but({line for line in COMMANDS if line not in SLOW}, COMMANDS)


@pytest.mark.parametrize("width", long_but((60, 120), (60, 80, 120, 200)))
@pytest.mark.parametrize("line", WIDE)
def test_no_line_is_longer_than_the_page(line: str, width: int) -> None:
    out = run(*line.split(), COLUMNS=str(width)).out
    # What stands in a spec is shown as it stands there.
    assert max(len(line) for line in out.splitlines() if not line.startswith("  - ")) <= width


@pytest.mark.parametrize("line", WIDE)
def test_no_hole_in_a_line_grows_with_the_page(line: str) -> None:
    holes = [
        max(
            (len(hole) for hole in re.findall(r"(?<=\S) +(?=\S)", run(*line.split(), COLUMNS=width).out)),
            default=0,
        )
        for width in ("200", "400")
    ]
    assert holes[1] <= max(holes[0], 60)


@each("width", [60, 80, 120, 200])
@each("command", ["", *plugins.names("cnncalc.commands")])
def test_help_fits_the_page(command: str, width: int) -> None:
    assert longest(run(*command.split(), "--help", COLUMNS=str(width)).out) <= width


# One wrong command line for each way to refuse one: by click, by a type of ours, by a command.
REFUSED = [
    "inspeckt vgg16",
    "inspect",
    "inspect vgg16 --batch-size 8",
    "inspect vgg16 --set widht=2",
    "inspect vgg16 --format yaml",
    "inspect vgg16 --columns shape,params",
    "inspect no_such_file_anywhere.yaml extra",
    "memory resnet50 --batch 0",
    "memory resnet50 --checkpoint nosuchblock",
    "memory resnet50 --freeze nosuch",
    "memory resnet50 --gpu nosuch",
    "memory resnet50 --optimizer adam",
    "fit resnet50",
    "fit resnet50 --memory 8G",
    "fit resnet50 --memory 100MiB --reserve 512MiB",
    "explain resnet50 layer1",
    "explain S999",
    "diff resnet50 vgg16 --fail-if params>5x",
    "diff resnet50 vgg16 --fail-if nosuch>5",
    "sizes vgg16 --near 3x4x5x6",
    "window 224x224 -k 7",
    "validate --select XYZ",
    "validate --output nosuch=net.txt",
    "layers no_such_layer_at_all",
    "rules Q",
    "gpus nosuchgpu",
    "new --like no_such_specification_at_all",
    "verify resnet50 --device gpu",
    "expand resnet50 --set no_such_parameter=1",
]


@each("line", REFUSED)
def test_a_usage_error_fits_the_page(line: str) -> None:
    ended = run(*line.split(), COLUMNS="60")
    assert ended.status == 2
    assert longest(ended.err) <= 60
    # What goes on below is indented.
    said = ended.err.partition("Error: ")[2].splitlines()
    assert all(line.startswith("  ") for line in said[1:])


def test_what_cannot_be_broken_stays_whole() -> None:
    name = "n" * 90
    assert name in run("inspect", "vgg16", "--set", f"{name}=2", COLUMNS="60").err


@pytest.mark.parametrize("width", [30, 60, 80])
def test_examples_stay_commands(width: int) -> None:
    """What is broken goes on as in a shell: without the breaks it is the same."""
    epilog = (
        "\b\nExamples:\n  cnncalc memory resnet50 --mode training --batch 32   what it takes\n  cnncalc gpus"
    )
    lines = examples(epilog, width)
    assert longest(lines) <= width
    whole = re.sub(r" \\\n +", " ", lines)
    assert "cnncalc memory resnet50 --mode training --batch 32" in whole
    assert "what it takes" in whole


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

"""Statements of the course in its order, each by a command that is typed: no file is written and nothing is multiplied.

Figures are those of the notes, the lecture and the exercises, with the right value where the source has another.
"""

import shlex
from pathlib import Path

import pytest

from tests._each import each
from tests.commands._program import run

PAGE = (Path(__file__).parent.parent / "docs" / "course.md").read_text(encoding="utf-8")
THREE = "'INPUT 200x300x3 -> CONV 100 3x3/2 same -> CONV 200 3x3/2 same -> CONV 400 3x3/2 same'"
STACK = "'INPUT 32x32x64 -> [CONV 64 -> RELU]*3'"
WIDE = "'INPUT 224x224x3 -> [CONV 64 -> RELU]*3'"
DEMO = "conv 5x5x3 -k 3 -s 2 -p 1 --filters 2"
ALEXNET = "conv 227x227x3 -k 11 -s 4 --filters 96"
NAIVE = "inspect inception_naive --columns layer,volume,macs"

# What is asked, the command, and a part of what it prints. Spaces and line ends count as one space.
OVERVIEW = [
    ("a fully-connected neuron on CIFAR-10", "fc 32x32x3 --units 1", "1, each with 3,072 weights and a bias"),
    ("... on a larger image", "fc 200x200x3 --units 1", "1, each with 120,000 weights and a bias"),
    (
        "INPUT - CONV - RELU - POOL - FC",
        "inspect 'INPUT 32x32x3 -> CONV 12 -> RELU -> POOL -> FC 10' --all --columns layer,volume",
        "INPUT [32x32x3] CONV3-12 [32x32x12] RELU [32x32x12] POOL2 [16x16x12] FLATTEN [1x1x3072] FC [1x1x10]",
    ),
]
CONV = [
    ("5x5 over 32x32x3", "conv 32x32x3 -k 5 --filters 1", "each with 5*5*3 = 75 weights and a bias"),
    ("3x3 over 16x16x20", "conv 16x16x20 -k 3 --filters 1", "each with 3*3*20 = 180 weights"),
    ("7x7 by 3x3", "window 7 -k 3", "(7 - 3 + 0)/1 + 1 = 5"),
    ("7x7 by 3x3, stride 2", "window 7 -k 3 -s 2", "(7 - 3 + 0)/2 + 1 = 3"),
    ("W = 5, F = 3, P = 1", "window 5 -k 3 -p 1", "(5 - 3 + 2)/1 + 1 = 5"),
    ("... and S = 2", "window 5 -k 3 -s 2 -p 1", "(5 - 3 + 2)/2 + 1 = 3"),
    ("without padding only 3", "window 5 -k 3", "(5 - 3 + 0)/1 + 1 = 3"),
    ("P = (F - 1)/2 keeps the size", "conv 32x32x3 -k 5 -p half --filters 10", "output 32x32x10"),
    ("AlexNet's first layer", ALEXNET, "output 55x55x96 = 290,400 values"),
    ("... one neuron of it", ALEXNET, "290,400, each with 11*11*3 = 363 weights and a bias"),
    ("... its weights", ALEXNET, "(11*11*3)*96 = 34,848"),
    ("... its parameters", ALEXNET, "34,848 + 96 = 34,944"),
    ("... unshared", ALEXNET, "with 290,400 biases 105,705,600"),
    ("... as a layer", f"{ALEXNET} --type local", "parameters 105,415,200 + 290,400 = 105,705,600"),
    ("the numpy example", "conv 11x11x4 -k 5 -s 2 --filters 2", "output 4x4x2"),
    ("the demo", DEMO, "output 3x3x2 = 18 values"),
    ("... its parameters", DEMO, "(3*3*3)*2 = 54"),
    ("im2col", ALEXNET, "(11*11*3) x (55*55) = 363 x 3025 im2col W_row 96 x 363 im2col product 96 x 3025"),
    ("1x1 on 32x32x3", "conv 32x32x3 -k 1 --filters 8", "each with 1*1*3 = 3 weights"),
    ("1x1 on 56x56x64", "conv 56x56x64 -k 1 --filters 32", "output 56x56x32"),
    ("dilation 1 of the notes", "conv 9x1 -k 3 -d 2 --filters 1 --at 0", "V[0] reads X[:5:2, :]"),
]
POOL = [
    ("2x2 with stride 2", "pool 224x224x64 -k 2", "output 112x112x64"),
    ("... drops 75%", "pool 224x224x64 -k 2", "75% are dropped"),
    ("... has no parameters", "pool 224x224x64 -k 2", "parameters 0"),
    ("3x3 with stride 2", "pool 55x55x96 -k 3 -s 2", "output 27x27x96"),
    ("average", "pool 24x24x8 -k 2 --type avg", "nn.AvgPool2d"),
    ("L2 norm", "pool 24x24x8 -k 2 --type l2", "nn.LPPool2d"),
    ("the switches", "pool 8x8x4 -k 2", "autograd keeps its input, indices (64 values, int64)"),
    ("none at all", "inspect all_cnn_c --columns layer,volume", "CONV3/2-96 [16x16x96]"),
]
CONVERTED = [
    ("a convolution as an fc", "conv 11x11x4 -k 5 -s 2 --filters 2", "3,200 not zero: 79% zeros"),
    ("an fc as a convolution", "conv 7x7x512 -k 7 --filters 4096", "output 1x1x4096"),
    ("... with the same weights", "conv 7x7x512 -k 7 --filters 4096", "(7*7*512)*4096 = 102,760,448"),
    ("... as an fc", "fc 7x7x512 --units 4096", "25088*4096 = 102,760,448"),
    ("an image of 384", "slide vgg16 --image 384", "12x12x512 enters the classifier"),
    ("... its scores", "slide vgg16 --image 384", "scores 6x6x1000: 36 crops"),
    ("... the last side", "window 12 -k 7", "(12 - 7 + 0)/1 + 1 = 6"),
    (
        "... is cheaper at once",
        "slide vgg16 --image 384",
        "49,551,114,240 for the map; 36 crops of 15,470,264,320 = 556,929,515,520, 11.2 times as many",
    ),
    ("... not the crops' scores, by padding", "slide vgg16 --image 384", "equal no: stage1.conv1"),
    ("stride 16", "slide vgg16 --image 384 --stride 16", "6x6 + 6x5 + 5x6 + 5x5 = 121 places"),
    ("other sides that fit", "sizes vgg16 --near 500", "multiples of 32"),
    ("... a side of 500", "slide vgg16 --image 500", "480x480x3 of it are read"),
]
PATTERNS = [
    ("a linear classifier", "inspect 'INPUT 32x32x3 -> FC 10'", "32*32*3*10 = 30,720"),
    ("one convolution", "inspect 'INPUT -> CONV -> RELU -> FC'", "(1 conv, 1 fc)"),
    (
        "one before each pool",
        "inspect 'INPUT -> [CONV -> RELU -> POOL]*2 -> FC -> RELU -> FC'",
        "2 convs, 2 fcs",
    ),
    (
        "two before each pool",
        "inspect 'INPUT -> [CONV -> RELU -> CONV -> RELU -> POOL]*3 -> [FC -> RELU]*2 -> FC'",
        "6 convs, 3 fcs",
    ),
    (
        "the pattern in letters",
        "inspect 'INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC' --set N=2 --set M=3 --set K=2",
        "6 convs, 3 fcs",
    ),
    ("three 3x3 see 7x7", f"inspect {STACK} --columns field", "field 1 3 5 7"),
    ("... with 27C^2 weights", f"explain {STACK} --symbols C", "weights 27C^2"),
    ("... where one 7x7 has 49C^2", "conv 32x32x64 -k 7 -p 3 --filters 64 --symbols C", "weights 49C^2"),
    ("two 3x3 see 5x5", "inspect 'INPUT 32x32x64 -> [CONV 64]*2' --columns field", "field 1 3 5"),
    ("three volumes", f"inspect {WIDE} --columns volume", "[224x224x64] [224x224x64] [224x224x64]"),
    ("... and the image", f"inspect {WIDE}", "9,784,320 values = 37.32 MiB an image, forward; 74.65 MiB"),
]
NETWORKS = [
    ("AlexNet", "inspect alexnet", "parameters 62,378,344"),
    ("... on two GPUs", "inspect alexnet_groups", "parameters 60,965,224"),
    (
        "... its volumes",
        "inspect alexnet --columns volume",
        "[227x227x3] [55x55x96] [27x27x96] [27x27x96] [27x27x256] [13x13x256] [13x13x256] [13x13x384] "
        "[13x13x384] [13x13x256] [6x6x256] [1x1x4096] [1x1x4096] [1x1x1000]",
    ),
    ("VGG-16: memory", "inspect vgg16", "15,237,608 values = 58.13 MiB an image"),
    ("... weights", "inspect vgg16", "138,344,128; parameters 138,357,544"),
    ("... where they are", "inspect vgg16", "74% of the parameters are in fc1"),
    ("... where the memory is", "inspect vgg16", "63% of the activations are in the first 4 of 13 convs"),
    ("... its 16 layers", "inspect vgg16", "depth 16 layers with weights on the longest path"),
    ("the naive inception module", NAIVE, "[28x28x672]"),
    ("... its work", "diff inception_naive inception_bottleneck", "854,196,224 271,351,808"),
    ("... with bottlenecks", "inspect inception_bottleneck --columns volume", "[28x28x480]"),
    ("GoogLeNet's parameters", "inspect googlenet", "parameters 6,998,552"),
    ("... its 22 layers", "inspect googlenet", "depth 22 layers with weights on the longest path"),
    ("ResNet's 152", "inspect resnet152", "depth 152 layers with weights on the longest path"),
    ("... and one fc", "inspect resnet152", "(151 convs, 1 fc)"),
    ("ResNet-18", "inspect resnet18", "depth 18 layers"),
    ("ResNet-34", "inspect resnet34", "depth 34 layers"),
    ("ResNet-50", "inspect resnet50", "depth 50 layers"),
    ("ResNet-101", "inspect resnet101", "depth 101 layers"),
    ("WRN-28: 25 and 3 projections", "inspect wrn_28_10", "25 convs, 1 fc), 5 on the shortest, 29 in all"),
    ("FractalNet's 40 and 5", "inspect fractalnet", "(40 convs, 1 fc), 6 on the shortest"),
    (
        "stochastic depth",
        "inspect resnet110_stochastic_depth --mode training",
        "82.5 on average in training: 40.25 of 54 residual bodies run",
    ),
    ("a receptive field", "inspect alexnet --columns layer,field", "POOL3/2 195"),
]
EXERCISES = [
    ("three convolutions", f"inspect {THREE} --columns volume", "[100x150x100] [50x75x200] [25x38x400]"),
    ("... their parameters", f"inspect {THREE}", "parameters 903,400"),
    ("... the first", "conv 200x300x3 -k 3 -s 2 -p same --filters 100", "parameters 2,700 + 100 = 2,800"),
    ("... the second", "conv 100x150x100 -k 3 -s 2 -p same --filters 200", "180,000 + 200 = 180,200"),
    ("... the third", "conv 50x75x200 -k 3 -s 2 -p same --filters 400", "720,000 + 400 = 720,400"),
    ("... the first volume", "conv 200x300x3 -k 3 -s 2 -p same -f 100 --units si", "= 6.00 MB"),
    ("... the second volume", "conv 100x150x100 -k 3 -s 2 -p same -f 200 --units si", "= 3.00 MB"),
    ("... the third volume", "conv 50x75x200 -k 3 -s 2 -p same -f 400 --units si", "= 1.52 MB"),
]
STATEMENTS = [*OVERVIEW, *CONV, *POOL, *CONVERTED, *PATTERNS, *NETWORKS, *EXERCISES]


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def printed(command: str, status: int = 0) -> str:
    """What a command prints, with single spaces."""
    ended = run(*shlex.split(command), COLUMNS="200")
    assert ended.status == status, ended.err
    return " ".join(ended.out.split())


@each(
    ("command", "text"),
    [
        pytest.param(command, text, id=f"{number}: {what}")
        for number, (what, command, text) in enumerate(STATEMENTS, 1)
    ],
)
def test_a_statement_is_printed_by_its_command(command: str, text: str) -> None:
    assert text in printed(command)


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("window 5 -k 3 -s 3 -p 1 --strict", "rejected: the remainder is not 0"),
        ("window 10 -k 3 -s 2", "(10 - 3 + 0)/2 + 1 = 4.5"),
        ("window 224 -k 11 -s 4", "(224 - 11 + 0)/4 + 1 = 54.25"),
        ("conv 224x224x3 -k 11 -s 4 --filters 96", "input 223 or 227"),
        ("pool 224x224x64 -k 3 -s 2", "`rounding: ceil`"),
        ("validate 'INPUT 96x96x3 -> [CONV 8 -> RELU -> POOL]*6 -> FC 10'", "multiples of 64"),
    ],
)
def test_what_does_not_fit_is_rejected_with_what_would(command: str, text: str) -> None:
    assert text in printed(command, status=1)


class TestCrops:
    """Whether the scores of a larger image are those of its crops, run by PyTorch; the page names the commands."""

    def test_are_equal_where_nothing_pads(self) -> None:
        command = "slide lenet5 --image 40 --check"
        assert f"`cnncalc {command}`" in PAGE
        text = printed(command)
        assert "equal yes: no layer before the classifier pads" in text

    def test_differ_where_a_layer_pads(self) -> None:
        command = "slide 'INPUT 32x32x3 -> [CONV 8 -> RELU -> POOL]*3 -> FC 10' --image 64 --check"
        assert f"`cnncalc {command}`" in PAGE
        text = printed(command)
        assert "equal no: conv1 and 2 more layers pad" in text
        part = float(text.rpartition("at most, ")[2].split()[0])
        assert part > 0.1, "of the scores' standard deviation"


def test_a_converted_network_gives_the_volumes_of_the_notes(empty_folder: Path) -> None:
    """FC 4096 on 7x7x512 is F = 7, then twice F = 1: 1x1x4096, 1x1x4096, 1x1x1000."""
    assert run("rewrite", "vgg16", "--fc-to-conv", "-o", "converted.yaml").status == 0
    text = printed("inspect converted.yaml --columns layer,volume")
    assert text.count("CONV7-4096 [1x1x4096] CONV1-4096 [1x1x4096] CONV1-1000 [1x1x1000]") == 1
    larger = printed("inspect converted.yaml --input 384 --columns layer,volume")
    assert "POOL2 [12x12x512] CONV7-4096 [6x6x4096] CONV1-4096 [6x6x4096] CONV1-1000 [6x6x1000]" in larger


@pytest.mark.long
def test_vgg_and_the_converted_one_have_equal_outputs() -> None:
    command = "verify vgg16 --rewrite fc-to-conv"
    assert f"`cnncalc {command}`" in PAGE
    assert "equal outputs at inference, with the same weights" in printed(command)

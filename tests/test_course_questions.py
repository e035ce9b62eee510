"""Questions of the course's notes about one layer, answered by the public commands (CS231n notes and exercises)."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.commands._program import run

NUMPY = "cnncalc: 1\ninput: 11x11x4\nlayers:\n  - conv: {filters: 2, kernel: 5, stride: 2}\n"
LOCAL = "cnncalc: 1\ninput: 227x227x3\nlayers:\n  - locally_connected: {filters: 96, kernel: 11, stride: 4}\n"
POOL = "cnncalc: 1\nparams: {f: 2, s: 2}\ninput: 224x224x64\nlayers:\n  - maxpool: {kernel: $f, stride: $s}\n"
W10 = "cnncalc: 1\ninput: 10x10x3\nlayers:\n  - conv: {filters: 8, kernel: 3, stride: 2}\n"
ALEX224 = "cnncalc: 1\ninput: 224x224x3\nlayers:\n  - conv: {filters: 96, kernel: 11, stride: 4}\n"
DENSE = "cnncalc: 1\ninput: 9x1\nlayers:\n  - conv: {filters: 1, kernel: 3, dilation: 0}\n"
STACK = """\
cnncalc: 1
params: {c: 64}
input: {height: 32, width: 32, channels: $c}
defaults: {conv: {kernel: 3, padding: 1, act: relu}}
layers:
  - {conv: $c, repeat: 3}
"""
ONE = """\
cnncalc: 1
params: {c: 64}
input: {height: 32, width: 32, channels: $c}
layers:
  - conv: {filters: $c, kernel: 7, padding: 3, act: relu}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    specs = {"numpy": NUMPY, "local": LOCAL, "pool": POOL, "w10": W10, "alex224": ALEX224, "dense": DENSE}
    for name, text in {**specs, "stack": STACK, "one": ONE}.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def page(*words: str, status: int = 0) -> list[str]:
    """The lines of a command's page, spaces made one."""
    ended = run(*words, COLUMNS="400")
    assert ended.status == status, ended.err
    return [" ".join(line.split()) for line in ended.out.splitlines()]


def content(*words: str) -> Any:
    return json.loads(run(*words, "--format", "json").out)


# One layer of a spec, and the same without one.
ALEXNET = [("explain", "alexnet", "conv1"), ("conv", "227x227x3", "-k", "11", "-s", "4", "--filters", "96")]
EXAMPLE = [("explain", "numpy.yaml", "conv1"), ("conv", "11x11x4", "-k", "5", "-s", "2", "--filters", "2")]


class TestFields:
    @pytest.mark.parametrize("words", ALEXNET)
    def test_overlap_by_f_minus_s(self, words: tuple[str, ...]) -> None:
        assert "overlap F - S = 11 - 4 = 7: neighbouring windows have 7 of 11 positions in common" in page(
            *words
        )
        with_stride_one = page("conv", "32x32x3", "-k", "3", "-f", "8")
        assert (
            "overlap F - S = 3 - 1 = 2: neighbouring windows have 2 of 3 positions in common"
            in with_stride_one
        )

    def test_without_stride_do_not(self) -> None:
        assert "overlap F - S = 2 - 2 = 0: windows lie side by side" in page("pool", "8x8x3", "-k", "2")


class TestPadding:
    def test_on_one_side_makes_ten_fit(self) -> None:
        lines = page("window", "10", "-k", "3", "-s", "2", status=1)
        assert "one-sided padding works: 0 before and 1 after gives 5" in lines
        padding = content("window", "10", "-k", "3", "-s", "2")["one_sided_padding"]
        assert padding == {"before": 0, "after": 1, "output": 5}

    @pytest.mark.parametrize(
        ("spec", "sides", "output"),
        [
            ("w10.yaml", "{bottom: 1, right: 1}", "5x5x8"),
            ("alex224.yaml", "{bottom: 3, right: 3}", "55x55x96"),
        ],
    )
    def test_on_one_side_is_offered_and_fits(self, spec: str, sides: str, output: str, folder: Path) -> None:
        (finding,) = content("validate", spec)["diagnostics"]
        assert f"nothing is left over with padding {sides}" in finding["help"]
        assert f"padding: {sides}" in [fix["text"] for fix in finding["fixes"]]
        # Under the course's own constraint it is what `--fix` writes.
        assert run("validate", spec, "--strict", "--fix", "--unsafe-fixes").status == 0
        assert f"padding: {sides}" in (folder / spec).read_text(encoding="utf-8")
        assert run("validate", spec, "--strict").status == 0
        shape = content("inspect", spec)["rows"][-1]["output"]
        assert f"{shape['height']}x{shape['width']}x{shape['channels']}" == output

    def test_that_is_valid_has_the_help_of_padding_0(self, folder: Path) -> None:
        (finding,) = content("validate", "w10.yaml")["diagnostics"]
        text = W10.replace("stride: 2}", "stride: 2, padding: valid}")
        (folder / "valid.yaml").write_text(text, encoding="utf-8")
        (same,) = content("validate", "valid.yaml")["diagnostics"]
        assert same["help"] == finding["help"]
        assert run("validate", "valid.yaml", "--strict", "--fix", "--unsafe-fixes").status == 0

    def test_of_a_sequence_is_at_its_end(self, folder: Path) -> None:
        (folder / "row.yaml").write_text(W10.replace("10x10x3", "10x3"), encoding="utf-8")
        (finding,) = content("validate", "row.yaml")["diagnostics"]
        assert "nothing is left over with padding {right: 1}" in finding["help"]

    def test_on_one_side_is_not_offered_where_a_window_would_see_nothing_else(self) -> None:
        assert content("window", "56", "-k", "1", "-s", "2")["one_sided_padding"] is None


class TestUnsharedWeights:
    def test_are_a_product_for_each_position(self) -> None:
        lines = page("explain", "local.yaml", "locally_connected1")
        assert "im2col X_col (11*11*3) x 1 = 363 x 1, for each of 3,025 positions" in lines
        assert "im2col W_row 96 x 363, for each of 3,025 positions" in lines
        matrices = content("explain", "local.yaml", "locally_connected1")["layer_facts"]["matrices"]
        assert matrices[1]["values"] == 105_415_200

    def test_are_counted_beside_the_shared_ones(self) -> None:
        shared, local = (
            page(*ALEXNET[1]),
            page("explain", "local.yaml", "locally_connected1"),
        )
        assert (
            "without sharing (55*55*96) * (11*11*3) = 105,415,200, with 290,400 biases 105,705,600, 3,025 times as many"
            in shared
        )
        assert "with sharing (11*11*3)*96 = 34,848, with 96 biases 34,944, 3,025 times fewer" in local


@pytest.mark.parametrize("words", EXAMPLE)
class TestNumpyExample:
    @pytest.mark.parametrize(
        ("place", "line"),
        [
            ("0,0,0", "V[0,0,0] reads X[:5, :5, :], with W0 and b0"),
            ("1,0,0", "V[1,0,0] reads X[2:7, :5, :], with W0 and b0"),
            ("2,0,0", "V[2,0,0] reads X[4:9, :5, :], with W0 and b0"),
            ("3,0,1", "V[3,0,1] reads X[6:11, :5, :], with W1 and b1"),
            ("0,1,1", "V[0,1,1] reads X[:5, 2:7, :], with W1 and b1"),
            ("2,3,1", "V[2,3,1] reads X[4:9, 6:11, :], with W1 and b1"),
            ("2,3", "V[2,3] reads X[4:9, 6:11, :]"),
        ],
    )
    def test_slices(self, words: tuple[str, ...], place: str, line: str) -> None:
        assert line in page(*words, "--at", place)

    def test_rule(self, words: tuple[str, ...]) -> None:
        assert "V[i,j] reads X[2i:2i+5, 2j:2j+5, :]" in page(*words)

    def test_as_a_fully_connected_layer(self, words: tuple[str, ...]) -> None:
        line = "as fully connected 32 x 484 = 15,488 weights, 3,200 not zero: 79% zeros; they have 200 different values"
        assert line in page(*words)
        dense = content(*words)["layer_facts"]["as_fully_connected"]
        assert (dense["entries"], dense["not_zero"], dense["zeros"]) == (15_488, 3_200, 12_288)


class TestIm2col:
    @pytest.mark.parametrize("words", ALEXNET)
    def test_takes_seven_times_the_input(self, words: tuple[str, ...]) -> None:
        (line,) = [line for line in page(*words) if line.startswith("im2col memory")]
        assert "X_col 1,098,075 values = 4.19 MiB, 7.1 times the input" in line

    @pytest.mark.parametrize(
        "words", [("explain", "alexnet", "maxpool1"), ("pool", "55x55x96", "-k", "3", "-s", "2")]
    )
    def test_serves_pooling(self, words: tuple[str, ...]) -> None:
        assert "im2col X_col (3*3) x (27*27) = 9 x 729, for each of 96 channels" in page(*words)


class TestBackwardPass:
    WORDS = ("conv", "5x5x3", "-k", "3", "-s", "2", "-p", "1", "--filters", "2")

    @pytest.mark.parametrize("words", [("explain", "conv_demo", "conv1"), WORDS])
    def test_is_a_convolution_with_flipped_filters(self, words: tuple[str, ...]) -> None:
        assert (
            "backward, data dX 5x5x3: a convolution of dY, 3x3x2 with 1 zero between its values, padded by 1, "
            "with the 3x3 filters flipped (54 weights, products with those zeros not counted); 486 MACs"
            in page(*words)
        )

    @pytest.mark.parametrize("words", [("explain", "conv_demo", "conv1"), WORDS])
    def test_is_twice_the_work(self, words: tuple[str, ...]) -> None:
        assert "backward MACs 486 + 486 = 972, 2 times the forward's 486; a training step 1,458" in page(
            *words
        )

    def test_of_a_training_step_is_in_the_table_of_training(self) -> None:
        line = "training step 972 MACs an image: forward 486, gradients of data 0, of weights 486"
        assert line in page("inspect", "conv_demo", "--mode", "training")
        step = content("inspect", "conv_demo", "--mode", "training")["totals"]["training_step"]
        assert step == {"forward_macs": 486, "data_macs": 0, "weights_macs": 486, "macs": 972}
        assert "training_step" not in content("inspect", "conv_demo")["totals"]


class TestDilation:
    def test_of_the_notes_is_written_one_more_here(self) -> None:
        ended = run("validate", "dense.yaml")
        words = (
            "help: write 1: it is the distance between two kernel elements; the course notes count the gap"
        )
        assert ended.status == 1
        assert words in ended.out
        run("validate", "dense.yaml", "--fix", "--unsafe-fixes")
        assert run("validate", "dense.yaml").status == 0

    @pytest.mark.parametrize(
        "layer", ["conv", "maxpool", "conv_transpose", "separable_conv", "depthwise_conv"]
    )
    def test_is_said_of_every_layer_that_has_it(self, layer: str) -> None:
        main = "" if layer in ("maxpool", "depthwise_conv") else "filters: 2, "
        text = f"cnncalc: 1\ninput: 9x9x2\nlayers:\n  - {layer}: {{{main}kernel: 3, dilation: [0, 1]}}\n"
        assert "help: write [1, 1]: it is the distance" in run("validate", "-", stdin=text).out


class TestPooling:
    @pytest.mark.parametrize(
        "words", [("explain", "pool.yaml", "maxpool1"), ("pool", "224x224x64", "-k", "2", "-s", "2")]
    )
    def test_of_two_by_two_drops_three_quarters(self, words: tuple[str, ...]) -> None:
        assert "values kept 802,816 of 3,211,264 = 25%; 75% are dropped" in page(*words)

    def test_of_three_by_three_rounds_up_in_the_published_networks(self, folder: Path) -> None:
        (finding,) = content("validate", "pool.yaml", "--set", "f=3")["diagnostics"]
        assert (
            "`rounding: ceil` reads the rest, in a last window that reaches past the end" in finding["help"]
        )
        (fix,) = [fix for fix in finding["fixes"] if fix["text"] == "rounding: ceil"]
        (edit,) = fix["edits"]
        line = POOL.splitlines()[edit["line"] - 1]
        line = line[: edit["column"] - 1] + edit["text"] + line[edit["end_column"] - 1 :]
        assert line == "  - maxpool: {kernel: $f, stride: $s, rounding: ceil}"
        fixed = "\n".join([*POOL.splitlines()[:-1], line]) + "\n"
        assert run("validate", "-", "--set", "f=3", stdin=fixed).status == 0


class TestFormulas:
    def test_three_layers_have_27_and_one_49(self) -> None:
        for name, formula in (("stack.yaml", "27c^2 = 110,592"), ("one.yaml", "49c^2 = 200,704")):
            assert f"weights {formula}" in page("explain", name, "--symbols")
            assert f"weights {formula.replace('c', 'C')}" in page("explain", name, "--symbols", "C")
        assert "weights 9c^2 = 36,864" in page("explain", "stack.yaml", "conv1", "--symbols")


class TestInPlace:
    def test_a_relu_that_overwrites_is_built_so(self) -> None:
        lines = page("explain", "vgg16", "stage1.conv1.relu")
        assert "memory none of its own: it overwrites the values of stage1.conv1" in lines
        assert "PyTorch nn.ReLU(inplace=True)" in lines

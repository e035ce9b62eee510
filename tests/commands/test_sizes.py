"""`cnncalc sizes`: the input sizes that a network takes."""

import json
from pathlib import Path

import pytest

from tests.commands._program import run

NET = "cnncalc: 1\ninput: 50x60x3\nlayers:\n  - maxpool: 2\n  - maxpool: 2\n  - flatten\n  - fc: 10\n"
TWO = """\
cnncalc: 1
inputs: {left: 8x8x3, right: 8x8x3}
layers:
  - {maxpool: 2, from: left}
  - {maxpool: 2, from: right}
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "net.yaml"
    path.write_text(NET)
    return path


def test_says_the_rule_and_the_nearest(spec: Path) -> None:
    ended = run("sizes", spec, COLUMNS="100")
    assert ended.status == 0
    assert ended.out.splitlines() == [
        "height and width: multiples of 4",
        "the spec's own size, 50x60, does not fit: S001 stride-drops-input at line 5",
        "nearest to 50x60: 52x60; not smaller 52x60; not larger 48x60",
        "note: `fc1` (line 7) has weights for 52x60 only: another size needs other weights",
    ]


@pytest.mark.parametrize(
    ("near", "message"),
    [
        ("350x525", "nearest to 350x525: 352x524; not smaller 352x528; not larger 348x524"),
        ("30", "nearest to 30x30: 32x32; not smaller 32x32; not larger 28x28"),
        ("input=40x44", "40x44 fits"),
        ("2x2", "nearest to 2x2: 4x4; not smaller 4x4"),
    ],
)
def test_near_another_size(spec: Path, near: str, message: str) -> None:
    assert message in run("sizes", spec, "--near", near).out.splitlines()


@pytest.mark.parametrize("near", ["0x3", "axb", "3x4x5", "other=3x4", "-3"])
def test_a_size_that_is_none_is_a_usage_error(spec: Path, near: str) -> None:
    ended = run("sizes", spec, f"--near={near}")
    assert ended.status == 2
    assert "'--near'" in ended.err


def test_as_json(spec: Path) -> None:
    data = json.loads(run("sizes", spec, "--format", "json").out)
    assert [rule["period"] for rule in data["rules"]] == [4, 4]
    assert [rule["sides"][0]["name"] for rule in data["rules"]] == ["height", "width"]
    assert data["near"]["nearest"] == {"input": "52x60x3"}
    assert data["own_fits"] is False
    assert data["weights_for"]["layers"] == [{"name": "fc1", "line": 7}]


def test_several_inputs_are_named(tmp_path: Path) -> None:
    path = tmp_path / "two.yaml"
    path.write_text(TWO)
    output = run("sizes", path, "--near", "left=9x9").out
    assert "`left` height, `left` width, `right` height and `right` width: multiples of 2" in output
    assert "nearest to left 9x9, right 8x8: left 10x10, right 8x8" in output


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("cnncalc: 1\ninput: 8x8x3\nlayers:\n  - covn: 3\n", "L002"),
        ("cnncalc: 1\ninput: 8\nlayers:\n  - fc: 3\n", "it is features"),
        (
            "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 2, kernel: 1}\n  - add: [prev, input]\n",
            "S008",
        ),
    ],
)
def test_where_no_size_helps_it_says_why(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "net.yaml"
    path.write_text(text)
    ended = run("sizes", path)
    assert ended.status == 1
    assert says in ended.err
    assert not ended.out


def test_shipped_specs_and_strict() -> None:
    assert run("sizes", "alexnet").out.startswith("height and width: 32n + 3, from 67 on: 67, 99, 131, ...\n")
    assert "padding that no window reads" in run("sizes", "lenet5", "--strict").out


def test_near_says_that_a_size_has_no_channels() -> None:
    ended = run("sizes", "vgg16", "--near", "500x500x3")
    assert ended.status == 2
    assert "'500x500x3' is not HEIGHTxWIDTH: write 500x500, a size has no channels" in ended.err
    assert "channels" not in run("sizes", "vgg16", "--near", "500x5x5x3").err

"""Formulas in letters: what they say at other values is what the network of these values has."""

import json
from fractions import Fraction
from math import prod
from pathlib import Path
from typing import Any

import pytest

import cnncalc
from cnncalc.analysis.symbols import NoFormula, formulas
from tests.commands._program import Ended, run

STACK = """\
cnncalc: 1
params: {c: 64, side: 32}
input: {height: $side, width: $side, channels: $c}
defaults: {conv: {kernel: 3, padding: 1, act: relu}}
blocks:
  three:
    params: {width: required}
    layers:
      - {conv: $width, repeat: 3}
layers:
  - three: $c
  - maxpool: 2
  - conv: {filters: $c * 2, groups: 2, norm: bn}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "stack.yaml").write_text(STACK, encoding="utf-8")


def in_letters(*words: str) -> dict[str, Any]:
    ended = run("explain", *words, "--format", "json")
    assert (ended.status, ended.err) == (0, "")
    content: dict[str, Any] = json.loads(ended.out)
    return content


def formula(name: str, *words: str) -> str:
    text: str = in_letters(*words)["formulas"][name]["formula"]
    return text


def value_of(terms: list[dict[str, Any]], values: dict[str, int]) -> Fraction:
    """The value of a formula as JSON has it."""
    return sum(
        (
            Fraction(term["coefficient"])
            * prod(values[name] ** power for name, power in term["powers"].items())
            for term in terms
        ),
        Fraction(0),
    )


def refused(*words: str) -> str:
    ended: Ended = run("explain", *words)
    assert (ended.status, ended.out) == (2, "")
    return ended.err


def test_three_small_layers_against_one_large() -> None:
    assert formula("weights", "stack.yaml", "three1", "--symbols", "c") == "27c^2"
    assert formula("parameters", "stack.yaml", "three1", "--symbols", "c") == "27c^2 + 3c"
    ended = run("conv", "32x32x64", "-k", "7", "-f", "64", "-p", "3", "--symbols", "C", "--format", "json")
    assert json.loads(ended.out)["formulas"]["weights"]["formula"] == "49C^2"


@pytest.mark.parametrize("values", [{"c": 2}, {"c": 6, "side": 8}, {"c": 130, "side": 34}])
def test_parameters_of_a_spec_give_what_another_value_has(values: dict[str, int]) -> None:
    content = in_letters("stack.yaml", "--symbols")
    assert list(content["letters"]) == ["c", "side"]
    graph = cnncalc.load("stack.yaml", values=values)
    totals = cnncalc.analyse(graph).totals
    letters = {"c": 64, "side": 32, **values}
    for name, expected in (("weights", totals.weights), ("parameters", totals.params), ("MACs", totals.macs)):
        terms = content["formulas"][name]["terms"]
        assert value_of(terms, letters) == expected, name


class TestLetters:
    def test_stand_for_channels_filters_and_sides(self) -> None:
        content = in_letters("vgg16", "stage3.conv1", "--symbols", "C,K,H,W")
        said = {name: figure["formula"] for name, figure in content["formulas"].items()}
        assert (said["weights"], said["parameters"], said["MACs"]) == ("9CK", "9CK + K", "9CKHW")
        assert (said["height"], said["width"], said["channels"]) == ("H", "W", "K")

    def test_of_one_side_of_a_square_are_both(self) -> None:
        assert formula("MACs", "vgg16", "stage3.conv1", "--symbols", "W") == "294,912W^2"

    def test_hold_for_the_sizes_that_fit(self) -> None:
        content = in_letters("alexnet", "--symbols", "H")
        assert content["letters"]["H"] == {"value": 227, "what": "every side", "step": 32}
        other = json.loads(run("inspect", "alexnet", "--input", "259", "--format", "json").out)["totals"]
        assert value_of(content["formulas"]["MACs"]["terms"], {"H": 259}) == other["macs"]

    def test_are_left_out_where_none_changes_anything(self) -> None:
        assert list(in_letters("vgg16", "stage3.conv2", "--symbols")["letters"]) == ["C"]

    def test_of_a_group_hold_for_what_it_divides(self) -> None:
        content = in_letters("stack.yaml", "conv1", "--symbols", "C,K")
        assert content["formulas"]["weights"]["formula"] == "9CK/2"
        assert content["letters"]["C"]["step"] == 2

    def test_that_stand_for_nothing_are_refused_with_those_that_there_are(self) -> None:
        assert "'q' is no letter here: c, side, C, H, W" in refused("stack.yaml", "--symbols", "q")
        assert "'3' is no letter, and no name of a parameter" in refused("stack.yaml", "--symbols", "3")
        assert "there are 5 letters, and at most 4" in refused(
            "vgg16", "--symbols", "stage1,stage2,stage3,stage4,stage5"
        )

    def test_need_a_spec_and_no_places(self) -> None:
        assert "--symbols is for a spec" in refused("S001", "--symbols")
        assert "--symbols cannot be used with --at or --field-of" in refused(
            "vgg16", "stage1.conv1", "--at", "1,1", "--symbols"
        )

    def test_of_an_input_there_are_none(self) -> None:
        assert "no formulas: an input has none" in refused("vgg16", "input", "--symbols")


def test_of_a_network_with_an_error_is_the_error(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(STACK.replace("groups: 2", "groups: 3"), encoding="utf-8")
    ended = run("explain", "bad.yaml", "--symbols")
    assert (ended.status, ended.out) == (1, "")
    assert "error[S007]" in ended.err


def test_what_is_no_polynomial_is_said() -> None:
    def evaluate(values: tuple[int, ...]) -> dict[str, int]:
        return {"steps": 2 ** values[0]}

    with pytest.raises(NoFormula, match="no formula in n: figures are no polynomials in it"):
        formulas(["n"], [3], evaluate)
    with pytest.raises(NoFormula, match="no formula in n: the network has errors at its other values"):
        formulas(["n"], [3], lambda values: {"one": 1} if values == (3,) else None)


def test_a_polynomial_on_each_axis_is_no_formula_where_it_is_none_between() -> None:
    def evaluate(values: tuple[int, ...]) -> dict[str, int]:
        first, second = values
        return {"figure": first + second + (min(first - 1, 4) * min(second - 1, 4) > 8)}

    with pytest.raises(NoFormula, match="figure is no polynomial in a and b"):
        formulas(["a", "b"], [1, 1], evaluate)


class TestPages:
    def test_in_text_have_formulas_and_numbers(self) -> None:
        lines = [
            " ".join(line.split())
            for line in run("explain", "stack.yaml", "three1", "--symbols", "c").out.splitlines()
        ]
        assert lines[0] == "three1 in c"
        assert "weights 27c^2 = 110,592" in lines
        assert "output 32x32xc: 1,024c = 65,536 values" in lines
        assert "c a parameter of the spec: 64 here; for 64 and every 2 more" in lines

    def test_in_markdown_are_a_table(self) -> None:
        ended = run("conv", "8x8x4", "-k", "3", "-f", "4", "--symbols", "--format", "markdown")
        assert "| weights | 9C^&#8203;2 = 144 |" in ended.out

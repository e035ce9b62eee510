"""Findings about a value from outside of the spec say that it is from there."""

from typing import Any

import cnncalc
from cnncalc.diagnostic import Diagnostic
from tests._each import each

HEAD = "cnncalc: 1\ninput: 32x32x3\n"


def reports(text: str, values: dict[str, Any]) -> list[Diagnostic]:
    graph = cnncalc.load(text, values=values)
    return [item for item in graph.diagnostics if item.code in ("L003", "L007", "L010", "S011", "S102")]


def from_outside(item: Diagnostic) -> list[str]:
    return [note.text for note in item.notes if "`--set" in note.text]


@each(
    ("body", "value", "code"),
    [
        ("layers: [{conv: $n}]\n", "abc", "L003"),
        ("layers: [{conv: 32 / $n}]\n", 0, "L010"),
        ("layers: [{relu: , when: $n}]\n", 3, "L003"),
        ("layers: [{conv: 4, repeat: $n}]\n", -1, "L003"),
        ("layers: [{conv: {filters: 4, act: $n}}]\n", "rely", "L003"),
        ("layers: [{conv: {filters: 4, kernel: $n, padding: half}}]\n", 4, "S011"),
        ("layers: [{conv: 4, place: $n}]\n", 3, "L003"),
        ("layers:\n  - conv: 4\n    expect: {height: 32, width: 32, channels: $n}\n", 8, "S102"),
        ("blocks: {unit: {params: {k: 2}, layers: [conv: $k]}}\nlayers: [{unit: $n}]\n", "abc", "L003"),
        ("blocks: {unit: {params: {k: $n}, layers: [conv: $k]}}\nlayers: [unit]\n", "abc", "L003"),
        (
            "blocks:\n  one: {params: {k: 2}, layers: [conv: $k]}\n  two: {params: {m: 1}, layers: [{one: $m}]}\n"
            "layers: [{two: $n}]\n",
            "abc",
            "L003",
        ),
    ],
)
def test_a_wrong_value_is_said_to_be_from_set(body: str, value: Any, code: str) -> None:
    (item,) = [item for item in reports(f"{HEAD}params: {{n: 4}}\n{body}", {"n": value}) if item.code == code]
    assert from_outside(item) == [f"`n` is {value}, from `--set n={value}`; the spec has 4"]


def test_a_parameter_that_is_computed_from_it_leads_to_it() -> None:
    text = f"{HEAD}params: {{n: 4, half: $n / 2}}\nlayers: [{{conv: $half}}]\n"
    (item,) = reports(text, {"n": 5})
    assert from_outside(item) == ["`n` is 5, from `--set n=5`; the spec has 4"]
    # The value of `half` itself is given: then `n` has no part in it.
    (item,) = reports(text, {"n": 4, "half": 2.5})
    assert from_outside(item) == ["`half` is 2.5, from `--set half=2.5`"]


def test_a_size_of_the_input_is_one_too() -> None:
    text = "cnncalc: 1\ninput: {height: $n, width: 8, channels: 3}\nparams: {n: 8}\nlayers: [relu]\n"
    (item,) = reports(text, {"n": "abc"})
    assert from_outside(item) == ["`n` is abc, from `--set n=abc`; the spec has 8"]


def test_a_letter_of_a_pattern_is_one_too() -> None:
    (item,) = reports("INPUT 8x8x3 -> [CONV 8]*N -> FC 10", {"N": "abc"})
    assert from_outside(item) == ["`N` is abc, from `--set N=abc`"]


@each("values", [{}, {"other": 3}])
def test_a_value_of_the_spec_itself_is_not(values: dict[str, Any]) -> None:
    text = f"{HEAD}params: {{n: abc, other: 1}}\nlayers: [{{conv: $n}}, {{conv: $other}}]\n"
    (item,) = reports(text, values)
    assert from_outside(item) == []

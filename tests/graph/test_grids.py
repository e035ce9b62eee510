"""A merge of two grids: each way that is offered brings the operands to one size."""

import re

import pytest

import cnncalc
from cnncalc.diagnostic import edited

HEAD = "cnncalc: 1\ninput: {input}\nlayers:\n  - conv: {{filters: 8, kernel: 3, padding: 1}}\n    name: a\n"
BOTH = ["[resize_to: [prev, a]]", "[crop_to: [a, prev]]"]
AROUND = "[zero_pad: {padding: {top: 1, bottom: 1, left: 1, right: 1}}]"


def spec(input: str, *lines: str) -> str:
    return HEAD.format(input=input) + "".join(f"  {line}\n" for line in lines)


def as_the_help_says(text: str, help: str | None) -> list[str]:
    """The spec with each replacement that the help writes, in its last line."""
    *before, last = text.splitlines()
    replacements = re.findall(r"`([^`]+)` instead of `([^`]+)`", help or "")
    return ["\n".join((*before, re.sub(rf"\b{old}\b", new, last, count=1))) for new, old in replacements]


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        (spec("16x16x3", "- maxpool: 2", "- concat: [prev, a]"), BOTH),
        (
            spec("16x16x3", "- conv: {filters: 8, kernel: 3}", "- add: [a, prev]"),
            [*BOTH, AROUND],
        ),
        (
            spec("15x15x3", "- maxpool: {kernel: 3, stride: 2}", "- upsample: 2", "- concat: [a, prev]"),
            [*BOTH, "[zero_pad: {padding: {bottom: 1, right: 1}}]"],
        ),
        (spec("16x3", "- conv: {filters: 8, kernel: 3}", "- concat: [prev, a]"), BOTH),
        # Neither is larger on both sides.
        (
            spec("16x16x3", "- conv: {filters: 8, kernel: [3, 1], padding: [0, 1]}", "- add: [prev, a]"),
            [BOTH[0]],
        ),
        (spec("16x16x3", "- conv: {filters: 9, kernel: 3}", "- add: [prev, a]"), []),
        (spec("16x16x3", "- concat: [[maxpool: 2], a]"), []),
    ],
)
def test_ways_that_work(text: str, ways: list[str]) -> None:
    (item,) = cnncalc.load(text).diagnostics
    assert item.code == "S008"
    assert [fix.text.partition(" instead of")[0] for fix in item.fixes] == ways
    for way in ways:
        assert item.help is not None
        assert way in item.help
    for fix in item.fixes:
        assert cnncalc.load(edited(text, fix)).ok, fix.text
    assert all(cnncalc.load(spec).ok for spec in as_the_help_says(text, item.help))


@pytest.mark.parametrize(
    "text",
    [
        spec("8x8x3", "- conv: {filters: 6, kernel: 1}", "- sub: [a, prev]"),
        spec("8x8x3", "- conv: {filters: 6, kernel: 1}", "  name: b", "- relu", "- add: [a, b, a]"),
        spec("8x8x3", "- conv: {filters: 6, kernel: 1}", "  name: b", "- add: [a, b]"),
        spec("8x8x3", "- flatten", "- fc: 10", "  name: b", "- fc: 6", "- mul: [b, prev]"),
        spec("9x3", "- conv: {filters: 4, kernel: 1}", "- maximum: [prev, a]"),
    ],
)
def test_another_number_of_channels_is_projected(text: str) -> None:
    (item,) = cnncalc.load(text).diagnostics
    assert item.code == "S008"
    (changed,) = as_the_help_says(text, item.help)
    assert cnncalc.load(changed).ok, changed


def test_what_comes_before_may_have_a_name() -> None:
    text = spec("16x16x3", "- conv: {filters: 8, kernel: 3}", "  name: b", "- relu", "- add: [b, a]")
    (item,) = cnncalc.load(text).diagnostics
    assert "{zero_pad: {padding: {top: 1, bottom: 1, left: 1, right: 1}}, from: b}" in str(item.help)
    assert all(cnncalc.load(edited(text, fix)).ok for fix in item.fixes)

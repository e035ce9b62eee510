"""Mistakes that people make: each message states the fact at the place, and its help works when it is followed."""

from typing import NamedTuple

import pytest

import cnncalc
from cnncalc.diagnostic import Severity, edited

HEAD = "cnncalc: 1\ninput: 32x32x3\nlayers:\n"
BLOCK = """\
cnncalc: 1
input: 32x32x3
blocks:
  b:
    params: {params}
    layers: [conv: {{filters: $n, kernel: 1}}]
layers:
"""


class Mistake(NamedTuple):
    """A spec, the code and line of what is said, parts of the fact and the help, and the spec after following it."""

    name: str
    text: str
    code: str
    line: int
    fact: str
    help: str
    followed: str


def layers(*lines: str) -> str:
    return HEAD + "".join(f"  {line}\n" for line in lines)


def block(params: str, *lines: str) -> str:
    return BLOCK.format(params=params) + "".join(f"  {line}\n" for line in lines)


CONV = "- conv: {filters: 8, kernel: 3, padding: 1}"
MISTAKES = [
    Mistake(
        "name inside a layer",
        layers("- conv: {filters: 8, kernel: 3, name: c1}"),
        "L001",
        4,
        "`name` goes beside `conv`",
        "write `name: c1` on a line of its own",
        layers("- conv: {filters: 8, kernel: 3}", "  name: c1"),
    ),
    Mistake(
        "repeat inside a layer",
        layers("- conv: {filters: 8, kernel: 3, repeat: 2}"),
        "L001",
        4,
        "`repeat` goes beside `conv`",
        "write `repeat: 2`",
        layers("- conv: {filters: 8, kernel: 3}", "  repeat: 2"),
    ),
    Mistake(
        "from inside a layer",
        layers(CONV, "  name: a", "- relu", "- conv: {filters: 8, kernel: 3, from: a}"),
        "L001",
        7,
        "`from` goes beside `conv`",
        "write `from: a`",
        layers(CONV, "  name: a", "- relu", "- conv: {filters: 8, kernel: 3}", "  from: a"),
    ),
    Mistake(
        "channels first",
        HEAD.replace("32x32x3", "3x32x32") + f"  {CONV}\n",
        "S101",
        2,
        "reads like channels first",
        "write `32x32x3`",
        layers(CONV),
    ),
    Mistake(
        "tabs", HEAD + "\t- relu\n", "Y020", 4, "indented with a tab", "indent with spaces", layers("- relu")
    ),
    Mistake(
        "a comma at the end of a line",
        layers("- conv:", "    filters: 64,", "    kernel: 3"),
        "L003",
        5,
        "the comma is a part of it",
        "write `64`",
        layers("- conv:", "    filters: 64", "    kernel: 3"),
    ),
    Mistake(
        "a list without brackets",
        layers("- conv:", "    filters: 8", "    kernel: 3,3"),
        "L003",
        6,
        "a list stands in brackets",
        "write `[3, 3]`",
        layers("- conv:", "    filters: 8", "    kernel: [3, 3]"),
    ),
    Mistake(
        "a list without brackets in braces",
        layers("- conv: {filters: 8, kernel: 3,3}"),
        "Y013",
        4,
        "the key `3` is a number",
        "in brackets: `[3, 3]`",
        layers("- conv: {filters: 8, kernel: [3, 3]}"),
    ),
    Mistake(
        "a word in capitals",
        layers("- conv: {filters: 8, kernel: 3, padding: SAME}"),
        "L003",
        4,
        "not SAME",
        "did you mean `same`?",
        layers("- conv: {filters: 8, kernel: 3, padding: same}"),
    ),
    Mistake(
        "another word for an activation",
        layers("- conv: {filters: 8, kernel: 3, act: Swish}"),
        "L003",
        4,
        "not Swish",
        "did you mean `silu`?",
        layers("- conv: {filters: 8, kernel: 3, act: silu}"),
    ),
    Mistake(
        "another word for act",
        layers("- conv: {filters: 8, kernel: 3, activation: relu}"),
        "L001",
        4,
        "has no `activation`",
        "did you mean `act`?",
        layers("- conv: {filters: 8, kernel: 3, act: relu}"),
    ),
    Mistake(
        "the input as a list",
        HEAD.replace("32x32x3", "[32, 32, 3]") + "  - relu\n",
        "L007",
        2,
        "a shape is not a list",
        "write HEIGHTxWIDTHxCHANNELS",
        layers("- relu"),
    ),
    Mistake(
        "the input as one number",
        HEAD.replace("32x32x3", "32") + f"  {CONV}\n",
        "S010",
        4,
        "its input has 32 features",
        "an image is HEIGHTxWIDTHxCHANNELS",
        layers(CONV),
    ),
    Mistake(
        "a dash left out",
        layers("conv: {filters: 8, kernel: 3}", "- relu"),
        "Y005",
        4,
        "does not start with `- `",
        "write `- conv: {filters: 8, kernel: 3}`",
        layers("- conv: {filters: 8, kernel: 3}", "- relu"),
    ),
    Mistake(
        "a dash left out below",
        layers("- conv: {filters: 8, kernel: 3}", "  relu"),
        "Y005",
        5,
        "`relu` is read as a key of the item above",
        "`- relu`",
        layers("- conv: {filters: 8, kernel: 3}", "- relu"),
    ),
    Mistake(
        "one space too many",
        layers("- conv: {filters: 8, kernel: 3}", " - relu"),
        "Y005",
        5,
        "fits no list above",
        "indent it as its neighbours are",
        layers("- conv: {filters: 8, kernel: 3}", "- relu"),
    ),
    Mistake(
        "parameters in the column of their layer",
        layers("- conv:", "  filters: 8", "  kernel: 3"),
        "L006",
        5,
        "parameters of a layer go inside it",
        "write `conv: {filters: ..., kernel: ...}`",
        layers("- conv: {filters: 8, kernel: 3}"),
    ),
    Mistake(
        "a name twice",
        layers(CONV, "  name: a", CONV, "  name: a"),
        "L012",
        7,
        "`a` is the name of two layers",
        "give one of them another name",
        layers(CONV, "  name: a", CONV, "  name: b"),
    ),
    Mistake(
        "an index in from",
        layers(CONV, CONV, CONV, "  from: -2"),
        "L003",
        7,
        "not an index: -2",
        "put `name: c3` beside the layer that is meant, and write `from: c3`",
        layers(CONV, "  name: c3", CONV, CONV, "  from: c3"),
    ),
    Mistake(
        "the index -1",
        layers(CONV, "- concat: [-1, input]"),
        "L006",
        5,
        "not an index: -1",
        "the layer before is `prev`",
        layers(CONV, "- concat: [prev, input]"),
    ),
    Mistake(
        "a number in quotes",
        layers(CONV, '  repeat: "3"'),
        "L003",
        5,
        'not the text "3"',
        "leave the quotes out: `repeat: 3`",
        layers(CONV, "  repeat: 3"),
    ),
    Mistake(
        "a parameter that is not there",
        layers(CONV, "  when: $missing"),
        "L009",
        5,
        "`$missing` stands for nothing here",
        "$in.height, $in.width",
        layers(CONV, "  when: $in.height > 8"),
    ),
    Mistake(
        "stride 0",
        layers("- conv: {filters: 8, kernel: 1, stride: 0}"),
        "L003",
        4,
        "not 0",
        "write 1 or more",
        layers("- conv: {filters: 8, kernel: 1, stride: 1}"),
    ),
    Mistake(
        "negative padding",
        layers("- conv: {filters: 8, kernel: 1, padding: -1}"),
        "L003",
        4,
        "not -1",
        "put the layer `crop` before it",
        layers("- crop: 30", "- conv: {filters: 8, kernel: 1}"),
    ),
    Mistake(
        "fc before flatten",
        layers(CONV, "- fc: 10"),
        "S009",
        5,
        "fc reads features",
        "put `- flatten`",
        layers(CONV, "- flatten", "- fc: 10"),
    ),
    Mistake(
        "a block without its parameter",
        block("{n: required}", "- b"),
        "L004",
        8,
        "block `b` needs `n`",
        "write `b: {n: ...}`",
        block("{n: required}", "- b: {n: 4}"),
    ),
    Mistake(
        "parameters of a block as a list",
        block("[n]", "- b: {n: 4}"),
        "L003",
        5,
        "must be a mapping",
        "write `params: {n: required}`",
        block("{n: required}", "- b: {n: 4}"),
    ),
    Mistake(
        "a residual whose shapes differ",
        layers("- residual:", f"    {CONV}"),
        "S008",
        4,
        "8 and 3 in channels",
        "`shortcut: project` beside it",
        layers("- residual:", f"    {CONV}", "  shortcut: project"),
    ),
    Mistake(
        "a concat of different sizes",
        layers(CONV, "  name: a", "- maxpool: 2", "- concat: [prev, a]"),
        "S008",
        7,
        "16 and 32 in height",
        "write `resize_to: [prev, a]` in place of `prev`",
        layers(CONV, "  name: a", "- maxpool: 2", "- concat: [[resize_to: [prev, a]], a]"),
    ),
    Mistake(
        "a quote that is not closed",
        layers('- conv: {filters: 8, kernel: 3, act: "relu}', "- relu", "- relu"),
        "Y005",
        4,
        "this quote is not closed",
        'close it with "',
        layers('- conv: {filters: 8, kernel: 3, act: "relu"}', "- relu"),
    ),
    Mistake(
        "a quote that the next one closes",
        layers('- conv: {filters: 8, kernel: 3, act: "relu}', '- conv: {filters: 8, kernel: 3, act: "relu"}'),
        "Y005",
        4,
        "this quote is not closed",
        'close it with "',
        layers('- conv: {filters: 8, kernel: 3, act: "relu"}'),
    ),
    Mistake(
        "layers as a mapping",
        HEAD + "  conv1: {filters: 8, kernel: 3}\n  relu1:\n",
        "L003",
        4,
        "and is a mapping",
        "`- conv: ...`, with `name: conv1` on the line below",
        layers("- conv: {filters: 8, kernel: 3}", "  name: conv1", "- relu:", "  name: relu1"),
    ),
    Mistake(
        "a colon left out",
        layers("- upsample 2"),
        "L002",
        4,
        "a colon is missing after `upsample`",
        "write `upsample: 2`",
        layers("- upsample: 2"),
    ),
    Mistake(
        "a colon left out before braces",
        layers("- conv {filters: 8, kernel: 3}"),
        "Y005",
        4,
        "a colon is missing after `conv`",
        "write `conv: {`",
        layers("- conv: {filters: 8, kernel: 3}"),
    ),
    Mistake(
        "a call",
        layers("- maxpool(2)"),
        "L002",
        4,
        "a colon is missing after `maxpool`",
        "write `maxpool: 2`",
        layers("- maxpool: 2"),
    ),
    Mistake(
        "units of a conv",
        layers("- conv: {units: 8, kernel: 3}"),
        "L001",
        4,
        "has no `units`",
        "did you mean `filters`?",
        layers("- conv: {filters: 8, kernel: 3}"),
    ),
    Mistake(
        "filters of an fc",
        layers("- flatten", "- fc: {filters: 8}"),
        "L001",
        5,
        "has no `filters`",
        "did you mean `units`?",
        layers("- flatten", "- fc: {units: 8}"),
    ),
    Mistake(
        "a comment without a space",
        layers("- maxpool: 2# halves"),
        "L003",
        4,
        "a comment needs a space",
        "write `2 #`",
        layers("- maxpool: 2 # halves"),
    ),
    Mistake(
        "another sign for a power",
        layers("- conv: {filters: $in.channels ^ 2, kernel: 1}"),
        "L008",
        4,
        "`^` is not expected here",
        "write `**` for a power",
        layers("- conv: {filters: $in.channels ** 2, kernel: 1}"),
    ),
    Mistake(
        "the depth of an image",
        layers("- conv: {filters: $in.depth, kernel: 1}"),
        "L010",
        4,
        "has no depth",
        "it has `$in.channels` or `$in.height` or `$in.width`",
        layers("- conv: {filters: $in.height, kernel: 1}"),
    ),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_mistake_is_stated_where_it_is(mistake: Mistake) -> None:
    diagnostics = [item for item in cnncalc.load(mistake.text).diagnostics if item.severity is Severity.ERROR]
    first = diagnostics[0]
    assert (first.code, first.span.line) == (mistake.code, mistake.line), diagnostics
    assert mistake.fact in first.message
    assert mistake.help in (first.help or "")


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_its_help_works_when_followed(mistake: Mistake) -> None:
    assert cnncalc.load(mistake.followed).ok


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_a_fix_that_removes_it_leaves_the_type_of_every_layer(mistake: Mistake) -> None:
    before = cnncalc.load(mistake.text)
    for item in before.diagnostics:
        for fix in item.fixes:
            after = cnncalc.load(edited(mistake.text, fix))
            if after.ok and before.nodes:
                kinds = [node.kind for node in after.nodes]
                assert all(node.kind in kinds for node in before.nodes if node.fit is not None), fix


@pytest.mark.parametrize("word", ["y", "n", "yes", "No", "ON", "off"])
def test_words_of_yaml_1_1_may_be_keys(word: str) -> None:
    text = f"cnncalc: 1\ninput: 8x8x3\nparams: {{{word}: 4}}\nlayers:\n  - conv: {{filters: ${word}, kernel: 1}}\n"
    graph = cnncalc.load(text)
    assert graph.ok
    assert graph.values == {word: 4}


@pytest.mark.parametrize("word", ["true", "null", "3", "~"])
def test_flags_and_numbers_may_not(word: str) -> None:
    graph = cnncalc.load(f"cnncalc: 1\ninput: 8x8x3\nparams: {{{word}: 4}}\nlayers:\n  - relu\n")
    assert "Y013" in {item.code for item in graph.diagnostics}


@pytest.mark.parametrize("word", ["y", "No", "on"])
def test_as_values_they_stay_refused(word: str) -> None:
    graph = cnncalc.load(f"cnncalc: 1\ninput: 8x8x3\nparams: {{a: {word}}}\nlayers:\n  - relu\n")
    assert "Y015" in {item.code for item in graph.diagnostics}

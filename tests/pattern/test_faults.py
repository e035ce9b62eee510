"""What is wrong with a pattern, each with its place; a pattern is never a traceback."""

import pytest

import cnncalc
from cnncalc.layers import names
from cnncalc.lint.engine import check
from cnncalc.pattern.parser import DEPTH
from cnncalc.pattern.tokens import MOST
from cnncalc.spec import read_spec
from cnncalc.text import from_text
from tests._each import each
from tests.pattern._graphs import faults, pointed

IN = "INPUT 32x32x3 -> "


@each(
    ("text", "place", "message"),
    [
        (f"{IN}[CONV 8 -> RELU*2 -> FC 10", "[", "`[` is never closed"),
        (f"{IN}CONV 8] -> FC 10", "]", "`]` closes no bracket"),
        (f"{IN}[CONV 8) -> FC 10", ")", "`)` can't close `[`"),
        (f"{IN}[] -> FC 10", "[]", "there is nothing in these brackets"),
        (f"{IN}[]*3 -> FC 10", "[]", "there is nothing in these brackets"),
        (f"{IN}[CONV 8 ->] -> FC 10", "->", "`->` leads to nothing: a layer is missing after it"),
        (f"{IN}CONV 8 ->", "->", "`->` leads to nothing: a layer is missing after it"),
        (f"{IN}CONV 8 -> -> FC 10", "->", "`->` leads from nothing: there is an arrow before it"),
        ("-> CONV 8", "->", "`->` leads from nothing: there is no layer before it"),
        (f"{IN}CONV 8 RELU -> FC 10", "RELU", "there is no arrow before `RELU`"),
        (f"{IN}CONV 8 [RELU] -> FC 10", "[", "there is no arrow before `[`"),
        (f"{IN}CONV 8*-1", "-1", "a count is a whole number from 0, not -1"),
        (f"{IN}CONV 8*2.5", "2.5", "a count is a whole number from 0, not 2.5"),
        (f"{IN}CONV 8*1e9", "1e9", "a count is a whole number from 0, not 1e9"),
        (f"{IN}CONV 8*{'9' * 19}", "9" * 19, "a count has at most 18 digits"),
        (f"{IN}CONV 8*2*3", "*", "there are two counts for one part"),
        (f"{IN}CONV 8??", "?", "a second `?` says nothing more"),
        (f"{IN}*3 -> FC 10", "*", "`*` follows no layer and no bracket"),
        (f"{IN}CONV 8 foo -> FC 10", "foo", "`foo` is not a setting of conv"),
        (f"{IN}RELU 3", "3", "`3` is not a setting of relu"),
        (f"{IN}RELU/2", "/2", "`/2` is not a setting of relu"),
        (f"{IN}CONV 8 /", "/", "there is no stride after `/`"),
        (f"{IN}CONV 8 stride= -> FC 10", "stride=", "there is no value after `stride=`"),
        (f"{IN}CONV 8 16", "16", "`filters` is given twice to conv"),
        (f"{IN}CONV3-8 5x5", "5x5", "`kernel` is given twice to conv"),
        (f"{IN}CONV 8 ! -> FC 10", "!", "`!` is not a setting of conv"),
        (f"{IN}CONV 8 -> ! -> FC 10", "!", "`!` has no meaning in a pattern"),
        (f"{IN}INPUT 8x8x3 -> FC 10", "INPUT", "a pattern has one INPUT, and this is another"),
        ("CONV 8 -> INPUT 8x8x3", "INPUT", "INPUT is what enters: it stands before all layers"),
        ("[INPUT 8x8x3 -> CONV 8]*2", "]", "INPUT is there once: nothing repeats it or leaves it out"),
        ("INPUT 8x8x3*2 -> FC 10", "INPUT", "INPUT is there once: nothing repeats it or leaves it out"),
        ("INPUT 8x8 x 3 -> FC 10", "x", "`x` is not a setting of the input"),
        (f"{IN}ADD -> FC 10", "ADD", "`ADD` joins several layers: a pattern has one layer after another"),
        (f"{IN}CONV 8 pad {{top: 1", "{", "`{` is never closed"),
        (f"{IN}CONV 8 pad {{top: }}", "top", "there is no value after `top:`"),
        (f"{IN}CONV 8 pad {{top: 1, top: 2}}", "top", "`top` is given twice"),
        (f"{IN}CONV 8 stride:", "stride:", "there is no value after `stride:`"),
        (f"{IN}CONV 8 {{top: 1}}", "{", "`{` is not a setting of conv"),
        (f"{IN}LRN", "LRN", "`LRN` needs `size` (number of neighbouring channels in the sum)"),
    ],
)
def test_what_does_not_parse_has_a_caret_and_a_reason(text: str, place: str, message: str) -> None:
    assert ("P001", place, message) in faults(text)
    assert {code for code, _, _ in faults(text)} == {"P001"}


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        (f"{IN}CNV 8 -> FC 10", "L002", "CNV"),
        (f"{IN}CONV 8 kernl=5", "L001", "kernl"),
        (f"{IN}CONV 8 stride=0", "L003", "0"),
        (f"{IN}CONV 0", "L003", "0"),
        (f"{IN}FC 2.5", "L003", "2.5"),
        (f"{IN}CONV 8 padding=2,3,4,5", "L003", "2,3,4,5"),
        ("INPUT 32 x -> FC 10", "P001", "x"),
        ("INPUT 0x0x3 -> FC 10", "L007", "0x0x3"),
        ("INPUT big -> FC 10", "L007", "big"),
        (f"{IN}CONV 8 3x3/2 pad 0", "S001", "2"),
        (f"{IN}CONV 8 2x2 half", "S011", "half"),
        (f"{IN}POOL 64", "S005", "64"),
        (f"{IN}[CONV 8]*1000000000", "L018", "1000000000"),
        (f"{IN}[CONV 8]*N", "P002", "N"),
        (f"{IN}CONV i*in", "L017", "i"),
    ],
)
def test_faults_of_layers_and_shapes_point_into_the_pattern(text: str, code: str, place: str) -> None:
    reported = [(name, where) for name, where, _ in faults(text)]
    assert (code, place) in reported or (code == "S005" and reported), reported


def test_a_misspelt_layer_gets_the_word_that_is_meant() -> None:
    for text, meant in (("CNV 8", "conv"), ("POL", "pool"), ("RLEU", "relu"), ("DENSE 10", "fc")):
        (item,) = (item for item in cnncalc.load(IN + text).diagnostics if item.code == "L002")
        assert item.help is not None
        assert meant in item.help


def test_all_faults_are_said_in_one_run() -> None:
    text = f"{IN}CNV 32 -> [RELU -> ] -> []*3 -> POOL*-1 -> CONV 3 kernl=2 -> (CONV] -> FC ->"
    codes = [code for code, _, _ in faults(text)]
    assert codes.count("P001") == 5
    assert codes.count("L002") == codes.count("L001") == 1


def test_many_faults_are_counted() -> None:
    graph = cnncalc.load(IN + " -> ".join(["RELU 3"] * 500))
    assert sum(item.code == "P001" for item in graph.diagnostics) == 10
    assert graph.diagnostics[-1].notes[-1].text == "and 490 more faults in this pattern"


def test_a_letter_without_a_value_is_named_once_with_the_option() -> None:
    graph = cnncalc.load(f"{IN}[CONV K -> RELU]*N -> [CONV K]*N")
    missing = [item for item in graph.diagnostics if item.code == "P002"]
    assert [pointed(graph, item) for item in missing] == ["K", "N"]
    assert missing[0].help == "give `K` a value: `--set K=2`, or write the number in its place"
    assert not graph.ok
    assert cnncalc.analyse(graph).totals.params is None


def test_deep_brackets_are_refused() -> None:
    assert faults(IN + "[" * DEPTH + "RELU" + "]" * DEPTH + " -> FC 10") == []
    (fault,) = faults(IN + "[" * 100_000 + "RELU")
    assert fault[2] == f"brackets are nested more than {DEPTH} deep here"


def test_a_long_pattern_is_refused() -> None:
    (fault,) = faults(IN + "RELU->" * (MOST // 2) + "RELU->FC 10")
    assert fault[2] == "a pattern has at most 200,000 words and signs"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"{IN}CONV\0 8", "Y003"),
        (f"{IN}CONV\x1b[31m 8", "Y003"),
        (f"{IN}\u2028CONV 8", "Y003"),
        (f"{IN}" + "RELU -> " * 200_000, "Y004"),
    ],
)
def test_what_no_text_may_hold_is_refused_as_in_yaml(text: str, code: str) -> None:
    assert code in {item.code for item in cnncalc.load(text).diagnostics}


@pytest.mark.parametrize(
    "text",
    [f"{IN}CONV 8 3x3/2 pad 0 -> CNV", f"{IN}CONV 8 kernl=5", f"{IN}POOL 3/2", f"{IN}FC 10 -> FLATTEN"],
)
def test_no_fix_of_yaml_is_offered(text: str) -> None:
    spec = read_spec(*from_text(text))
    assert all(item.fixes == () for item in check(spec).findings)
    assert all(item.fixes == () for item in cnncalc.load(text).diagnostics)


def test_a_comment_accepts_a_finding() -> None:
    text = f"{IN}[CONV 8 3x3/2 pad 0]*1 -> FC 10"
    assert [code for code, _, _ in faults(text)] == ["S001"]
    assert faults(f"{text}  # cnncalc: ignore[S001] as published") == []


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("INPUT 32*32*3 -> FC 10", "32*32*3", "a size has `x` between its numbers"),
        ("INPUT 32,32,3 -> FC 10", "32,32,3", "a size has `x` between its numbers"),
        (f"{IN}[CONV 8]x2 -> FC 10", "x2", "`x2` is no count"),
        (f"{IN}2*[CONV 8] -> FC 10", "2", "`2` is no layer"),
        (f"{IN}CONV(8, 3) -> FC 10", "(", "what a layer is given stands after its word without brackets"),
        (f"{IN}CONV(8)*2 -> FC 10", "(", "what a layer is given stands after its word without brackets"),
    ],
)
def test_what_other_notations_have_is_one_fault(text: str, place: str, message: str) -> None:
    assert faults(text)[0] == ("P001", place, message)
    assert len(faults(text)) <= 2


@each("key", names())
def test_help_for_what_a_layer_needs_can_be_typed(key: str) -> None:
    """Whether the layer then fits its input is another question."""
    (item, *_) = cnncalc.load(f"INPUT 8x8x8 -> {key}").diagnostics or [None]
    if item is None or item.code != "P001" or " needs " not in item.message:
        return
    assert item.help is not None
    written = item.help.split("`")[1]
    left = cnncalc.load(f"INPUT 8x8x8 -> {written}").diagnostics
    assert not {fault.code for fault in left if fault.code[0] in "PL"}, written

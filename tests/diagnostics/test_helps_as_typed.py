"""Helps are typed exactly as they are written: the finding is gone, and the spec has no other error of its kind."""

import re

import cnncalc
from cnncalc.diagnostic import Diagnostic, Severity
from tests._each import each

HEAD = "cnncalc: 1\ninput: 8x8x16\nlayers:\n"


def finding(code: str, text: str) -> Diagnostic:
    (item,) = [item for item in cnncalc.load(text).diagnostics if item.code == code]
    return item


def typed(item: Diagnostic) -> dict[str, str]:
    """The fields in backquotes that a help says to write, with their values."""
    assert item.help is not None
    parts = re.findall(r"`([^`]+)`", item.help)
    pairs = [pair for part in parts for pair in re.findall(r"(\w+): (\[[^]]*\]|[^`,{}]+)", part)]
    return dict(pairs)


def layer(word: str, fields: dict[str, str]) -> str:
    inside = ", ".join(f"{name}: {value}" for name, value in fields.items())
    return f"{HEAD}  - {word}: {{{inside}}}\n"


@each(
    ("code", "word", "fields"),
    [
        ("S017", "slice", {"start": "8", "stop": "24"}),
        ("S017", "slice", {"start": "8", "stop": "8"}),
        ("S017", "slice", {"start": "20"}),
        ("S017", "slice", {"start": "16", "stop": "18"}),
        ("S017", "slice", {"start": "20", "stop": "50"}),
        ("S017", "slice", {"start": "20", "stop": "4"}),
        ("S017", "slice", {"axis": "height", "start": "2", "stop": "9", "step": "3"}),
        ("S017", "slice", {"axis": "width", "start": "8", "step": "2"}),
        ("S017", "crop", {"size": "9"}),
        ("S017", "crop", {"size": "[4, 12]"}),
        ("S017", "crop", {"sides": "4"}),
        ("S021", "hardtanh", {"min_val": "1", "max_val": "1"}),
        ("S021", "hardtanh", {"min_val": "2.5", "max_val": "-1"}),
        ("S021", "hardtanh", {"min_val": "1e20", "max_val": "1e20"}),
        ("S021", "hardtanh", {"min_val": "0.1234567891", "max_val": "0.1234567891"}),
        ("S021", "clamp", {"min": "3", "max": "1"}),
        ("S012", "maxpool", {"kernel": "2", "stride": "1", "padding": "2"}),
        ("S012", "maxpool", {"kernel": "1", "stride": "1", "padding": "1"}),
        ("S012", "avgpool", {"kernel": "[2, 4]", "stride": "1", "padding": "2"}),
        ("S027", "fractional_maxpool", {"windows": "disjoint", "output_size": "2"}),
        ("S027", "fractional_maxpool", {"windows": "disjoint", "output_size": "8"}),
    ],
)
def test_a_layer_with_what_the_help_says_has_no_such_finding(
    code: str, word: str, fields: dict[str, str]
) -> None:
    pairs = typed(finding(code, layer(word, fields)))
    assert pairs
    after = cnncalc.load(layer(word, fields | pairs)).diagnostics
    assert code not in {item.code for item in after}, after
    assert not [item for item in after if item.severity is Severity.ERROR], after


def test_each_of_several_fields_that_a_help_names_is_enough() -> None:
    fields = {"channels": "32", "height": "8", "width": "8"}
    pairs = typed(finding("S022", layer("reshape", fields)))
    assert len(pairs) == 3
    for name, value in pairs.items():
        assert cnncalc.load(layer("reshape", {**fields, name: value})).ok


@each(
    ("word", "input"),
    [("select_token: 9", "5x8"), ("unstack: 9", "5x8"), ("chunk: {of: 2, index: 2}", "5x8")],
)
def test_an_index_that_the_help_says_is_the_last_one_is(word: str, input: str) -> None:
    text = f"cnncalc: 1\ninput: {input}\nlayers:\n  - {word}\n"
    item = finding("S017", text)
    assert item.help is not None
    last = item.help.rpartition(" ")[2]
    assert "they count from 0: the last one is" in item.help
    assert cnncalc.load(re.sub(r"\d+(?=\}?\n$)", last, text)).ok


@each("name", ["relu", "conv", "residual", "name", "sequence"])
def test_another_name_of_a_block_is_free(name: str) -> None:
    text = f"cnncalc: 1\ninput: 8x8x3\nblocks:\n  {name}: {{layers: [tanh]}}\nlayers: [{{conv: 4}}]\n"
    item = finding("L014", text)
    assert item.help is not None
    other = item.help.split("`")[1]
    after = text.replace(f"  {name}:", f"  {other}:").replace(
        "layers: [{conv: 4}]", f"layers: [{{conv: 4}}, {other}]"
    )
    assert cnncalc.load(after).diagnostics == ()


def test_a_second_spec_is_removed_or_moved() -> None:
    spec = HEAD + "  - relu\n"
    item = finding("Y011", f"{spec}---\n{spec}")
    assert item.span.line == 5
    assert item.help == "remove this line and what is below it, or put that into a file of its own"
    assert cnncalc.load(spec).diagnostics == ()


@each("number", ["1234567890123456789", "1e999"])
def test_a_smaller_number_is_read(number: str) -> None:
    text = HEAD + f"  - dropout: {number}\n"
    item = finding("Y016", text)
    assert item.help in ("write a number of at most 18 digits", "write a smaller number")
    assert "Y016" not in {item.code for item in cnncalc.load(text.replace(number, "0.5")).diagnostics}


def test_layers_in_a_block_are_less_deep() -> None:
    deep = "relu"
    for _ in range(18):
        deep = f"{{sequence: [{deep}]}}"
    text = f"cnncalc: 1\ninput: 8x8x3\nlayers: [{deep}]\n"
    item = finding("Y006", text)
    assert item.help == "move inner layers into `blocks`, and write the block's name in their place"
    inner = "relu"
    for _ in range(10):
        inner = f"{{sequence: [{inner}]}}"
    moved = text.replace(inner, "unit").replace(
        "layers: [", f"blocks: {{unit: {{layers: [{inner}]}}}}\nlayers: [", 1
    )
    assert cnncalc.load(moved).ok


def test_layers_in_fewer_levels_of_blocks_are_expanded() -> None:
    blocks = "".join(f"  b{level}: {{layers: [b{level + 1}]}}\n" for level in range(70))
    text = f"cnncalc: 1\ninput: 8x8x3\nblocks:\n{blocks}  b70: {{layers: [relu]}}\nlayers: [b0]\n"
    item = finding("L024", text)
    assert item.help is not None
    assert "use fewer levels" in item.help
    # Each of the outer blocks is put in the place of its use.
    assert cnncalc.load(text.replace("layers: [b0]", "layers: [b20]")).ok

"""`cnncalc layers`: the catalogue, and the page of one layer type."""

import re

import pytest

import cnncalc
from cnncalc import layers
from cnncalc.layers import stated
from tests._each import each
from tests.commands._program import run


def test_lists_every_one_in_its_family() -> None:
    ended = run("layers")
    assert (ended.status, ended.err) == (0, "")
    family, parsed = "", {}
    for line in ended.out.splitlines():
        if line[0] != " ":
            family = line.strip()
        elif match := re.match(r"  (\w+)  ", line):
            parsed[match[1]] = family
    assert parsed == {name: layers.layer_type(name).family for name in layers.names()}


@each("width", [80, 120])
@each("name", layers.names())
def test_every_one_has_a_page(name: str, width: int) -> None:
    ended = run("layers", name, COLUMNS=str(width))
    assert (ended.status, ended.err) == (0, "")
    layer = layers.layer_type(name)
    lines = [line.rstrip() for line in ended.out.splitlines()]
    assert lines[0].startswith(f"{name} ({layer.family}): ")
    assert f"source: {layer.source}" in " ".join(lines)
    titles = [line.split()[0] for line in lines if re.match(r"\w+  ", line)]
    assert [title for title in titles if title in stated(layer)] == sorted(
        stated(layer), key=[*titles, *stated(layer)].index
    )
    assert any(re.match(rf"  - {name}\b", line) for line in lines)
    assert "figures of the first:" in lines or not layer.examples
    assert not re.search(r"\b(None|Sides\()", ended.out.replace("=None", ""))


def test_the_catalogue_fits_the_page() -> None:
    for width in (60, 80, 120):
        assert max(map(len, run("layers", COLUMNS=str(width)).out.splitlines())) <= width


@pytest.mark.parametrize(
    ("name", "meant"), [("cnv", "conv"), ("max_pool", "maxpool"), ("dense", "fc"), ("Conv2d", "conv")]
)
def test_an_unknown_one_suggests_the_nearest(name: str, meant: str) -> None:
    ended = run("layers", name)
    assert (ended.status, ended.out) == (2, "")
    assert f"there is no layer '{name}'. Did you mean '{meant}'?" in ended.err


def test_an_unknown_one_like_none() -> None:
    ended = run("layers", "qqqqqqq")
    assert (ended.status, ended.out) == (2, "")
    assert "there is no layer 'qqqqqqq'. `cnncalc layers` lists them." in ended.err


def test_the_examples_of_a_page_are_items_of_a_spec() -> None:
    text = run("layers", "conv", COLUMNS="200").out
    examples = re.findall(r"^  - (conv: \{.*\}) +([\dx]+) -> ([\dx]+)$", text, re.MULTILINE)
    assert len(examples) >= 3
    for item, entering, output in examples:
        graph = cnncalc.load(f"cnncalc: 1\ninput: {entering}\nlayers:\n  - {item}\n    expect: {output}\n")
        assert graph.ok, (item, entering, output)

"""A graph as a program has it: one line where it is shown, the table as text, layers by name, and no tuple."""

from typing import Any

import pytest

import cnncalc
from cnncalc import zoo
from tests.commands._program import run

BROKEN = "cnncalc: 1\ninput: 4x4x3\nlayers:\n  - conv: {filters: 8, kernel: 9}\n  - relu\n"


@pytest.mark.parametrize("name", ["vgg16", "resnet152", "swin_b"])
def test_is_shown_as_one_short_line(name: str) -> None:
    graph = cnncalc.load(name)
    shown = [repr(graph), repr(cnncalc.analyse(graph)), repr(cnncalc.estimate(graph)), repr(graph.spec)]
    for line in shown:
        assert "\n" not in line
        assert len(line) <= 120
        assert graph.spec.name in line


@pytest.mark.parametrize(
    "text", [BROKEN, "\n", "[\n", "cnncalc: 1\nname: " + "x" * 5000 + "\nlayers: [relu]\n"]
)
def test_is_shown_with_errors_too(text: str) -> None:
    graph = cnncalc.load(text)
    assert "error" in repr(graph)
    assert len(repr(graph)) <= 160
    assert all(item.message in str(graph) for item in graph.diagnostics)


def test_nothing_is_computed_to_show_an_analysis() -> None:
    figures = cnncalc.analyse(cnncalc.load("vgg16"))
    repr(figures)
    assert vars(figures).keys() == {"graph", "batch", "dtype"}


@pytest.mark.parametrize("name", ["vgg16", "resnet18", "googlenet"])
def test_its_text_is_the_table_of_inspect(name: str) -> None:
    printed = run("inspect", name, COLUMNS="100").out
    assert str(cnncalc.load(name)) == printed.rstrip("\n")


def test_the_text_of_an_analysis_is_of_its_batch_and_type() -> None:
    figures = cnncalc.analyse(cnncalc.load("vgg16"), batch=32, dtype="float16")
    printed = run("inspect", "vgg16", "--batch", "32", "--dtype", "float16", COLUMNS="100").out
    assert str(figures) == printed.rstrip("\n")


@pytest.mark.parametrize("name", ["resnet50", "two_towers"] if "two_towers" in zoo.names() else ["resnet50"])
def test_every_node_is_found_by_its_name(name: str) -> None:
    graph = cnncalc.load(name)
    assert all(graph[node.name] is node for node in graph.nodes)
    assert all(node.name in graph for node in graph.nodes)


@pytest.mark.parametrize(
    ("name", "suggested"),
    [
        ("cnov1", "did you mean 'conv1'"),
        ("add1", "did you mean 'basic1.add1'"),
        ("basic1", "is a block of 7 layers: 'basic1.conv1'"),
        ("BASIC1.CONV1", "did you mean 'basic1.conv1'"),
        ("?", "the layers are 'input', 'conv1'"),
        ("", "the layers are 'input', 'conv1'"),
        (0, "not int; by index they are in `graph.nodes`"),
        (None, "not NoneType"),
    ],
)
def test_of_an_unknown_name_others_are_suggested(name: Any, suggested: str) -> None:
    graph = cnncalc.load("resnet18")
    assert name not in graph
    for figures in (graph, cnncalc.analyse(graph)):
        with pytest.raises(KeyError) as raised:
            _ = figures[name]
        assert suggested in str(raised.value)
        assert len(str(raised.value)) < 200


def test_of_a_graph_without_layers() -> None:
    with pytest.raises(KeyError, match="there are no layers"):
        _ = cnncalc.load("\n")["conv1"]


@pytest.mark.parametrize("use", [iter, len, tuple, lambda graph: graph[:1], lambda graph: graph < graph])
def test_is_not_a_tuple(use: Any) -> None:
    for thing in (cnncalc.load("vgg16"), cnncalc.analyse(cnncalc.load("vgg16"))):
        with pytest.raises((TypeError, KeyError)):
            use(thing)
    assert not isinstance(cnncalc.load("vgg16"), tuple)


def test_is_equal_to_itself_alone() -> None:
    graph, other = cnncalc.load("vgg16"), cnncalc.load("vgg16")
    assert graph == graph
    assert graph != other
    assert len({graph, other}) == 2


def test_a_copy_has_what_is_changed() -> None:
    graph = cnncalc.load("vgg16")
    _ = graph["fc1"]
    changed = graph.with_(mode="training", nodes=graph.nodes[:2])
    assert (changed.mode, graph.mode) == ("training", "inference")
    assert changed.by_name is graph.by_name
    assert "fc1" not in changed
    with pytest.raises(TypeError):
        graph.with_(colour="red")


def test_does_not_change() -> None:
    graph = cnncalc.load("vgg16")
    with pytest.raises(AttributeError):
        graph.mode = "training"  # type: ignore[misc]

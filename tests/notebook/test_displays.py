"""Each class that shows itself in a notebook: HTML for the notebook, and the text of the command line beside it."""

import re
import subprocess
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

import cnncalc
from cnncalc import plugins
from cnncalc.comparison import compare, side
from cnncalc.graph import Graph
from tests._each import each
from tests.commands._program import run
from tests.drawing._drawn import HOSTILE, network

WRONG = {"layers": [{"conv": {"filters": 4, "kernel": 9}}, {"fc": 3}]}


def estimate(graph: Graph) -> Any:
    return cnncalc.estimate(graph)


def compared(graph: Graph) -> Any:
    return compare(side(cnncalc.analyse(graph)), side(cnncalc.analyse(cnncalc.load("lenet5"))))


# How each of them is had from a graph.
DISPLAYS: dict[str, Callable[[Graph], Any]] = {
    "analysis": cnncalc.analyse,
    "comparison": compared,
    "estimate": estimate,
    "graph": lambda graph: graph,
}


def shown(thing: Any) -> tuple[str, str]:
    """The HTML and the text."""
    bundle = thing._repr_mimebundle_(include=None, exclude=None)
    assert set(bundle) == {"text/html", "text/plain"}
    return bundle["text/html"], bundle["text/plain"]


class Seen(HTMLParser):
    """The tags and attributes of HTML, its text and its style sheets. Every element is closed."""

    EMPTY = frozenset({"br", "img"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text: list[str] = []
        self.styles: list[str] = []
        self._around: list[str] = []
        self.feed(html)
        self.close()
        assert self._around == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self._around.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self._around.pop() == tag

    def handle_data(self, data: str) -> None:
        (self.styles if self._around[-1:] == ["style"] else self.text).append(data)


def test_there_is_a_display_for_each_class_here() -> None:
    assert tuple(sorted(DISPLAYS)) == plugins.names("cnncalc.notebook")


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("graph", ["inspect", "resnet18"]),
        ("analysis", ["inspect", "resnet18"]),
        ("estimate", ["memory", "resnet18"]),
        ("comparison", ["diff", "resnet18", "lenet5"]),
    ],
)
def test_the_text_is_what_the_command_prints(name: str, command: list[str]) -> None:
    _, text = shown(DISPLAYS[name](cnncalc.load("resnet18")))
    assert text.splitlines() == run(*command, COLUMNS="80").out.strip("\n").splitlines()


@each("name", DISPLAYS)
def test_html_is_well_formed_and_runs_nothing(name: str) -> None:
    for spec in ("resnet18", "lenet5"):
        html, _ = shown(DISPLAYS[name](cnncalc.load(spec)))
        seen = Seen(html)
        assert not {"script", "iframe", "img", "link", "object"} & set(seen.tags)
        assert not [attribute for attribute, _ in seen.attributes if attribute.startswith("on")]
        # Nothing is fetched: addresses are the names of namespaces.
        links = [value for attribute, value in seen.attributes if attribute in ("src", "href") and value]
        assert all(link.startswith("#") for link in links)


@each("name", DISPLAYS)
def test_its_rules_hold_for_itself_alone(name: str) -> None:
    html, _ = shown(DISPLAYS[name](cnncalc.load("resnet18")))
    styles = Seen(html).styles
    assert styles
    for style in styles:
        for selectors in re.findall(
            r"([^{}]+)\{[^{}]*\}", style.replace("@media(prefers-color-scheme:dark){", "")
        ):
            parts = re.sub(r":(is|not|has)\((?:[^()]|\([^()]*\))*\)", "", selectors)
            for selector in parts.split(","):
                assert re.search(r"(^| )\.cnncalc-(shown|drawing)\b", selector.strip()), selector


@each("name", DISPLAYS)
def test_names_stay_text(name: str) -> None:
    for hostile in HOSTILE:
        graph = network(name=hostile, layers=[{"conv": 4, "name": "first"}, "relu"])
        html, text = shown(DISPLAYS[name](graph))
        for mark in ("<script", "<img", "<b>", "\u202e", "\u2066", "]]>"):
            assert mark not in html
        assert not [attribute for attribute, _ in Seen(html).attributes if attribute.startswith("on")]
        assert "\u202e" not in text


@each("name", ["graph", "analysis", "comparison"])
def test_a_network_with_errors_is_shown_with_them(name: str) -> None:
    html, text = shown(DISPLAYS[name](network(**WRONG)))
    if name != "comparison":
        said = "error S005 a window of 9 does not fit an input of 8"
        assert html.count(said) == 1
        assert said in text
    assert ">?<" in html or "unknown" in html
    Seen(html)


@each(
    "spec",
    [{"layers": []}, {"input": "no shape", "layers": ["relu"]}, {"layers": 5}, {"inputs": {}, "layers": []}],
)
def test_a_network_without_layers_is_shown(spec: dict[str, Any]) -> None:
    graph = network(**spec)
    for name in ("graph", "analysis"):
        html, text = shown(DISPLAYS[name](graph))
        assert graph.title in "".join(
            [*Seen(html).text, *(value or "" for _, value in Seen(html).attributes)]
        )
        if not graph.ok:
            assert "error" in html
            assert "error" in text


def test_blocks_are_folded_and_every_layer_is_there() -> None:
    graph = cnncalc.load("resnet50")
    html, _ = shown(cnncalc.analyse(graph))
    before, after = html.split("<details>")
    assert "bottleneck2..3  x2" in before
    assert "bottleneck2.conv1" not in before
    assert "bottleneck2.conv1" in after
    assert "25,557,032" in before


def test_a_long_network_is_cut_and_says_so() -> None:
    layers = [{"conv": 3 + number % 2} for number in range(5200)]
    graph = network(layers=layers)
    html, text = shown(graph)
    assert "are too many for a drawing" in html
    assert "<svg" not in html
    assert "4,801 more rows: print() shows all" in html
    assert len(text.splitlines()) == 1001
    assert text.endswith("more lines: print() shows all")


def test_memory_is_of_a_batch_that_pytorch_runs() -> None:
    spec = {"cnncalc": 1, "input": 10, "layers": [{"fc": 4}, "bn"]}
    html, text = shown(cnncalc.estimate(cnncalc.load(spec, mode="training")))
    assert "2 images" in html
    assert "batch 2" in text


def test_memory_of_a_network_that_pytorch_runs_for_no_batch_is_the_reason() -> None:
    spec = {"cnncalc": 1, "input": "1x1x4", "layers": [{"gn": 4}]}
    estimate = cnncalc.estimate(cnncalc.load(spec, mode="training"))
    vars(estimate)["least_batch"] = None
    html, text = shown(estimate)
    refused = estimate.refusal(1)
    assert refused is not None
    assert text == refused.diagnostic(estimate.graph).message
    assert "<p>" in html


def test_equal_networks_are_shown_equally() -> None:
    for make in DISPLAYS.values():
        assert shown(make(cnncalc.load("lenet5"))) == shown(make(cnncalc.load("lenet5")))


def test_nothing_of_it_is_imported_before_it_is_shown() -> None:
    code = (
        "import sys, cnncalc, cnncalc.comparison\n"
        "graph = cnncalc.load('lenet5')\n"
        "cnncalc.estimate(graph).peak(1), cnncalc.analyse(graph).totals\n"
        "early = {'cnncalc.notebook', 'cnncalc.drawing', 'cnncalc.render'} & set(sys.modules)\n"
        "graph._repr_mimebundle_()\n"
        "print(early, 'cnncalc.notebook' in sys.modules, 'IPython' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert (done.stdout, done.stderr) == ("set() True False\n", "")

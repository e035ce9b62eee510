"""Networks as they are drawn, for tests of drawings."""

from typing import Any
from xml.etree import ElementTree

import cnncalc
from cnncalc import zoo
from cnncalc.analysis import Analysis
from cnncalc.drawing import DrawingOptions, draw
from cnncalc.graph import Graph
from tests._depth import NETWORKS

SVG = "{http://www.w3.org/2000/svg}"
# The shipped networks that `make test` draws, and those that only `make test-all` does.
QUICK = sorted(NETWORKS | {"resnet50"})
OTHERS = sorted(set(zoo.names()) - set(QUICK))
STATIC = ("bars", "field", "graph", "volumes")
# What no picture may take for markup, for a command, or for the direction of its own text.
HOSTILE = (
    "<script>alert(1)</script>",
    "]]><svg onload=alert(1)>",
    "\"><img src=x onerror='alert(1)'>",
    "&lt;b&gt; &amp; {{7*7}} ${x}",
    "\u202egnp.exe\u2066 \u05d0\u05d1",
    "\u0645\u0631\u062d\u0628\u0627",
)


def network(**spec: Any) -> Graph:
    """A graph of a spec that is written here."""
    given = {} if "inputs" in spec else {"input": "8x8x3"}
    return cnncalc.load({"cnncalc": 1, **given, **spec})


def dense(*depths: int) -> Graph:
    """A dense network: each block of a run reads more channels than the one before it; a pooling between runs."""
    branch = ["bn", "relu", {"conv": 8}, "bn", "relu", {"conv": {"filters": 4, "kernel": 3, "padding": 1}}]
    layers = [item for depth in depths for item in ({"dense": None, "repeat": depth}, {"maxpool": 2})]
    return network(blocks={"dense": {"layers": [{"concat": [[], branch]}]}}, layers=[{"conv": 8}, *layers])


def drawn(graph: Graph, kind: str = "graph", **options: Any) -> str:
    """A drawing of a graph."""
    return draw(kind, Analysis(graph), DrawingOptions(**options))


def read(picture: str) -> ElementTree.Element:
    """The root of a picture. Raises an error where it is not well-formed."""
    return ElementTree.fromstring(picture)


def texts(picture: str) -> list[str]:
    """The lines of text that are seen."""
    return ["".join(element.itertext()) for element in read(picture).iter(f"{SVG}text")]


def titles(picture: str) -> list[str]:
    """What a viewer shows for an element."""
    return ["".join(element.itertext()) for element in read(picture).iter(f"{SVG}title")]

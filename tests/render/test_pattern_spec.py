"""A pattern as a spec: the text that `cnncalc new --pattern` writes loads to the same graph."""

from typing import Any

import pytest

import cnncalc
from cnncalc.pattern import NAME
from cnncalc.render.pattern_spec import pattern_spec
from cnncalc.text import from_text
from tests.pattern._graphs import layers, loaded

PATTERNS = [
    "[INPUT-CONV-RELU-POOL-FC]",
    "INPUT 227x227x3 -> CONV 96 11x11/4 pad 0 -> RELU -> POOL 3/2 -> LRN 5 alpha=1e-04 -> GAP -> FC 10",
    "INPUT WxWx3 -> [[CONV K FxF -> BN -> RELU]*N -> POOL?]*2 -> [DROPOUT 0.5 -> FC -> RELU]*n -> FC",
    "INPUT 100 -> [FC 5 -> TANH]*2 -> SOFTMAX",
    "([INPUT 8x8x3]-[CONV 4 padding=top:1,bottom:2])-[CROP sides=left:1]-[HARDTANH min_val=-1]",
    "INPUT 8x8x3 -> PERMUTE order=width,height,channels -> UPSAMPLE 2x4 mode=nearest",
    "INPUT 8x8x3 # the input\n -> [CONV 8]* -> FC 10",
]
VALUES = {"W": 32, "K": 8, "F": 3, "N": 2, "n": 1}


def written(pattern: str, name: str | None = None, **values: Any) -> str:
    source, faults = from_text(pattern, NAME)
    assert source is not None
    assert not faults
    return "".join(pattern_spec(source, values, name))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_is_the_same_network(pattern: str) -> None:
    known = cnncalc.load(pattern).spec.parameters
    values: dict[str, Any] = {name: value for name, value in VALUES.items() if name in known}
    text = written(pattern, **values)
    graph = loaded(text)
    assert layers(graph) == layers(loaded(pattern, values=values))
    assert [node.name for node in graph.nodes] == [node.name for node in loaded(pattern, values=values).nodes]
    assert not graph.diagnostics
    assert graph.spec.name == loaded(pattern, values=values).spec.name


def test_is_called_as_asked() -> None:
    assert loaded(written(PATTERNS[0], "Mine: a net")).spec.name == "Mine: a net"


def test_says_what_the_pattern_left_out() -> None:
    text = written(PATTERNS[0], filters=16)
    comments = [line.split("  # ")[1] for line in text.splitlines() if "  # " in line]
    assert comments == [
        "the pattern has no size of its input: 32x32x3 is assumed, as in the notes' example",
        "FC does not say how many classes: 10 are assumed, as in the notes' example",
        "half keeps the height and width: (F - 1)/2 on each side",
        "what follows reads features: the pattern leaves this out",
    ]
    assert "  filters: 16\n" in text

"""Golden pictures of small networks: they were looked at once, and may not change unseen.

After an intended change, write them again and look at them:

    CNNCALC_GOLDEN=write pytest tests/drawing/test_golden.py; git diff tests
"""

from pathlib import Path
from typing import Any

import pytest

import cnncalc
from cnncalc.drawing.changes import changes_picture
from cnncalc.graph import Graph
from cnncalc.memory import Estimate, Setup
from tests.drawing._drawn import drawn, network
from tests.drawing.changes._pairs import change, small
from tests.render._golden import hold

GOLDEN = Path(__file__).parent / "golden"
FAULTY = network(
    name="Does not fit",
    layers=[
        {"conv": {"filters": 4, "kernel": 3, "padding": 1}, "name": "wide"},
        {"conv": {"filters": 8, "kernel": 3}, "name": "narrow"},
        {"add": ["wide", "narrow"]},
        "relu",
        {"fc": 10},
    ],
)
SHARED = network(
    name="Shared weights",
    inputs={"left": "8x8x3", "right": "8x8x3"},
    layers=[
        {"conv": 4, "from": "left", "name": "first"},
        {"conv": 4, "from": "right", "name": "second", "share": "first"},
        {"concat": ["first", "second"]},
    ],
)
LENET = cnncalc.load("lenet5")
CASES: dict[str, tuple[Graph, str, dict[str, Any]]] = {
    "lenet5": (LENET, "graph", {}),
    "lenet5_params": (LENET, "graph", {"shade": "params"}),
    "lenet5_volumes": (LENET, "volumes", {}),
    "lenet5_field": (LENET, "field", {}),
    "lenet5_bars": (LENET, "bars", {}),
    "lenet5_timeline": (LENET, "timeline", {"estimate": Estimate(LENET, Setup(mode="inference"))}),
    "resnet18_unfolded": (cnncalc.load("resnet18"), "graph", {"depth": 1}),
    "faulty": (FAULTY, "graph", {}),
    "shared": (SHARED, "graph", {}),
}


# By name, the old and the new network of a change.
CHANGES: dict[str, tuple[Graph | str, Graph | str]] = {
    "resnet18_to_34": ("resnet18", "resnet34"),
    "other_activation": (small(act="relu"), small(act="gelu")),
    "into_faulty": (SHARED, FAULTY),
    "unchanged": (LENET, LENET),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_picture_of_a_change_is_as_it_was_seen(name: str) -> None:
    hold(GOLDEN / f"{name}.svg", changes_picture(change(*CHANGES[name])))


@pytest.mark.parametrize("name", CASES)
def test_a_picture_is_as_it_was_seen(name: str) -> None:
    graph, kind, options = CASES[name]
    hold(GOLDEN / f"{name}.svg", drawn(graph, kind, **options))

"""Pairs of networks, and the change between them as it is drawn."""

from typing import Any

import cnncalc
from cnncalc.analysis import Analysis
from cnncalc.comparison import compare, side
from cnncalc.drawing.changes import DrawnChange
from cnncalc.drawing.changes._pieces import levels, pieces
from cnncalc.drawing.changes._tree import ChangeTree, change_tree
from cnncalc.drawing.changes._union import Union
from cnncalc.drawing.parts import DrawnPart
from cnncalc.graph import Graph
from tests.drawing._drawn import network

BLOCK = {
    "params": {"width": "required", "act": "relu"},
    "layers": [
        {
            "residual": [
                {"conv": {"filters": "$width", "kernel": 3, "padding": 1, "norm": "bn", "act": "$act"}},
                {"conv": {"filters": "$width", "kernel": 3, "padding": 1, "norm": "bn"}},
            ]
        },
        "relu",
    ],
}


def small(layers: list[Any] | None = None, *, act: str = "relu", repeat: int = 3, **spec: Any) -> Graph:
    """A small network of blocks, `stem` before and `head` after them."""
    return network(
        name="Small",
        blocks={"res": {**BLOCK, "params": {"width": "required", "act": act}}},
        layers=layers
        or [
            {"conv": {"filters": 8, "kernel": 3, "padding": 1, "norm": "bn", "act": "relu"}, "name": "stem"},
            {"res": {"width": 8}, "repeat": repeat},
            {"maxpool": 2},
            "global_avgpool",
            {"fc": 10, "name": "head"},
        ],
        **spec,
    )


def change(old: Graph | str, new: Graph | str, **options: Any) -> DrawnChange:
    """The change from one network to another; a text is a shipped name."""
    graphs = [cnncalc.load(given) if isinstance(given, str) else given for given in (old, new)]
    before, now = map(Analysis, graphs)
    diagnostics = [tuple(cnncalc.findings(analysis)) for analysis in (before, now)]
    comparison = compare(side(before, diagnostics[0]), side(now, diagnostics[1]))
    return DrawnChange(comparison, (before, now), **options)


def grown_tree(drawn: DrawnChange, depth: int | None = None) -> tuple[Union, ChangeTree]:
    """The boxes of a change, unfolded for a depth (None: all that has changes)."""
    union = Union(drawn.comparison, drawn.analyses)
    return union, change_tree(
        union, pieces(union, levels(union) if depth is None else depth), each=drawn.each
    )


def boxes(tree: ChangeTree) -> list[DrawnPart]:
    """The boxes of a tree, those that repeat too, in order."""
    shown: list[DrawnPart] = []
    waiting = [tree.root]
    while waiting:
        part = waiting.pop()
        if part.is_layer:
            shown.append(part)
        waiting += [inner for child in reversed(part.parts) for inner in reversed(child.run)]
    return shown


def said(drawn: DrawnChange, depth: int | None = None) -> list[str]:
    """Each box in a line: its sign, its name, and what it says."""
    from cnncalc.drawing.changes._words import SIGNS

    _, tree = grown_tree(drawn, depth)
    lines = []
    for part in boxes(tree):
        words = tree.of(part)[1]
        lines.append(
            " | ".join([f"{SIGNS[words.kind]} {words.name()}", words.shape, *words.lines, *words.figures])
        )
    return lines

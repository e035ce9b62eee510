"""Compares two networks: the layers that are in both, and the changes, for each layer and in total."""

from cnncalc.comparison.agreement import Agreement, agreement
from cnncalc.comparison.conditions import Condition, Verdict, parse
from cnncalc.comparison.facts import FIGURES, TOTALS, ComparedLayer, ComparedSide, side
from cnncalc.comparison.folding import folded
from cnncalc.comparison.layers import Comparison, LayerChange, compare

__all__ = [
    "FIGURES",
    "TOTALS",
    "Agreement",
    "ComparedLayer",
    "ComparedSide",
    "Comparison",
    "Condition",
    "LayerChange",
    "Verdict",
    "agreement",
    "compare",
    "folded",
    "parse",
    "side",
]

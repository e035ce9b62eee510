"""Two networks beside each other: which layers are in both, and what has changed, of each and in total."""

from cnncalc.comparison.conditions import Condition, Verdict, parse
from cnncalc.comparison.facts import FIGURES, TOTALS, ComparedSide, LayerFacts, side
from cnncalc.comparison.folding import folded
from cnncalc.comparison.layers import Comparison, LayerChange, compare

__all__ = [
    "FIGURES",
    "TOTALS",
    "ComparedSide",
    "Comparison",
    "Condition",
    "LayerChange",
    "LayerFacts",
    "Verdict",
    "compare",
    "folded",
    "parse",
    "side",
]

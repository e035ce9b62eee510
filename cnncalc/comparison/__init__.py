"""Two networks beside each other: which layers are in both, and what has changed, of each and in total."""

from cnncalc.comparison.conditions import Condition, Verdict, parse
from cnncalc.comparison.facts import FIGURES, TOTALS, LayerFacts, Side, side
from cnncalc.comparison.folding import folded
from cnncalc.comparison.layers import Change, Comparison, compare

__all__ = [
    "FIGURES",
    "TOTALS",
    "Change",
    "Comparison",
    "Condition",
    "LayerFacts",
    "Side",
    "Verdict",
    "compare",
    "folded",
    "parse",
    "side",
]

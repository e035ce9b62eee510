"""Folds a draft into a spec that a person would have written: blocks, repeats, residuals, branches."""

from cnncalc.folding.fold import fold

__all__ = ["fold"]

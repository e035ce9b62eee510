"""The input sizes that a network accepts: every window and every merge fits."""

from cnncalc.sizing.fitting import Fitting, fitting
from cnncalc.sizing.nearest import Near, near
from cnncalc.sizing.sides import FittingSide
from cnncalc.sizing.trials import OutOfTrials, Trials

__all__ = ["Fitting", "FittingSide", "Near", "OutOfTrials", "Trials", "fitting", "near"]

"""Rules of the limits in `budget`: without a limit they have nothing to check."""

from cnncalc.rules.budget._limits import BudgetRule, MeasuredLimit

__all__ = ["BudgetRule", "MeasuredLimit"]

"""Memory over the step: what is held while each layer is at work, and the chart of it."""

from cnncalc.drawing.timeline._chart import HEIGHT, HUE_OF, WIDTH, chart
from cnncalc.drawing.timeline._states import State, states

__all__ = ["HEIGHT", "HUE_OF", "WIDTH", "State", "chart", "states"]

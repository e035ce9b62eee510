"""Captures a PyTorch model as a draft: runs it once, writes down what it does, and says which layers that is."""

from cnncalc.pytorch.capture.capturing import capture
from cnncalc.pytorch.capture.running import Failed

__all__ = ["Failed", "capture"]

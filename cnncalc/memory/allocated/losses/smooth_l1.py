"""Smooth L1: a square near 0, and linear beyond."""

from typing import ClassVar

from cnncalc.memory.allocated.losses._elementwise import ElementwiseLoss


class SmoothAbsoluteError(ElementwiseLoss):
    """torch.nn.functional.smooth_l1_loss."""

    source: ClassVar[str] = "`smooth_l1_loss`, aten/src/ATen/native/BinaryOps.cpp and Loss.cpp"

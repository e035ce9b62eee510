"""Mean squared error: the square of each difference."""

from typing import ClassVar

from cnncalc.memory.allocated.losses._elementwise import ElementwiseLoss


class SquaredError(ElementwiseLoss):
    """torch.nn.functional.mse_loss."""

    source: ClassVar[str] = "`mse_loss`, aten/src/ATen/native/BinaryOps.cpp and Loss.cpp"

"""Mean squared error: the square of each difference."""

from typing import ClassVar

from cnncalc.memory.allocated.losses._loss import (
    LOSS,
    Loss,
    LossCall,
    LossProgram,
    LossTensor,
    cast_read,
    kept_cast,
)


class SquaredError(Loss):
    """torch.nn.functional.mse_loss."""

    source: ClassVar[str] = "`mse_loss`, aten/src/ATen/native/BinaryOps.cpp and Loss.cpp"

    def forward(self, call: LossCall) -> LossProgram:
        losses = LossTensor("losses")
        return (*kept_cast(call), *((losses, LOSS, "-losses") if call.real else (LOSS,)))

    def backward(self, call: LossCall) -> LossProgram:
        return (LossTensor("grad"), *cast_read(call))

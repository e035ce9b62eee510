"""Smooth L1: a square near 0, and linear beyond."""

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


class SmoothAbsoluteError(Loss):
    """torch.nn.functional.smooth_l1_loss."""

    source: ClassVar[str] = "`smooth_l1_loss`, aten/src/ATen/native/BinaryOps.cpp and Loss.cpp"

    def forward(self, call: LossCall) -> LossProgram:
        losses = LossTensor("losses")
        return (*kept_cast(call), *((losses, LOSS, "-losses") if call.real else (LOSS,)))

    def backward(self, call: LossCall) -> LossProgram:
        return (LossTensor("grad"), *cast_read(call))

"""Losses that are one kernel over outputs and targets, and its mean; its backward pass is one kernel too."""

from cnncalc.memory.allocated.losses._loss import (
    LOSS,
    Loss,
    LossCall,
    LossProgram,
    LossTensor,
    cast_read,
    kept_cast,
)


class ElementwiseLoss(Loss):
    """On real tensors the kernel writes the loss of each value before the mean is taken."""

    def forward(self, call: LossCall) -> LossProgram:
        losses = LossTensor("losses")
        return (*kept_cast(call), *((losses, LOSS, "-losses") if call.real else (LOSS,)))

    def backward(self, call: LossCall) -> LossProgram:
        return (LossTensor("grad"), *cast_read(call))

"""The mean of the outputs, as in measurements of speed: no targets."""

from typing import ClassVar

from cnncalc.memory.allocated.losses._loss import LOSS, Loss, LossCall, LossProgram, LossTensor


class MeanOfOutputs(Loss):
    """`output.mean()`."""

    source: ClassVar[str] = "torch.mean"
    targets = None
    in_float32 = False

    def forward(self, call: LossCall) -> LossProgram:
        return (LOSS,)

    def backward(self, call: LossCall) -> LossProgram:
        return (LossTensor("grad"),)

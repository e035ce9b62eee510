"""Mean absolute error."""

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


class AbsoluteError(Loss):
    """torch.nn.functional.l1_loss, which keeps the differences."""

    source: ClassVar[str] = "`l1_loss`, aten/src/ATen/native/Loss.cpp"

    def forward(self, call: LossCall) -> LossProgram:
        sizes = LossTensor("sizes")
        return (*kept_cast(call), LossTensor("differences"), sizes, LOSS, "-sizes", *cast_read(call))

    def backward(self, call: LossCall) -> LossProgram:
        return (
            LossTensor("gradient of the mean"),
            LossTensor("signs"),
            LossTensor("grad"),
            "-signs",
            "-gradient of the mean",
            "-differences",
        )

"""Binary cross-entropy of every value."""

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


class BinaryCrossEntropy(Loss):
    """torch.nn.functional.binary_cross_entropy_with_logits."""

    source: ClassVar[str] = "`binary_cross_entropy_with_logits`, aten/src/ATen/native/Loss.cpp"

    def forward(self, call: LossCall) -> LossProgram:
        inside = (LossTensor("log_sigmoid"), LossTensor("losses"), "-log_sigmoid") if call.real else ()
        return (*kept_cast(call), *inside, LOSS, *(("-losses",) if call.real else ()))

    def backward(self, call: LossCall) -> LossProgram:
        """In place from the sigmoid on; tensors of a subclass have a new one for each operation."""
        if call.real:
            return (LossTensor("grad"), *cast_read(call))
        probabilities, difference = LossTensor("probabilities"), LossTensor("difference")
        return (
            probabilities,
            difference,
            "-probabilities",
            LossTensor("grad"),
            "-difference",
            *cast_read(call),
        )

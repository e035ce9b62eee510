"""Cross-entropy over the channels."""

from typing import ClassVar

from cnncalc.layers.log_softmax import LogSoftmax
from cnncalc.memory.allocated.losses._loss import (
    LOSS,
    Loss,
    LossCall,
    LossProgram,
    LossTensor,
    cast_read,
    kept_cast,
)


class CrossEntropy(Loss):
    """torch.nn.functional.cross_entropy: the logarithms of the probabilities, of which one a position counts."""

    source: ClassVar[str] = "`cross_entropy_loss`, aten/src/ATen/native/LossNLL.cpp"
    targets = "classes"

    def forward(self, call: LossCall) -> LossProgram:
        """On a CPU autocast casts for the whole loss, on CUDA for the logarithms only."""
        cast, read = kept_cast(call), cast_read(call)
        early, late = ((), read) if call.cpu else (read, ())
        return (*cast, LossTensor(LogSoftmax.key), *early, LOSS, LossTensor("total_weight", "one"), *late)

    def backward(self, call: LossCall) -> LossProgram:
        return (
            LossTensor("gradient of log_softmax"),
            "-total_weight",
            LossTensor("grad"),
            "-gradient of log_softmax",
            f"-{LogSoftmax.key}",
        )

"""Cross-entropy over the channels."""

from typing import ClassVar

from cnncalc.layers.log_softmax import LogSoftmax
from cnncalc.memory.allocated.losses._loss import (
    LOSS,
    OUTPUT,
    Loss,
    LossCall,
    LossProgram,
    LossTensor,
    cast_read,
    kept_cast,
)

# On CUDA: the logarithms in the output's type, and their cast, which the loss keeps.
WIDE = LossTensor(f"{LogSoftmax.key} in float32")
NARROW: LossProgram = (LossTensor(LogSoftmax.key, dtype=OUTPUT), WIDE)
# From the gradient of the cast to that of the output.
NARROW_GRADIENT: LossProgram = (
    LossTensor("narrow", dtype=OUTPUT),
    "-gradient of log_softmax",
    LossTensor("grad", dtype=OUTPUT),
    "-narrow",
    f"-{LogSoftmax.key}",
)


def narrow_logarithms(call: LossCall) -> bool:
    """Whether autocast casts the logarithms, not the output: `cross_entropy_loss` is in its list on a CPU only."""
    return call.casts and not call.cpu


class CrossEntropy(Loss):
    """torch.nn.functional.cross_entropy: the logarithms of the probabilities, of which one a position counts."""

    source: ClassVar[str] = "`cross_entropy_loss`, aten/src/ATen/native/LossNLL.cpp"
    targets = "classes"

    def forward(self, call: LossCall) -> LossProgram:
        """On a CPU autocast casts the output, on CUDA the logarithms, which the loss wants in the output's type."""
        if narrow_logarithms(call):
            return (*NARROW, LOSS, LossTensor("total_weight", "one"))
        return (
            *kept_cast(call),
            LossTensor(LogSoftmax.key),
            LOSS,
            LossTensor("total_weight", "one"),
            *cast_read(call),
        )

    def backward(self, call: LossCall) -> LossProgram:
        if narrow_logarithms(call):
            return (
                LossTensor("gradient of log_softmax"),
                f"-{WIDE.name}",
                "-total_weight",
                *NARROW_GRADIENT,
            )
        return (
            LossTensor("gradient of log_softmax"),
            "-total_weight",
            LossTensor("grad"),
            "-gradient of log_softmax",
            f"-{LogSoftmax.key}",
        )

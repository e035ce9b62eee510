"""Negative log-likelihood, of a network that ends in `log_softmax`."""

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


class NegativeLogLikelihood(Loss):
    """torch.nn.functional.nll_loss."""

    source: ClassVar[str] = "`nll_loss`, aten/src/ATen/native/LossNLL.cpp"
    targets = "classes"

    def forward(self, call: LossCall) -> LossProgram:
        return (*kept_cast(call), LOSS, LossTensor("total_weight", "one"))

    def backward(self, call: LossCall) -> LossProgram:
        return (LossTensor("grad"), *cast_read(call), "-total_weight")

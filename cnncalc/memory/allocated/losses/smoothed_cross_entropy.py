"""Cross-entropy with smoothed labels."""

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
from cnncalc.memory.allocated.losses.cross_entropy import NARROW, WIDE, narrow_logarithms


class SmoothedCrossEntropy(Loss):
    """torch.nn.functional.cross_entropy with `label_smoothing`: the logarithms of all classes count a little."""

    source: ClassVar[str] = "`cross_entropy_loss_label_smoothing`, aten/src/ATen/native/LossNLL.cpp"
    targets = "classes"

    def forward(self, call: LossCall) -> LossProgram:
        logarithms = NARROW if narrow_logarithms(call) else (*kept_cast(call), LossTensor(LogSoftmax.key))
        late = () if narrow_logarithms(call) else cast_read(call)
        return (
            *logarithms,
            LossTensor("nll_loss", "one"),
            LossTensor("total_weight", "one"),
            LossTensor("sums", "positions"),
            LossTensor("smooth_loss", "positions"),
            "-sums",
            LossTensor("ignored", "positions", "bool"),
            LossTensor("counted", "positions", "bool"),
            LossTensor("count", "one", "int64"),
            LossTensor("total", "one"),
            LossTensor("average", "one"),
            "-total",
            "-counted",
            LossTensor("part", "one"),
            LossTensor("smooth_part", "one"),
            LOSS,
            "-part",
            "-smooth_part",
            "-average",
            "-smooth_loss",
            "-nll_loss",
            *late,
        )

    def backward(self, call: LossCall) -> LossProgram:
        return (
            LossTensor("part", "one"),
            LossTensor("smooth_part", "one"),
            LossTensor("average", "one"),
            "-smooth_part",
            "-count",
            LossTensor("masked", "positions"),
            "-average",
            "-ignored",
            LossTensor("smooth_gradient", "positions"),
            "-masked",
            *(self._narrow_gradient() if narrow_logarithms(call) else self._gradient()),
        )

    def _narrow_gradient(self) -> LossProgram:
        """Both gradients of the logarithms are cast before they are added."""
        return (
            LossTensor("smooth_narrow", dtype=OUTPUT),
            "-smooth_gradient",
            LossTensor("nll_gradient"),
            f"-{WIDE.name}",
            "-total_weight",
            "-part",
            LossTensor("nll_narrow", dtype=OUTPUT),
            "-nll_gradient",
            LossTensor("gradient of log_softmax", dtype=OUTPUT),
            "-nll_narrow",
            "-smooth_narrow",
            LossTensor("grad", dtype=OUTPUT),
            "-gradient of log_softmax",
            f"-{LogSoftmax.key}",
        )

    def _gradient(self) -> LossProgram:
        return (
            LossTensor("nll_gradient"),
            "-total_weight",
            "-part",
            LossTensor("gradient of log_softmax"),
            "-smooth_gradient",
            "-nll_gradient",
            LossTensor("grad"),
            "-gradient of log_softmax",
            f"-{LogSoftmax.key}",
        )

"""Cross-entropy with smoothed labels."""

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


class SmoothedCrossEntropy(Loss):
    """torch.nn.functional.cross_entropy with `label_smoothing`: the logarithms of all classes count a little."""

    source: ClassVar[str] = "`cross_entropy_loss_label_smoothing`, aten/src/ATen/native/LossNLL.cpp"
    targets = "classes"

    def forward(self, call: LossCall) -> LossProgram:
        cast, read = kept_cast(call), cast_read(call)
        early, late = ((), read) if call.cpu else (read, ())
        return (
            *cast,
            LossTensor(LogSoftmax.key),
            *early,
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

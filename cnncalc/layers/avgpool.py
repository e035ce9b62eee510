"""Average pooling over one to three spatial axes."""

from typing import ClassVar

from cnncalc.shape import Shape, Window
from cnncalc.vocabulary.field import flag
from cnncalc.vocabulary.groups import PicksValuesOrZero
from cnncalc.vocabulary.layer import Example, Inputs, Kept, Tensor, TorchCall, Work, layer
from cnncalc.vocabulary.padding import zero_pad_call
from cnncalc.vocabulary.pool import Pool
from cnncalc.vocabulary.values import Sides


@layer
class AvgPool(PicksValuesOrZero, Pool):
    """The mean of each window. Padding zeros count as values, unless `count_include_pad` is false."""

    autocast = "input"
    linear = True
    source: ClassVar[str] = "torch.nn.AvgPool2d; CS231n notes, Pooling Layer: general pooling"
    formats = (1, 2)
    short: ClassVar[str] = "AVGPOOL"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"kernel": 3, "stride": 2}, (Shape(16, (15, 15)),)),
        Example({"kernel": 3, "stride": 1, "padding": 1, "count_include_pad": False}, (Shape(8, (35, 35)),)),
        Example({"kernel": 3, "stride": 2, "padding": "same"}, (Shape(4, (14, 15)),)),
        Example({"kernel": 2, "padding": Sides(top=1)}, (Shape(4, (7, 8)),)),
        Example({"kernel": 3, "stride": 2, "rounding": "ceil"}, (Shape(4, (10,)),)),
        Example({"kernel": 2}, (Shape(4, (4, 6, 6)),)),
    )

    count_include_pad: bool = flag(True, "divide by the size of the whole window, padding included")

    def pads_itself(self, window: Window, rank: int) -> bool:
        # Over three axes PyTorch requires the input without padding to be at least as large as the kernel.
        return super().pads_itself(window, rank) and (rank < 3 or window.kernel <= window.size)

    def overhangs_alone(self, rank: int) -> bool:
        return rank < 3

    def refused_padding(self, window: Window, rank: int) -> str | None:
        refused = super().refused_padding(window, rank)
        if refused is None and rank == 3 and window.span >= 0 and window.kernel > window.size:
            over = f"is larger than the unpadded input ({window.size})"
            return f"with three spatial axes, a kernel of {window.kernel} {over}"
        return refused

    def work(self, inputs: Inputs) -> Work:
        outputs = self.output(inputs).size
        return Work(adds=outputs * (self.taps(inputs[0]) - 1), divides=outputs)

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return self.scratch(inputs) or (0,)

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        first = self.apart(inputs)
        return (first,) if first else ()

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        """None where the padding needs a separate step and must not be counted, or a window reaches past it."""
        volume = inputs[0]
        arguments = {**self.window_arguments(inputs), "count_include_pad": self.count_include_pad}
        call = TorchCall(f"nn.AvgPool{volume.rank}d", arguments)
        if not (ends := self.padding_apart(volume)):
            return (call,)
        if not self.count_include_pad or any(window.overhang for window in self.windows(volume)):
            return ()
        return zero_pad_call(ends), call

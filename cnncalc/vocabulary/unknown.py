"""An operation that has no layer here: `unknown`. Its shape is what the spec says, and so are the figures it gives."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.groups import AnyValues, ChannelsMixed, NoScratch, NoStatistics, OwnOutput, Weightless
from cnncalc.vocabulary.layer import Example, Inputs, Kept, Layer, Reach, TorchCall, Work, layer
from cnncalc.vocabulary.layer_type import REQUIRED, unwritten


@layer
class UnknownOperation(ChannelsMixed, AnyValues, NoStatistics, Weightless, NoScratch, OwnOutput, Layer):
    """An operation `op`. None is unknown: the shape is then that of the first operand, a figure is not known."""

    op: str = unwritten(REQUIRED)
    shape: Shape | None = unwritten(None)
    params: int | None = unwritten(None)
    buffers_count: int | None = unwritten(None)
    macs: int | None = unwritten(None)
    note: str = unwritten("")

    family: ClassVar[str] = "unknown"
    source: ClassVar[str] = "none"
    examples: ClassVar[tuple[Example, ...]] = ()
    arity = None
    autocast = "input"
    linear = False
    takes_one_value_twice = True
    opaque = True
    without_batch = "some"

    def output(self, inputs: Inputs) -> Shape:
        return self.shape or inputs[0]._replace(batched=True)

    def work(self, inputs: Inputs) -> Work:
        """The stated MACs only; without any the figure of the node is unknown (`analysis.work`)."""
        return Work(macs=self.macs or 0)

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        """It may keep all that it reads and makes, so nothing of that is overwritten."""
        return (*range(len(inputs)), "output")

    def reach(self, inputs: Inputs) -> tuple[Reach, ...] | None:
        return None

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return ()

    def label(self, inputs: Inputs) -> str:
        return f"? {self.op}"

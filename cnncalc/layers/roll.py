"""Positions moved in a circle."""

from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary.field import REQUIRED, per_axis
from cnncalc.vocabulary.groups import KeepsNothing, MovesValues, OwnOutput, Weightless
from cnncalc.vocabulary.layer import Call, Example, Inputs, Reach, Step, Tensor, TorchCall, Work, layer
from cnncalc.vocabulary.layouts import KeepsFormat
from cnncalc.vocabulary.reach import MOST_PHASES, Taps
from cnncalc.vocabulary.strides import Lying
from cnncalc.vocabulary.values import PerAxis
from cnncalc.vocabulary.window import axiswise


@layer
class Roll(MovesValues, KeepsFormat, Weightless, OwnOutput, KeepsNothing):
    """Moves values towards the end of each axis; those that leave it come back at its start.

    To move them towards the start by s, as Swin transformers do before their shifted windows, write the size minus s.
    """

    family: ClassVar[str] = "shape"
    takes = "volume"
    formats = (2, 3)
    gradient_format = "gradient"
    source: ClassVar[str] = "torch.roll; Liu et al. 2021, arXiv 2103.14030 (Swin)"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"shift": 3}, (Shape(16, (14, 14)),)),
        Example({"shift": (0, 2)}, (Shape(4, (8, 9)),)),
        Example({"shift": 4}, (Shape(4, (10,)),)),
        Example({"shift": 1}, (Shape(2, (4, 5, 6)),)),
    )

    shift: PerAxis = per_axis(REQUIRED, "positions by which values move towards the end", low=0, main=True)

    def _shifts(self, volume: Shape) -> tuple[tuple[int, int], ...]:
        """The dimensions that PyTorch rolls, and by how much: one at least, so that the output is always new."""
        shifts = axiswise(self.shift, volume.rank)
        return tuple((axis, shift) for axis, shift in enumerate(shifts, 2) if shift) or ((2, 0),)

    def output(self, inputs: Inputs) -> Shape:
        return inputs[0]

    def work(self, inputs: Inputs) -> Work:
        return Work()

    def reach(self, inputs: Inputs) -> tuple[Reach, ...] | None:
        volume = inputs[0]
        if max(volume.spatial) > MOST_PHASES:
            return None
        return tuple(
            Reach.table(tuple(Taps((position - shift) % size) for position in range(size)), size, 1)
            if shift % size
            else Reach()
            for size, shift in zip(volume.spatial, axiswise(self.shift, volume.rank), strict=True)
        )

    def _turned(self, inputs: Inputs, name: str) -> tuple[Tensor, ...]:
        """What each axis but the last one leaves."""
        count = len(self._shifts(inputs[0])) - 1
        return tuple(Tensor(f"{name}{index}", inputs[0].torch, batched=True) for index in range(count))

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return self._turned(inputs, "turned")[-1:]

    def forward(self, inputs: Inputs, *, training: bool) -> tuple[Step, ...]:
        turned = self._turned(inputs, "turned")
        before = [None, *(tensor.name for tensor in turned)]
        return *(
            Step((tensor,), () if old is None else (old,))
            for tensor, old in zip(turned, before, strict=False)
        ), Step()

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """One operation for each axis, the last one first."""
        turned = (*self._turned(inputs, "grad_turned"), Tensor("grad0", inputs[0].torch, batched=True))
        before = ("grad", *(tensor.name for tensor in turned))
        return tuple(Step((tensor,), (old,)) for tensor, old in zip(turned, before, strict=False))

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        """As the input on a CPU, which joins the two parts; else in order."""
        return super().lies(inputs, call) if call.real_on_cpu else None

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        return super().gradient_lies(inputs, which, call) if call.real_on_cpu else None

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("own.Roll", {"shifts": self._shifts(inputs[0])}),)

    def label(self, inputs: Inputs) -> str:
        return "ROLL"

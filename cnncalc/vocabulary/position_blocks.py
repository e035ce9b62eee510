"""What layers have in common that turn blocks of neighbouring positions into channels, or channels into blocks."""

from collections.abc import Iterator
from typing import ClassVar, Literal

from cnncalc.shape import Shape
from cnncalc.vocabulary import window_faults
from cnncalc.vocabulary.field import REQUIRED, base, integer
from cnncalc.vocabulary.gradients import passed
from cnncalc.vocabulary.groups import GivesView, KeepsNothing, MovesValues, NoScratch, OwnOutput, Weightless
from cnncalc.vocabulary.layer import Call, Change, Inputs, Problem, Step, TorchCall, Work
from cnncalc.vocabulary.strides import Lying, Strides, lies, steps
from cnncalc.vocabulary.values import PerAxis
from cnncalc.vocabulary.window import axiswise
from cnncalc.vocabulary.word_fields import choice


@base
class PositionBlocks(MovesValues, GivesView, Weightless, NoScratch, OwnOutput, KeepsNothing):
    """Turns blocks of positions into channels, or channels into blocks of positions. No value is lost."""

    family: ClassVar[str] = "shape"
    takes = "volume"
    # The module of our own.
    module: ClassVar[str]

    block: int = integer(REQUIRED, "r: positions of a block along each axis", main=True)
    order: Literal["dcr", "crd"] = choice(
        "dcr",
        "which channels belong to one block, by ONNX's names. dcr: first all channels of its first position, then all "
        "of the next one (TensorFlow); crd: first all positions of the first channel (PyTorch's pixel_shuffle)",
        ("dcr", "crd"),
    )

    def arranged(self, channels: int, inside: Strides) -> Strides:
        """The channel and the places inside of a block, in the order of the channels of blocks."""
        return (*inside, channels) if self.order == "dcr" else (channels, *inside)

    def joined(self, inputs: Inputs, strides: Strides) -> Strides | None:
        """The strides of the input's gradient as a view of the output's, which has these; None if it is a copy."""
        raise NotImplementedError

    def _view(self, inputs: Inputs, call: Call) -> Strides | None:
        return self.joined(inputs, steps(self.output(inputs).torch, call.grad)[1:])

    def work(self, inputs: Inputs) -> Work:
        return Work()

    def reads_view(self, inputs: Inputs) -> bool:
        return self._view(inputs, Call()) is not None

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        return self.backward_of(inputs, wanted, Call())

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        """A copy in the original order; a view where the values are in it already."""
        return super().backward(inputs, wanted) if self._view(inputs, call) is None else (passed(wanted),)

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        strides = self._view(inputs, call)
        if strides is None:
            return None
        batch, *_ = steps(self.output(inputs).torch, call.grad)
        return lies(inputs[0].torch, (batch, *strides))

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        arguments = {"block": self.block, "rank": inputs[0].rank, "order": self.order}
        return (TorchCall(self.module, arguments),)

    def label(self, inputs: Inputs) -> str:
        return f"{self.key.upper().replace('_', '-')}{self.block}"


def places(block: int, rank: int, step: int) -> Strides:
    """The strides between the positions of a block in order, the last one `step`."""
    return tuple(step * block**axis for axis in reversed(range(rank)))


def divided(volume: Shape, block: int) -> tuple[int, ...]:
    """The channels, then for each axis the number of blocks and the positions of one."""
    return (volume.channels, *(size for length in volume.spatial for size in (length // block, block)))


def untiled(volume: Shape, block: PerAxis, field: str, words: str) -> Iterator[Problem]:
    """A problem if blocks leave positions over along an axis."""
    blocks = axiswise(block, volume.rank)
    for axis, size, step in zip(volume.axes, volume.spatial, blocks, strict=True):
        if size % step:
            fitting = tuple(
                -(-size // step) * step for size, step in zip(volume.spatial, blocks, strict=True)
            )
            yield Problem(
                window_faults.STRIDE_DROPS_INPUT,
                f"{axis}: {size} = {size // step}*{step} + {size % step}: {words} of {step} do not tile it",
                field,
                help=f"exact with input {'x'.join(map(str, fitting))}",
                changes=(Change("input", Shape(volume.channels, fitting)),),
            )
            return

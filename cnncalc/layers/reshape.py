"""The values of a volume in another shape."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.exact import counted
from cnncalc.shape import AXES, Shape
from cnncalc.vocabulary import shape_faults
from cnncalc.vocabulary.field import REQUIRED, integer
from cnncalc.vocabulary.gradients import PassesGradient
from cnncalc.vocabulary.groups import KeepsNothing, MovesValues, NoScratch, ViewOutput, Weightless
from cnncalc.vocabulary.layer import (
    Call,
    Change,
    Example,
    Inputs,
    Problem,
    Reach,
    Step,
    TorchCall,
    Work,
    gradients,
    layer,
)
from cnncalc.vocabulary.reach import joined
from cnncalc.vocabulary.region import Ranges
from cnncalc.vocabulary.strides import Lying, Strides, lies, regrouped, steps


@layer
class Reshape(MovesValues, PassesGradient, Weightless, NoScratch, ViewOutput, KeepsNothing):
    """The same values in the same order, in another shape. The shape is given by its axes.

    The order is PyTorch's: channel by channel, and within a channel row by row. So a volume made of features has the
    first features in its first channel.
    """

    family: ClassVar[str] = "shape"
    one_of_views = False
    source: ClassVar[str] = "torch.reshape"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"channels": 128, "height": 7, "width": 7}, (Shape(6272),)),
        Example({"channels": 64, "length": 196}, (Shape(64, (14, 14)),)),
        Example({"channels": 4, "depth": 2, "height": 3, "width": 5}, (Shape(8, (15,)),)),
        Example({"channels": 24}, (Shape(2, (2, 2, 3)),)),
        Example({"channels": 3, "height": 4, "width": 5}, (Shape(3, (4, 5)),)),
    )

    channels: int = integer(
        REQUIRED, "channels of the output; its features if no other axis is given", example=64
    )
    length: int | None = integer(None, "length of the output, if it has one spatial axis")
    depth: int | None = integer(None, "depth of the output, if it has three spatial axes")
    height: int | None = integer(None, "height of the output")
    width: int | None = integer(None, "width of the output")

    def _given(self) -> dict[str, int]:
        """The output's spatial axes, outermost first."""
        sizes = {name: getattr(self, name) for name in ("length", "depth", "height", "width")}
        return {name: size for name, size in sizes.items() if size is not None}

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        given = self._given()
        if tuple(given) not in AXES.values():
            yield Problem(
                shape_faults.WRONG_AXES,
                f"the output has {' and '.join(given)}, but no volume has exactly these spatial axes",
                next(iter(given)),
                help="give length, or height and width, or depth, height and width",
            )
            return
        shape, entering = self.output(inputs), inputs[0]
        if shape.size == entering.size:
            return
        sizes = {**given, "channels": self.channels}
        changes = []
        for name, size in sizes.items():
            others = shape.size // size
            if entering.size % others == 0:
                changes.append(Change(name, entering.size // others))
        fits = " or ".join(f"`{change.field}: {change.value}`" for change in changes)
        yield Problem(
            shape_faults.RESHAPE_CHANGES_COUNT,
            f"the output has {_product(shape)} values, but the input has {_product(entering)}",
            help=f"the output has {counted(entering.size, 'value')} too with {fits}" if changes else None,
            changes=tuple(changes),
        )

    def output(self, inputs: Inputs) -> Shape:
        return Shape(self.channels, tuple(self._given().values()))

    def work(self, inputs: Inputs) -> Work:
        return Work()

    def reach(self, inputs: Inputs) -> tuple[Reach, ...] | None:
        """Known if the channels stay and no axis is divided.

        For features it is known if the graph knows what each of them sees.
        """
        shape, entering = self.output(inputs), inputs[0]
        if not shape.rank:
            return tuple(Reach.window(size, size)._replace(parts=True) for size in entering.spatial)
        if shape.positions == entering.positions == 1:
            return tuple(Reach(axis=0, step=1) for _ in entering.spatial)
        if not entering.rank:
            return ()
        if shape.channels != entering.channels:
            return None
        return _regrouped(entering.spatial, shape.spatial)

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        """A view of the gradient, or a copy if its memory layout does not allow a view."""
        if not self.backward(inputs, wanted) or self._back(inputs, call) is not None:
            return self.backward(inputs, wanted)
        return (Step(gradients(inputs, wanted), ("grad",)),)

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        back = self._back(inputs, call)
        return None if back is None else lies(inputs[0].torch, back)

    def _back(self, inputs: Inputs, call: Call) -> Strides | None:
        """The strides of the gradient in the shape of the input; None if no strides describe it."""
        shape = self.output(inputs).torch
        batch, *image = steps(shape, call.grad)
        strides = regrouped(shape, tuple(image), inputs[0].torch)
        return None if strides is None else (batch, *strides)

    def part(self, inputs: Inputs) -> Ranges | None:
        return None

    def strides(self, inputs: Inputs, strides: Strides) -> Strides | None:
        return regrouped(inputs[0].torch, strides, self.output(inputs).torch)

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("own.Reshape", {"shape": self.output(inputs).torch}),)

    def label(self, inputs: Inputs) -> str:
        return "RESHAPE"


def _product(shape: Shape) -> str:
    """`4*4*16 = 256`."""
    factors = (*shape.spatial, shape.channels)
    return f"{'*'.join(map(str, factors))} = {shape.size}" if shape.spatial else f"{shape.size}"


def _regrouped(entering: tuple[int, ...], leaving: tuple[int, ...]) -> tuple[Reach, ...] | None:
    """Which output axis reads each input axis.

    Axes of size 1 are added or removed; all others stay or become one row.
    """
    long = [index for index, size in enumerate(leaving) if size > 1]
    if [size for size in entering if size > 1] == [leaving[index] for index in long]:
        axes = iter(long)
        return tuple(
            Reach(axis=next(axes)) if size > 1 else Reach.everywhere(1)._replace(axis=0) for size in entering
        )
    if len(long) != 1 or (row := joined(entering, (Reach(),) * len(entering))) is None:
        return None
    return tuple(reach._replace(axis=long[0]) for reach in row)

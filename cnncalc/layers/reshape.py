"""A volume's values in another shape."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.layers import _faults
from cnncalc.layers._field import REQUIRED, integer
from cnncalc.layers._gradients import PassesGradient
from cnncalc.layers._groups import KeepsNothing, NoScratch, ViewOutput, Weightless
from cnncalc.layers._layer import Change, Example, Inputs, Problem, Reach, TorchCall, Work, layer
from cnncalc.layers._strides import Strides, regrouped
from cnncalc.shape import AXES, Shape


@layer
class Reshape(PassesGradient, Weightless, NoScratch, ViewOutput, KeepsNothing):
    """The same values in the same order in another shape, which is given as a spec gives any: by its axes.

    The order is PyTorch's: channel after channel, each of them row by row. So a volume made of features has the first
    of them in its first channel.
    """

    family: ClassVar[str] = "shape"
    source: ClassVar[str] = "torch.reshape"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"channels": 128, "height": 7, "width": 7}, (Shape(6272),)),
        Example({"channels": 64, "length": 196}, (Shape(64, (14, 14)),)),
        Example({"channels": 4, "depth": 2, "height": 3, "width": 5}, (Shape(8, (15,)),)),
        Example({"channels": 24}, (Shape(2, (2, 2, 3)),)),
        Example({"channels": 3, "height": 4, "width": 5}, (Shape(3, (4, 5)),)),
    )

    channels: int = integer(REQUIRED, "of the output; its features where no other axis is given")
    length: int | None = integer(None, "of the output, where it has one spatial axis")
    depth: int | None = integer(None, "of the output, where it has three spatial axes")
    height: int | None = integer(None, "of the output")
    width: int | None = integer(None, "of the output")

    def _given(self) -> dict[str, int]:
        """The output's spatial axes, outermost first."""
        sizes = {name: getattr(self, name) for name in ("length", "depth", "height", "width")}
        return {name: size for name, size in sizes.items() if size is not None}

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        given = self._given()
        if tuple(given) not in AXES.values():
            yield Problem(
                _faults.WRONG_AXES,
                f"the output has {' and '.join(given)}, and no volume has these spatial axes",
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
        fits = " or ".join(f"{change.field} {change.value}" for change in changes)
        yield Problem(
            _faults.RESHAPE_CHANGES_COUNT,
            f"{_product(shape)} values are not the {_product(entering)} of the input",
            help=f"{entering.size} values with {fits}" if changes else None,
            changes=tuple(changes),
        )

    def output(self, inputs: Inputs) -> Shape:
        return Shape(self.channels, tuple(self._given().values()))

    def work(self, inputs: Inputs) -> Work:
        return Work()

    def reach(self, inputs: Inputs) -> tuple[Reach, ...] | None:
        shape, entering = self.output(inputs), inputs[0]
        if shape == entering:
            return (Reach(),) * shape.rank
        return None if shape.rank else tuple(Reach(size, size) for size in entering.spatial)

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

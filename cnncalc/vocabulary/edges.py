"""Padding with values of the volume itself: what PyTorch allocates for it, how it lies in memory, what it refuses."""

from collections.abc import Iterator

from cnncalc.exact import counted
from cnncalc.record import NamedTuple
from cnncalc.shape import Shape
from cnncalc.vocabulary import window_faults
from cnncalc.vocabulary.gradients import unpadded
from cnncalc.vocabulary.layer import Call, Change, Inputs, Precision, Problem, Step, Tensor, TorchCall
from cnncalc.vocabulary.padding import Ends, padded, torch_order
from cnncalc.vocabulary.strides import Lying, channels_last, suggests_last
from cnncalc.vocabulary.values import Padding


class Edges(NamedTuple):
    """A way to fill the padding. `module` is PyTorch's, without its number of axes.

    `least` is how many positions fewer than the volume's the padding has at most; None if it has no limit.
    `kept` says whether the backward pass reads the volume. `full_on_cpu` are the numbers of axes over which a CPU
    computes in float32 under autocast. `does` and `contains` say what it does and what is then in the padding, and
    `numpy` is the mode of `np.pad`.
    """

    module: str
    numpy: str
    does: str
    contains: str
    least: int | None
    kept: bool
    full_on_cpu: tuple[int, ...] = ()

    def call(self, ends: Ends) -> TorchCall:
        """PyTorch's call for padding in a separate step."""
        return TorchCall(f"{self.module}{len(ends)}d", {"padding": torch_order(ends)})

    def autocast_on_cpu(self, rank: int) -> Precision:
        """The type in which a CPU computes it under autocast."""
        return "float32" if rank in self.full_on_cpu else "input"

    def lies(self, volume: Shape, result: Shape, call: Call) -> Lying:
        """The memory layout of the padded volume: as the volume, or in order where it is written part by part."""
        if not self.kept or volume.rank == 1 or not (volume.rank == 2 or call.real_on_cpu):
            return None
        return channels_last(result.torch) if suggests_last(volume.torch, call.lies()) else None

    def gradient_lies(self, volume: Shape, call: Call) -> Lying:
        """The memory layout of the gradient of the volume: as the volume on a CPU, else in order."""
        last = self.kept and call.real_on_cpu and suggests_last(volume.torch, call.lies())
        return channels_last(volume.torch) if last else None

    def backward(self, inputs: Inputs, ends: Ends, call: Call) -> tuple[Step, ...]:
        """From the gradient of the padded volume (`grad_padded`) to that of the volume."""
        if self.kept:
            return (unpadded(inputs)._replace(frees=("grad_padded", 0)),)
        return tuple(_wound_back(inputs[0], ends, in_place=not call.subclasses))

    def problems(self, volume: Shape, ends: Ends, padding: Padding, instead: str) -> Iterator[Problem]:
        """Padding that is longer than what there is to fill it with; `instead` is a mode or layer without a limit."""
        if self.least is None:
            return
        for axis, size, sides in zip(volume.axes, volume.spatial, ends, strict=True):
            most = size - self.least
            if max(sides) > most:
                smallest = min(volume.spatial) - self.least
                plain = isinstance(padding, int)
                there = (
                    f"{most} beside the edge"
                    if self.least
                    else f"the {counted(most, 'position')} of the axis"
                )
                yield Problem(
                    window_faults.PADDING_OVER_INPUT,
                    f"{axis}: {counted(max(sides), 'position')} to {self.does}, but only {there}",
                    "padding",
                    help=f"use at most {smallest}, or use {instead}"
                    if plain
                    else f"use {instead}, or at most {counted(most, 'position')} at each end",
                    changes=(Change("padding", smallest),) if plain else (),
                )
                return


def _wound_back(volume: Shape, ends: Ends, *, in_place: bool) -> Iterator[Step]:
    """`_pad_circular` (ATen/native/PadNd.cpp) in reverse: each of its copies into a part of the padded volume.

    For each part `CopySlices` copies the whole gradient, takes the part of it, and puts zeros there; what was taken
    is added to where it came from (`slice_backward`), `in_place` or into a new tensor.
    """
    whole, grad = padded(volume, ends), "grad_padded"
    # It fills the ends of the last axis first, and of each the start first.
    parts = [(axis, end) for axis in reversed(range(volume.rank)) for end in ends[axis] if end]
    for number, (axis, end) in enumerate(reversed(parts)):
        sizes = list(whole.shape)
        sizes[axis + 1] = end
        rest, taken, zeros, spread, total = (
            f"{name}{number}" for name in ("rest", "taken", "zeros", "spread", "total")
        )
        part = Tensor(taken, tuple(sizes), batched=True)
        yield Step((whole._replace(name=rest), part, part._replace(name=zeros)), (zeros, grad))
        yield Step((whole._replace(name=spread),), (taken,))
        if in_place:
            yield Step((), (spread,))
            grad = rest
        else:
            yield Step((whole._replace(name=total),), (spread, rest))
            grad = total
    centre = Tensor("centre", volume.torch, batched=True)
    yield Step((whole._replace(name="copy"), centre), ("copy", grad))
    # The volume was cut along each axis, though of each all of it.
    before = centre.name
    for axis in range(volume.rank):
        last = axis == volume.rank - 1
        name = "grad0" if last else f"uncut{axis}"
        yield Step((centre._replace(name=name),), (before,))
        before = name


EDGES = {
    "reflect": Edges(
        "nn.ReflectionPad", "reflect", "mirror", "its mirror image", 1, kept=True, full_on_cpu=(1, 2)
    ),
    "replicate": Edges(
        *("nn.ReplicationPad", "edge", "repeat", "its outermost values"),
        None,
        kept=True,
        full_on_cpu=(1, 2, 3),
    ),
    "circular": Edges(
        "nn.CircularPad", "wrap", "take from the other side", "values of its other side", 0, kept=False
    ),
}

"""Facts that many layers share, stated once and by name: a layer takes them by inheriting, never by silence."""

from abc import abstractmethod
from typing import ClassVar

from cnncalc.layers._field import base, flag
from cnncalc.layers._layer import Inputs, Kept, Layer, Reach, Storage, Tensor, Weight
from cnncalc.layers._region import Ranges
from cnncalc.layers._strides import Strides
from cnncalc.shape import Shape


class Weightless(Layer):
    """Nothing learned, nothing remembered."""

    def weights(self, inputs: Inputs) -> tuple[Weight, ...]:
        return ()

    def buffers(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return ()


class NoScratch(Layer):
    """Allocates its output and nothing beside it."""

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return ()


class OwnOutput(Layer):
    """Writes its output into a tensor of its own."""

    def storage(self, *, training: bool) -> Storage:
        return Storage.OWN


class ViewOutput(Layer):
    """Hands its input on, or a part of it, or all of it under another shape: no values are copied that need not be."""

    def storage(self, *, training: bool) -> Storage:
        return Storage.VIEW

    @abstractmethod
    def strides(self, inputs: Inputs, strides: Strides) -> Strides | None:
        """How far apart the output's values lie in the tensor of the input, whose own lie so; None where it copies."""

    @abstractmethod
    def part(self, inputs: Inputs) -> Ranges | None:
        """What of each dimension of its first input it hands on, channels first; None: all, under other dimensions."""


class GivesView(Layer):
    """Looks at its input in another way at first, and at its output at last."""

    def gives_view(self, inputs: Inputs) -> bool:
        return True


class OneAxisAsTwo(Layer):
    """Over one axis PyTorch takes it as over two, and looks at the result without the other."""

    def gives_view(self, inputs: Inputs) -> bool:
        return inputs[0].rank == 1


class Pointwise(Layer):
    """Every output value is at the position of the inputs it reads; shapes don't change."""

    def output(self, inputs: Inputs) -> Shape:
        return inputs[0]

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        return (Reach(),) * inputs[0].rank


class WholeInput(Layer):
    """Every output reads every position."""

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        return tuple(Reach(size, size) for size in inputs[0].spatial)


class KeepsNothing(Layer):
    """Its backward needs no values, at most their shapes."""

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return ()


class KeepsInput(Layer):
    """Its backward reads its input."""

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return (0,)


class KeepsOutput(Layer):
    """Its backward reads its own output."""

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return ("output",)


class Elementwise(Weightless, NoScratch, Pointwise):
    """A function of each value."""

    def label(self, inputs: Inputs) -> str:
        return self.key.upper().replace("_", "-")


@base
class InPlace(Layer):
    """A function PyTorch can write over its input (`inplace=True`)."""

    # Layers whose in-place form keeps a copy of what it overwrites, because their backward reads the input: in
    # training that saves nothing, so they do it only when told to.
    copies: ClassVar[bool] = False

    inplace: bool | None = flag(
        None,
        "overwrite the input: true, false, or (left out) where that saves memory and nothing else needs the input",
    )

    def storage(self, *, training: bool) -> Storage:
        if self.inplace is None:
            return Storage.OWN if self.copies else Storage.WHERE_SAFE
        return Storage.IN_PLACE if self.inplace else Storage.OWN

"""Convolutions whose padding can have values of the input, as PyTorch's `padding_mode`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cnncalc.shape import Shape
from cnncalc.vocabulary.convolution import PaddedFilters
from cnncalc.vocabulary.field import base
from cnncalc.vocabulary.layer import (
    Call,
    Change,
    Inputs,
    Kept,
    Problem,
    Reach,
    Step,
    Tensor,
    TorchCall,
    cast_names,
)
from cnncalc.vocabulary.layouts import KeepsFormat
from cnncalc.vocabulary.padding import ends_of, padded, uneven
from cnncalc.vocabulary.strides import Lying
from cnncalc.vocabulary.window import sliding
from cnncalc.vocabulary.word_fields import choice

if TYPE_CHECKING:
    from cnncalc.vocabulary.edges import Edges

# What a padded convolution may have around its input: zeros, or what `vocabulary.edges` describes, which is loaded for
# the few layers that have it.
PADDING_MODES = ("zeros", "reflect", "replicate", "circular")
# In the type that it was padded in: an input, a padded input, and the gradients of both.
INPUT, PADDED = "input_whole", "padded_whole"
GRAD_INPUT, GRAD_PADDED = "grad_input_whole", "grad_padded_whole"
FULL = "float32"


@base
class PadsInModes(PaddedFilters, KeepsFormat):
    """Filters over a padded input. In a mode other than `zeros` PyTorch pads first, and the filters read a copy.

    It does so in the same call, unless the two ends of an axis differ: then a padding layer comes before.
    """

    padding_mode: str = choice(
        "zeros",
        "what the padding contains: zeros, a mirror image of the input, its outermost values, or values of the "
        "opposite side; for all but zeros PyTorch makes a padded copy of the input",
        PADDING_MODES,
    )

    @property
    def edges(self) -> "Edges | None":
        """How the padding gets its values; None for zeros."""
        if self.padding_mode == PADDING_MODES[0]:
            return None
        from cnncalc.vocabulary.edges import EDGES

        return EDGES[self.padding_mode]

    def apart(self, inputs: Inputs) -> Tensor | None:
        """In other modes also where the padding is 0: PyTorch then makes a plain copy."""
        if self.edges is None:
            return super().apart(inputs)
        return padded(inputs[0], ends_of(self.windows(inputs[0])))

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        blocked = False
        for problem in super().problems(inputs):
            blocked = blocked or problem.blocking
            yield problem
        if self.edges is not None and not blocked:
            ends = ends_of(self.windows(inputs[0]))
            for problem in self.edges.problems(inputs[0], ends, self.padding, "`padding_mode: replicate`"):
                yield (
                    problem
                    if self._fits_with(problem.changes, inputs[0])
                    else problem._replace(
                        help="use `padding_mode: replicate`, or a smaller kernel", changes=()
                    )
                )

    def _fits_with(self, changes: tuple[Change, ...], volume: Shape) -> bool:
        """Whether its windows fit after a change of its padding."""
        windows = (
            sliding(volume, self.kernel, self.stride, change.value, self.dilation) for change in changes
        )
        return all(window.span >= 0 for after in windows for window in after)

    def reach(self, inputs: Inputs) -> tuple[Reach, ...] | None:
        """Padding counts as outside of the input, whatever it contains."""
        reaches = super().reach(inputs)
        if self.edges is None or reaches is None:
            return reaches
        return tuple(
            reach._replace(beyond=bool(window.before or window.after))
            for reach, window in zip(reaches, self.windows(inputs[0]), strict=True)
        )

    def positions_read(self, volume: Shape) -> int | None:
        """A value of the input that a window reads twice, once as padding, counts once."""
        from cnncalc.vocabulary.connections import mode_reads, reads

        windows = self.windows(volume)
        return reads(windows) if self.edges is None else mode_reads(windows, self.padding_mode)

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return (*self.kept_beside(inputs), *super().keeps(inputs))  # type: ignore[safe-super]

    def kept_beside(self, inputs: Inputs) -> tuple[Kept, ...]:
        """What the padding keeps for its own backward pass."""
        return (0,) if self.edges is not None and self.edges.kept else ()

    def spared(self, inputs: Inputs, passes: tuple[bool, ...]) -> set[int | str]:
        """Without a gradient of the input, padding is no operation to autograd."""
        spared = super().spared(inputs, passes)
        return spared | {0, INPUT} if self.edges is not None and not passes[0] else spared

    def pads_inside(self, volume: Shape) -> bool:
        """Whether PyTorch's convolution itself pads, with values of the input."""
        return self.edges is not None and not uneven(self.windows(volume))

    def forward(self, inputs: Inputs, *, training: bool) -> tuple[Step, ...]:
        """Where the convolution pads, its caller holds the input until it is done."""
        first = self.apart(inputs)
        if first is None or not self.pads_inside(inputs[0]):
            return super().forward(inputs, training=training)
        others = self.made_between(inputs)
        steps = Step((first,)), Step(others, (first.name,))
        return (*steps, Step()) if others else steps

    def made_between(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """What it makes after the padded input and before its output."""
        return ()

    def casts_itself(self, inputs: Inputs) -> bool:
        """A padded input is cast after it is padded."""
        return self.apart(inputs) is not None

    def _widens(self, inputs: Inputs, call: Call) -> bool:
        """Whether autocast on a CPU pads in float32 what is in the lower type before and after that."""
        return (
            self.edges is not None
            and call.autocast
            and not call.casts
            and call.device == "cpu"
            and self.edges.autocast_on_cpu(inputs[0].rank) == FULL
        )

    def keeps_of(self, inputs: Inputs, call: Call) -> tuple[Kept, ...]:
        kept = super().keeps_of(inputs, call)
        if not self._widens(inputs, call):
            return kept
        whole = Tensor(INPUT, inputs[0].torch, FULL, batched=True)
        return tuple(whole if item == 0 else item for item in kept)

    def forward_of(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        """Weights are cast after the padding, if that is a step; so is what is padded in float32."""
        steps, first = super().forward_of(inputs, call), self.apart(inputs)
        if first is None:
            return steps
        before, after, *others = steps
        widens = self._widens(inputs, call)
        if call.casts or widens:
            whole = first._replace(name=PADDED, dtype=FULL)
            wide = (Tensor(INPUT, inputs[0].torch, FULL, batched=True),) * widens
            before = before._replace(
                makes=(*wide, whole), frees=(*(item.name for item in wide), *before.frees)
            )
            after = after._replace(makes=(first, *after.makes), frees=(*after.frees, PADDED))
        return before, after._replace(casts=self.cast_after_padding(inputs)), *others

    def cast_after_padding(self, inputs: Inputs) -> tuple[int | str, ...]:
        """What autocast casts together with the padded input."""
        return cast_names(self.weights(inputs))

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        """As with zeros; only the last operation, from the gradient of the padded input on, is that of the mode."""
        steps, first = super().backward_of(inputs, wanted, call), self.apart(inputs)
        if first is None or not wanted[0]:
            return steps
        *before, unpadding = steps
        after: tuple[Step, ...] = (unpadding,)
        if self.edges is not None:
            before = [step._replace(frees=tuple(name for name in step.frees if name != 0)) for step in before]
            after = self.edges.backward(inputs, ends_of(self.windows(inputs[0])), call)
        if call.casts or self._widens(inputs, call):
            after = tuple(self._in_full(inputs, first, after, call))
        return (*before, *after)

    def _in_full(self, inputs: Inputs, first: Tensor, steps: tuple[Step, ...], call: Call) -> Iterator[Step]:
        """The steps from the gradient of the padded input on, in float32."""
        whole = first._replace(name=GRAD_PADDED, dtype=FULL)
        yield Step((whole,), ("grad_padded",), casts=tuple(reversed(self.cast_after_padding(inputs))))
        widens = self._widens(inputs, call)
        renamed: dict[int | str, int | str] = {"grad_padded": GRAD_PADDED}
        if widens:
            renamed |= {"grad0": GRAD_INPUT, 0: INPUT}
        for step in steps:
            yield Step(
                tuple(
                    item._replace(name=str(renamed.get(item.name, item.name)), dtype=FULL)
                    for item in step.makes
                ),
                tuple(renamed.get(name, name) for name in step.frees),
            )
        if widens:
            yield Step((Tensor("grad0", inputs[0].torch, batched=True),), (GRAD_INPUT,))

    def _lies_padded(self, inputs: Inputs, call: Call) -> Lying:
        """The memory layout of the padded input."""
        assert self.edges is not None
        return self.edges.lies(inputs[0], self.volume_read(inputs), call)

    def reads_last(self, inputs: Inputs, call: Call) -> bool:
        if self.edges is None:
            return super().reads_last(inputs, call)
        return self.has_last(self.volume_read(inputs), self._lies_padded(inputs, call))

    def lies(self, inputs: Inputs, call: Call) -> Lying:
        if self.edges is None:
            return super().lies(inputs, call)
        if not self.leaves_last(inputs, call):
            return None
        return self._format(self.volume_read(inputs), self._lies_padded(inputs, call), self.output(inputs))

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        if self.edges is None:
            return super().gradient_lies(inputs, which, call)
        return self.edges.gradient_lies(inputs[0], call)

    def window_arguments(self, volume: Shape) -> dict[str, Any]:
        arguments = super().window_arguments(volume)
        return arguments | ({"padding_mode": self.padding_mode} if self.pads_inside(volume) else {})

    def with_padding(self, volume: Shape, call: TorchCall) -> tuple[TorchCall, ...]:
        windows = self.windows(volume)
        if self.edges is None or not uneven(windows):
            return super().with_padding(volume, call)
        return self.edges.call(ends_of(windows)), call

"""Matrix product of two volumes: positions are rows, channels are columns."""

from collections.abc import Iterator
from typing import ClassVar

from cnncalc.shape import Shape
from cnncalc.vocabulary import operand_faults
from cnncalc.vocabulary.layer import (
    Call,
    Change,
    Channels,
    Example,
    Inputs,
    Kept,
    Problem,
    Reach,
    Step,
    Tensor,
    TorchCall,
    Work,
    gradients,
    layer,
)
from cnncalc.vocabulary.limits import Limits
from cnncalc.vocabulary.matrix import BackwardMacs
from cnncalc.vocabulary.merge import Merge
from cnncalc.vocabulary.product import WAYS, Side, arguments, is_flat, is_product, sides
from cnncalc.vocabulary.strides import Lying, channels_last
from cnncalc.vocabulary.word_fields import choice

# What the gradients of both factors read, by the names of the steps.
SPENT = ("grad", "grad_turned", 0, 1, "copied0", "copied1")


@layer
class Matmul(Merge):
    """The matrix product of two operands. Each is a matrix: a row for each position, a column for each channel.

    Positions of several axes are counted row by row, as `flatten` does. The columns of the first operand meet the rows
    of the second, so the first has as many channels as the second has positions; `transpose` exchanges rows and columns
    first. `matmul: {of: [q, k], transpose: second}` compares every position of `q` with every position of `k`, by their
    channels. The output has the axes of the first operand, and a channel for each column of the second; if the first
    is transposed, its channels become positions along one axis. One of the two may be a learned tensor, which is the
    same for every image.
    """

    takes: ClassVar = "volume"
    takes_one_value_twice: ClassVar[bool] = True
    without_batch = "some"
    autocast = "lower"
    linear = False
    source: ClassVar[str] = "torch.bmm; Wang et al. 2017, arXiv 1711.07971 (non-local networks)"
    examples: ClassVar[tuple[Example, ...]] = (
        Example({"transpose": "second"}, (Shape(64, (14, 14)), Shape(64, (7, 7)))),
        Example({}, (Shape(49, (14, 14)), Shape(64, (7, 7)))),
        Example({"transpose": "first"}, (Shape(8, (6, 5)), Shape(12, (6, 5)))),
        Example({"transpose": "both"}, (Shape(5, (10,)), Shape(10, (3,)))),
        Example({"transpose": "second"}, (Shape(4, (2, 3, 4)), Shape(4, (6,)))),
    )

    transpose: str = choice(
        "none", "the operands whose rows and columns are exchanged before the product", WAYS
    )

    def _sides(self, inputs: Inputs) -> tuple[Side, Side]:
        return sides(inputs, self.transpose)

    def problems(self, inputs: Inputs) -> Iterator[Problem]:
        if len(inputs) != 2:
            message = f"matmul takes two operands, but it has {len(inputs)}"
            yield Problem(
                operand_faults.MERGE_MISMATCH,
                message,
                help="multiply two, and their product by the next",
                operand=2,
            )
            return
        first, second = self._sides(inputs)
        if first.columns == second.rows:
            return
        fitting = [way for way in WAYS if is_product(inputs, way)]
        help = (
            f"`transpose: {'` or `transpose: '.join(fitting)}` fits" if fitting else first.help(second.rows)
        )
        yield Problem(
            operand_faults.MERGE_MISMATCH,
            f"the first operand has {first.columns_of}, but the second has {second.rows_of} "
            f"({inputs[0]} and {inputs[1]})",
            "transpose" if self.transpose != "none" else None,
            help=help,
            changes=tuple(Change("transpose", way) for way in fitting),
            operand=1,
        )

    def output(self, inputs: Inputs) -> Shape:
        first, second = self._sides(inputs)
        return Shape(second.columns, (first.rows,) if first.is_transposed else inputs[0].spatial)

    def work(self, inputs: Inputs) -> Work:
        first, second = self._sides(inputs)
        return Work(macs=first.rows * first.columns * second.columns)

    def macs_formula(self, inputs: Inputs) -> str:
        first, second = self._sides(inputs)
        return f"{first.rows}*{first.columns}*{second.columns}"

    def backward_macs(self, inputs: Inputs, wanted: tuple[bool, ...]) -> BackwardMacs:
        """The gradient of each factor is a product with the other one."""
        return BackwardMacs(self.work(inputs).macs * sum(wanted))

    def reads_channels(self, inputs: Inputs) -> Channels:
        first, second = self._sides(inputs)
        return "mixed" if second.is_transposed or not first.is_transposed else "apart"

    def reach(self, inputs: Inputs) -> tuple[Reach, ...]:
        if not self._sides(inputs)[0].is_transposed:
            return (Reach(),) * inputs[0].rank
        return tuple(Reach.everywhere(size)._replace(axis=0) for size in inputs[0].spatial)

    def reads_whole(self, inputs: Inputs) -> tuple[int, ...]:
        return (0, 1) if self._sides(inputs)[0].is_transposed else (1,)

    def limits(self, inputs: Inputs, before: tuple[Limits, ...]) -> Limits:
        terms = self._sides(inputs)[0].columns
        product = before[0].times(before[1])
        return Limits(terms * product.low, terms * product.high)

    def keeps(self, inputs: Inputs) -> tuple[Kept, ...]:
        return 0, 1

    def scratch(self, inputs: Inputs) -> tuple[Tensor, ...]:
        return ()

    def spared(self, inputs: Inputs, passes: tuple[bool, ...]) -> set[int | str]:
        """A factor is kept for the gradient of the other one."""
        return {name for which in (0, 1) if not passes[1 - which] for name in (which, f"copied{which}")}

    def _copies(self, inputs: Inputs, call: Call) -> dict[int, Tensor]:
        """The operands whose positions are in no row in memory: PyTorch copies them first."""
        return {
            which: Tensor(f"copied{which}", shape.torch, batched=True)
            for which, shape in enumerate(inputs)
            if not is_flat(shape, call.lies(which))
        }

    def keeps_of(self, inputs: Inputs, call: Call) -> tuple[Kept, ...]:
        """An operand that autocast casts is copied before that: only the cast is kept."""
        copies = self._copies(inputs, call)
        return tuple(
            copies[which] if which in copies and not self._is_cast(call, which) else which for which in (0, 1)
        )

    def _is_cast(self, call: Call, which: int) -> bool:
        return call.lower is not None and call.entering[which] != call.lower

    def forward_of(self, inputs: Inputs, call: Call) -> tuple[Step, ...]:
        copies = tuple(
            copy._replace(dtype="float32") if self._is_cast(call, which) else copy
            for which, copy in self._copies(inputs, call).items()
        )
        # In PyTorch's order the second operand is the left factor.
        return (Step(copies, casts=(0, 1)),)

    def backward(self, inputs: Inputs, wanted: tuple[bool, ...]) -> tuple[Step, ...]:
        """The gradient of the second operand first: in PyTorch's order, channels first, it is the left factor.

        That of a learned tensor is the sum over the images.
        """
        makes = gradients(inputs, wanted)[::-1]
        learned = next((which for which in (0, 1) if wanted[which] and not inputs[which].batched), None)
        if learned is None:
            return (Step(makes),)
        own, each = f"grad{learned}", f"grad{learned}_each"
        product = tuple(
            item._replace(name=each, batched=True) if item.name == own else item for item in makes
        )
        # The sum is an operation of its own: what the product has read is freed before it.
        return Step(product, SPENT), Step((Tensor(own, inputs[learned].torch),), (each,))

    def backward_of(self, inputs: Inputs, wanted: tuple[bool, ...], call: Call) -> tuple[Step, ...]:
        output = self.output(inputs)
        product, *rest = self.backward(inputs, wanted)
        if is_flat(output, call.grad):
            return (product, *rest)
        turned = Tensor("grad_turned", output.torch, batched=True)
        return Step((turned,), ("grad",)), product, *rest

    def gradient_lies(self, inputs: Inputs, which: int, call: Call) -> Lying:
        """The gradient of a transposed operand is a transposed view; of a learned tensor a sum, in order."""
        if not inputs[which].batched:
            return None
        return channels_last(inputs[which].torch) if self._sides(inputs)[which].is_transposed else None

    def gives_view(self, inputs: Inputs) -> bool:
        return True

    def torch(self, inputs: Inputs) -> tuple[TorchCall, ...]:
        return (TorchCall("own.Matmul", arguments(inputs, self.transpose)),)

    def label(self, inputs: Inputs) -> str:
        return "MATMUL"

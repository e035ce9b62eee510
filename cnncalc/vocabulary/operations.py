"""Operations of arithmetic, one PyTorch call each: what autograd keeps of them, and how their gradients are computed.

The derivatives are those of tools/autograd/derivatives.yaml and torch/csrc/autograd/FunctionsManual.cpp.
"""

from typing import Literal, TypeAlias

from cnncalc.record import NamedTuple
from cnncalc.shape import Shape
from cnncalc.vocabulary.layer import Step, Tensor

Kind: TypeAlias = Literal["add", "sub", "mul", "div", "reciprocal", "pow", "maximum", "minimum"]


class Term(NamedTuple):
    """What an operation reads: an operand by number, the result of an earlier operation by name, or a number."""

    name: int | str | None
    shape: Shape | None
    number: float | None = None


class ArithmeticOperation(NamedTuple):
    """One operation with its result: the layer's output, or a partial result. `reciprocal` has only a left term."""

    kind: Kind
    left: Term
    right: Term
    result: Term

    @property
    def shape(self) -> Shape:
        """The shape of its result."""
        assert self.result.shape is not None
        return self.result.shape

    @property
    def tensors(self) -> tuple[int | str, ...]:
        """The names of the tensors that it reads."""
        return tuple(term.name for term in (self.left, self.right) if term.name is not None)

    def kept(self, wanted: tuple[bool, bool]) -> set[int | str]:
        """What is kept for the gradients of its left and its right term."""
        left, right = self.left.name, self.right.name
        names: set[int | str | None] = set()
        match self.kind:
            case "mul":
                names = {right} if wanted[0] else set()
                names |= {left} if wanted[1] else set()
                names = names if None not in (left, right) else set()
            case "div" if right is not None:
                names = {right, left} if wanted[1] else {right}
            case "reciprocal":
                names = {self.result.name}
            case "pow" if left is None:
                names = {right, self.result.name}
            case "pow" if right is None:
                names = {left}
            case "pow":
                names = {left, right, self.result.name}
            case "maximum" | "minimum":
                names = {left, right}
        return {name for name in names if name is not None}

    def passes_gradient(self, side: int) -> bool:
        """Whether the gradient of its left (0) or right (1) term is that of its result."""
        return self.kind == "add" or (self.kind == "sub" and side == 0)

    def gradients(self, wanted: tuple[bool, bool], names: tuple[str, str]) -> tuple[Step, ...]:
        """The steps that compute the gradients of its terms, each as large as the result, under these names."""
        result = self.shape.torch
        number = str(self.result.name)

        def whole(side: int) -> Tensor:
            return Tensor(names[side], result, batched=self.shape.batched)

        def spent(*whats: str, term: Term = self.result, dtype: str | None = None) -> tuple[Tensor, ...]:
            shape = term.shape
            assert shape is not None
            return tuple(
                Tensor(f"{what}_{number}", shape.torch, dtype, batched=shape.batched) for what in whats
            )

        def step(side: int, *tensors: Tensor) -> Step:
            return Step((*tensors, whole(side)), tuple(tensor.name for tensor in tensors))

        zero = Tensor(f"zero_{number}", ())
        own = [side for side in (0, 1) if wanted[side] and not self.passes_gradient(side)]
        match self.kind:
            case "div" if self.right.name is not None:
                both = {1: step(1, *spent("quotient", "over_divisor", "negative")), 0: step(0)}
                return tuple(both[side] for side in (1, 0) if side in own)
            case "reciprocal":
                return (step(0, *spent("negative", "square")),)
            case "pow" if self.left.name is None:
                return (step(1, *spent("multiple")),)
            case "pow" if self.right.name is None:
                return (step(0, *spent("power", "multiple")),) if self.right.number else (step(0),)
            case "pow":
                both = {
                    1: Step(
                        (
                            *spent("at_zero", dtype="bool"),
                            *spent("logarithm", term=self.left),
                            *spent("multiple", "defined"),
                            zero,
                            whole(1),
                        ),
                        tuple(
                            f"{what}_{number}"
                            for what in ("at_zero", "logarithm", "multiple", "defined", "zero")
                        ),
                    ),
                    0: step(
                        0,
                        *spent("less", term=self.right),
                        *spent("power", "multiple_left", "product"),
                        zero._replace(name=f"zero_left_{number}"),
                        *spent("zeros", term=self.right, dtype="bool"),
                    ),
                }
                return tuple(both[side] for side in (1, 0) if side in own)
            case "maximum" | "minimum" if self.right.name is None:
                return (step(0, *spent("inside", dtype="bool"), zero),)
            case "maximum" | "minimum":
                return tuple(
                    step(side, *spent(f"half{side}"), *spent(f"equal{side}", f"other{side}", dtype="bool"))
                    for side in own
                )
        # All of them together: a product's gradients are computed by one operation.
        return (Step(tuple(whole(side) for side in own)),) if own else ()

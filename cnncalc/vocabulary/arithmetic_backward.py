"""The backward pass of arithmetic, operation by operation, and the memory layout of the gradients of its operands."""

from collections.abc import Iterable, Iterator, Mapping

from cnncalc.vocabulary.allocation import Step, Tensor
from cnncalc.vocabulary.operations import ArithmeticOperation
from cnncalc.vocabulary.strides import Lying, elementwise

# The sizes and the memory layout of an operand as it is broadcast.
Broadcast = tuple[tuple[int, ...], Lying]


def steps_back(
    operations: Iterable[tuple[ArithmeticOperation, tuple[bool, bool]]],
    narrow: Mapping[int | str | None, str],
) -> Iterator[Step]:
    """The steps, the last operation first; each has whether its terms need a gradient.

    The gradient of a broadcast term is summed at the end. `narrow` are the types of the partial results that are in
    a lower type than the output.
    """
    gradients: dict[int | str | None, str] = {"output": "grad"}
    for operation, both in reversed(list(operations)):
        if any(both):
            steps = _of_operation(operation, both, gradients, narrow)
            dtype = narrow.get(operation.result.name)
            yield from steps if dtype is None else (in_type(step, dtype) for step in steps)


def in_type(step: Step, dtype: str) -> Step:
    """A step with all it makes in a type, but for what has another one always, as masks have."""
    return step._replace(makes=tuple(item._replace(dtype=item.dtype or dtype) for item in step.makes))


def _of_operation(
    operation: ArithmeticOperation,
    both: tuple[bool, bool],
    gradients: dict[int | str | None, str],
    narrow: Mapping[int | str | None, str],
) -> Iterator[Step]:
    grad = gradients[operation.result.name]
    terms = (operation.left, operation.right)
    final = tuple(f"grad{term.name}" if isinstance(term.name, int) else f"grad_{term.name}" for term in terms)
    wholes = [
        grad if operation.passes_gradient(side) else f"whole_{final[side]}_{operation.result.name}"
        for side in (0, 1)
    ]
    yield from operation.gradients(both, (wholes[0], wholes[1]))
    passes: list[tuple[str, str]] = []
    spent: list[str] = []
    for side, term in enumerate(terms):
        if not both[side]:
            continue
        actual = wholes[side]
        assert term.shape is not None
        if term.shape != operation.shape:
            actual = f"summed_{final[side]}_{operation.result.name}"
            spared = () if wholes[side] == grad else (wholes[side],)
            yield Step((Tensor(actual, term.shape.torch, batched=term.shape.batched),), spared)
        if term.name in narrow and operation.result.name not in narrow:
            # Autograd casts the gradient to the type of the partial result (`validate_outputs` in engine.cpp).
            before, actual = actual, f"cast_{final[side]}_{operation.result.name}"
            cast = Tensor(actual, term.shape.torch, narrow[term.name], batched=term.shape.batched)
            yield Step((cast,), () if before == grad else (before,))
        if isinstance(term.name, int):
            passes.append((final[side], actual))
        gradients[term.name] = actual
        spent.append(actual)
    read = () if grad in spent else (grad, *sorted(operation.kept(both), key=str))
    partial = {
        gradients[term.name] for term in terms if isinstance(term.name, str) and term.name in gradients
    }
    yield Step((), (*read, *(name for name in spent if name not in (grad, *partial))), tuple(passes))


def gradient_lies(
    operation: ArithmeticOperation, which: int, layouts: list[Broadcast], grad: Broadcast
) -> Lying:
    """The layout of the gradient of an operand that has the sizes of the result: of `grad`, and what it is times.

    `layouts` are those of all operands.
    """
    shape = grad[0]
    side = 0 if operation.left.name == which else 1
    if operation.passes_gradient(side):
        return grad[1]
    own, others = layouts[which], [*layouts[:which], *layouts[which + 1 :]]
    match operation.kind:
        case "mul":
            factors = others
        case "div":
            factors = others if side == 0 else [(shape, elementwise(shape, [*others, own]))]
        case "reciprocal":
            factors = [own]
        case "pow":
            factors = [(shape, elementwise(shape, [own, *others] if side == 0 else [*others, own]))]
            if side == 0 and others:
                # 0 where the exponent is 0: that is compared first.
                product = elementwise(shape, [grad, *factors])
                return elementwise(shape, [*others, (shape, product)])
        case "maximum" | "minimum":
            compared = [own, *others] if side == 0 else [*others, own]
            mask = elementwise(shape, compared)
            return elementwise(shape, [(shape, mask), grad])
        case _:
            factors = []
    return elementwise(shape, [grad, *factors])

"""Sums of products by an equation of letters: `bhid,bhjd->bhij`."""

from typing import Any

from cnncalc.pytorch.capture.drafting import Drafting, Tensor, with_view
from cnncalc.pytorch.capture.functions.products import product
from cnncalc.pytorch.capture.functions.reductions import reduce
from cnncalc.pytorch.capture.mapping import Unmapped, maps
from cnncalc.pytorch.capture.scores import Scores
from cnncalc.pytorch.capture.values import Value


@maps("einsum", pending=True)
def einsum(drafting: Drafting, equation: Any, *operands: Any) -> Tensor:
    """Products of matrices in each image (and head), as `matmul` has them. Raises `Unmapped` for other sums."""
    given = (
        list(operands[0]) if len(operands) == 1 and isinstance(operands[0], list | tuple) else list(operands)
    )
    if not isinstance(equation, str) or "." in equation or "->" not in equation:
        raise Unmapped("its equation has dimensions without letters")
    left, _, result = equation.replace(" ", "").partition("->")
    letters = left.split(",")
    if any(len(set(word)) < len(word) for word in (*letters, result)):
        raise Unmapped("its equation has one letter twice")
    if len(given) == 1:
        return _of_one(drafting, letters[0], result, given[0])
    if len(given) != 2:
        raise Unmapped(f"a product of {len(given)} tensors")
    (first, second), (base, other) = letters, given
    outer = [letter for letter in result if letter in first and letter in second]
    rows = [letter for letter in first if letter not in second]
    columns = [letter for letter in second if letter not in first]
    summed = [letter for letter in first if letter in second and letter not in result]
    if not (len(rows) == len(columns) == len(summed) == 1) or not {*rows, *columns} <= set(result):
        raise Unmapped("it does not multiply two matrices")
    if list(result) == [*outer, *columns, *rows]:
        # The product of the second and the first.
        (first, second), (base, other), (rows, columns) = (second, first), (other, base), (columns, rows)
    if list(result) != [*outer, *rows, *columns]:
        raise Unmapped("its result has its dimensions in another order")
    base = _in_order(drafting, base, first, [*outer, *rows, *summed])
    other = _in_order(drafting, other, second, [*outer, *summed, *columns])
    computed: Tensor = product(drafting, base, other)
    return computed


def _in_order(drafting: Drafting, tensor: Any, letters: str, order: list[str]) -> Any:
    """The tensor with its dimensions in an order."""
    if list(letters) == order:
        return tensor
    tensor = drafting.settled(tensor)
    if isinstance(tensor, Scores) or tensor.expanded:
        raise Unmapped("an operand is repeated by `expand`")
    return with_view(tensor, tensor.axes, [tensor.dims[letters.index(letter)] for letter in order])


def _of_one(drafting: Drafting, letters: str, result: str, tensor: Any) -> Value:
    """Sums over the letters that the result does not have."""
    value = drafting.value(drafting.settled(tensor))
    gone = [index for index, letter in enumerate(letters) if letter not in result]
    left = [letter for letter in letters if letter in result]
    if gone:
        value = reduce(drafting, "sum", value, gone, False)
    return drafting.value(_in_order(drafting, value, "".join(left), list(result)))

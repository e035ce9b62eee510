"""Which equations of `Einsum` are products of matrices."""


def turned(equation: str) -> bool | None:
    """Whether an equation multiplies by the transposed second operand (`bik,bjk->bij`) or not (`bik,bkj->bij`).

    None if it is not a product of matrices, or has `...`.
    """
    operands, arrow, result = equation.replace(" ", "").partition("->")
    left, comma, right = operands.partition(",")
    if not arrow or not comma or not (left + right + result).isalpha():
        return None
    if len(left) < 2 or len(result) != len(left):
        return None
    before, row, middle, column = left[:-2], left[-2], left[-1], result[-1]
    if len({*before, row, middle, column}) != len(left) + 1 or result[:-1] != before + row:
        return None
    # A single matrix is the same for all of the first operand.
    if right in (before + middle + column, middle + column):
        return False
    return True if right in (before + column + middle, column + middle) else None

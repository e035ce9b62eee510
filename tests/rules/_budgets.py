"""Networks that the tests of budgets measure."""

HEAD = "cnncalc: 1\ninput: 32x32x3\n"
NET = (
    "layers:\n  - conv: {filters: 16, kernel: 3, padding: 1, act: relu}\n    name: stem\n"
    "  - conv: {filters: 32, kernel: 3, padding: 1, act: relu}\n    name: body\n"
    "  - flatten\n  - fc: 10\n    name: scores\n"
)
# Parameters: 448, 4,640 and 327,690; MACs: 442,368, 4,718,592 and 327,680.


def spec(budget: str, net: str = NET) -> str:
    """The network with a budget."""
    return f"{HEAD}budget: {{{budget}}}\n{net}"

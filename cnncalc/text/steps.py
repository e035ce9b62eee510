"""The compiled form of an expression, and its errors."""

from cnncalc.record import NamedTuple
from cnncalc.text.arithmetic import Value

PARTS = ("channels", "height", "width", "length", "depth", "features")
"""The properties of `$in`."""


class ExpressionError(Exception):
    """An error in an expression, in the `length` characters from `offset` of its text."""

    def __init__(self, message: str, offset: int, length: int, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.length = length
        self.help = help


class ProgramStep(NamedTuple):
    """One step of a program.

    `push` a value, `load` a name, `call` a function on `number` values, `neg`, `not`, `or` and `and` (jump to step
    `number` if the flag on top decides), `flag` (check the second operand of those), or a binary operator.
    """

    action: str
    operand: Value
    offset: int
    length: int
    number: int = 0

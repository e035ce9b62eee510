"""What an expression is compiled to, and what can be wrong with one."""

from cnncalc.record import NamedTuple
from cnncalc.text.arithmetic import Value

PARTS = ("channels", "height", "width", "length", "depth", "features")
"""What `$in` can be asked for."""


class ExpressionError(Exception):
    """What is wrong with an expression, at `length` characters from `offset` of its text."""

    def __init__(self, message: str, offset: int, length: int, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.length = length
        self.help = help


class ProgramStep(NamedTuple):
    """One step of a program.

    `push` a value, `load` a name, `call` a function on `number` values, `neg`, `not`, `or` and `and` (on at step
    `number` where the flag on top decides), `flag` (check the second operand of those), or a binary operator.
    """

    action: str
    operand: Value
    offset: int
    length: int
    number: int = 0

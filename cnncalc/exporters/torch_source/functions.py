"""Functions and operators of a forward as text."""

from collections.abc import Mapping, Sequence

from cnncalc.exporters.torch_source.expression import literal
from cnncalc.exporters.torch_source.flow import Render
from cnncalc.layers import TorchCall

SYMBOLS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "truediv": "/", "pow": "**"}
# torch.maximum takes no number: with one it is a clamp.
CLAMPS = {"maximum": "min", "minimum": "max"}


def is_module(call: TorchCall) -> bool:
    return call.target.partition(".")[0] in ("nn", "own")


def operator_like(call: TorchCall) -> bool:
    """Whether its text is an operator between operands."""
    if call.operands == "first" and call.target == "torch.mul":
        return True
    _, _, name = call.target.rpartition(".")
    return call.operands == "fold" and name in SYMBOLS and not call.arguments


def function(call: TorchCall, arguments: Mapping[str, str]) -> Render:
    """The text of a call that is no module; `arguments` are texts by name."""
    if call.operands == "fold":
        return lambda operands: _folded(call, operands)
    if call.operands == "first" and call.target == "torch.mul":
        return lambda operands: f"{operands[0]} * {arguments['other']}"
    named = [f"{key}={text}" for key, text in arguments.items()]

    def render(operands: Sequence[str]) -> str:
        given = [f"[{', '.join(operands)}]"] if call.operands == "list" else list(operands)
        given = given[:1] if call.operands == "first" else given
        return f"{call.target}({', '.join([*given, *named])})"

    return render


def _folded(call: TorchCall, operands: Sequence[str]) -> str:
    """Operands and numbers joined two at a time, in order, as `cnncalc.pytorch.folding` does."""
    views = call.views or (None,) * len(operands)
    texts = iter(
        text if view is None else f"torch.reshape({text}, {literal(tuple(view))})"
        for text, view in zip(operands, views, strict=True)
    )
    items: list[str | float] = [
        next(texts) if number is None else number for number in call.numbers or (None,) * len(operands)
    ]
    value: str | float = items[0]
    compound = False
    for item in items[1:]:
        value, compound = _joined(call, value, item, compound=compound)
    return value if isinstance(value, str) else literal(value)


def _joined(
    call: TorchCall, first: str | float, other: str | float, *, compound: bool
) -> tuple[str | float, bool]:
    """The text of two joined, and whether an operator is its outermost part."""
    _, _, name = call.target.rpartition(".")
    if not isinstance(first, str) and not isinstance(other, str):
        # Two numbers at the beginning are written as they are, and Python joins them.
        if name in CLAMPS:
            return (max if name == "maximum" else min)(first, other), False
        return f"({literal(first)} {SYMBOLS[name]} {literal(other)})", False
    left = first if isinstance(first, str) else literal(first)
    right = other if isinstance(other, str) else literal(other)
    if name in SYMBOLS and not call.arguments:
        symbol = SYMBOLS[name]
        if isinstance(other, float | int) and other < 0 and symbol == "**":
            right = f"({right})"
        # A chain of sums or of products needs no parentheses; others are left to right too, except powers.
        left = f"({left})" if compound and symbol == "**" else left
        left = f"({left})" if left.startswith("-") and symbol == "**" else left
        tight = symbol == "**" and all(text.isidentifier() or _is_number(text) for text in (left, right))
        return f"{left}{symbol}{right}" if tight else f"{left} {symbol} {right}", True
    if name in CLAMPS and not (isinstance(first, str) and isinstance(other, str)):
        tensor, bound = (left, right) if isinstance(first, str) else (right, left)
        return f"torch.clamp({tensor}, {CLAMPS[name]}={bound})", False
    more = "".join(f", {key}={literal(value)}" for key, value in call.arguments.items())
    return f"torch.{name}({left}, {right}{more})", False


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdigit()

"""Calls that join operands and numbers two at a time."""

import operator
from collections.abc import Callable, Sequence
from typing import Any

import torch

from cnncalc.layers import TorchCall

# torch.maximum takes no number: with one it is a clamp.
CLAMPS = {"maximum": "min", "minimum": "max"}


def folded(call: TorchCall, operands: Sequence[Any], apply: Callable[..., Any]) -> Any:
    """The result of a call over all operands, in order; `apply(function, *arguments, **named)` makes each PyTorch call.

    Two numbers at the beginning are joined at once.
    """
    tensors = iter(
        operand if view is None else apply(torch.reshape, operand, view)
        for operand, view in zip(operands, call.views or (None,) * len(operands), strict=True)
    )
    items = [
        next(tensors) if number is None else number for number in call.numbers or (None,) * len(operands)
    ]
    value = items[0]
    for item in items[1:]:
        value = _joined(call, value, item, apply)
    return value


def _joined(call: TorchCall, first: Any, other: Any, apply: Callable[..., Any]) -> Any:
    room, _, name = call.target.rpartition(".")
    if room == "torch":
        return apply(getattr(torch, name), first, other, **call.arguments)
    if name in CLAMPS:
        if isinstance(first, int | float) and isinstance(other, int | float):
            return max(first, other) if name == "maximum" else min(first, other)
        tensor, bound = (other, first) if isinstance(first, int | float) else (first, other)
        if not isinstance(bound, int | float):
            return apply(getattr(torch, name), tensor, bound)
        return apply(torch.clamp, tensor, **{CLAMPS[name]: bound})
    function = getattr(operator, name)
    if isinstance(first, int | float) and isinstance(other, int | float):
        return function(first, other)
    return apply(function, first, other)

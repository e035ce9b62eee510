"""Functions whose result is like their first operand, whatever its values: on the meta device they need no run.

PyTorch computes what a norm gives from a dozen operations in Python; here it is one new tensor. Anything unusual (other
types, other strides, operands that do not fit) is left to PyTorch, which also raises the errors.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

Arguments = tuple[Any, ...]
Keywords = dict[str, Any]


def like_first(function: Any, arguments: Arguments, keywords: Keywords) -> Tensor | None:
    """What a function gives, if that is like its first operand (or is it, where that is changed); None if not known."""
    check = _CHECKS.get(function)
    if check is None or not arguments or not _is_plain(arguments[0]):
        return None
    first: Tensor = arguments[0]
    if not check(first, arguments, keywords):
        return None
    if check is _switched and True in (*arguments[1:], *keywords.values()):
        # It gives the same tensor with other values.
        torch.autograd.graph.increment_version(first)
        return first
    return torch.empty_like(first)


def _is_plain(value: Any) -> bool:
    """Whether a value is a tensor of floating numbers on the meta device, one row after another in memory."""
    return type(value) is Tensor and value.is_meta and value.is_floating_point() and value.is_contiguous()


def _alone(first: Tensor, arguments: Arguments, keywords: Keywords) -> bool:
    """There are no other arguments."""
    return len(arguments) == 1 and not keywords


def _switched(first: Tensor, arguments: Arguments, keywords: Keywords) -> bool:
    """The other argument, if there is one, is the switch `inplace`."""
    others = (*arguments[1:], *keywords.values())
    return len(others) < 2 and keywords.keys() <= {"inplace"} and all(type(other) is bool for other in others)


def _two_operands(first: Tensor, arguments: Arguments, keywords: Keywords) -> bool:
    """The second is a number, or a tensor of the same type that is not larger along any axis."""
    if len(arguments) != 2 or keywords:
        return False
    second = arguments[1]
    if type(second) in (int, float):
        return True
    if not _is_plain(second) or second.dtype != first.dtype or second.dim() > first.dim():
        return False
    shape = first.shape[first.dim() - second.dim() :]
    return all(size in (1, whole) for size, whole in zip(second.shape, shape, strict=True))


def _batch_norm(first: Tensor, arguments: Arguments, keywords: Keywords) -> bool:
    """A norm by statistics of before, each a number for each channel."""
    named = dict(
        zip(("running_mean", "running_var", "weight", "bias", "training"), arguments[1:], strict=False)
    )
    named |= keywords
    if named.get("training") or named.get("running_mean") is None or first.dim() < 2:
        return False
    own = [named.get(name) for name in ("running_mean", "running_var", "weight", "bias")]
    return all(_is_vector(tensor, first.shape[1], first) for tensor in own if tensor is not None)


def _layer_norm(first: Tensor, arguments: Arguments, keywords: Keywords) -> bool:
    """A norm over the last axis."""
    return _is_over_last_axis(first, ("normalized_shape", "weight", "bias"), arguments, keywords)


def _rms_norm(first: Tensor, arguments: Arguments, keywords: Keywords) -> bool:
    """A norm over the last axis, without a shift."""
    return _is_over_last_axis(first, ("normalized_shape", "weight", "eps"), arguments, keywords)


def _group_norm(first: Tensor, arguments: Arguments, keywords: Keywords) -> bool:
    """A norm over groups of channels."""
    named = dict(zip(("num_groups", "weight", "bias"), arguments[1:], strict=False)) | keywords
    groups = named.get("num_groups")
    if first.dim() < 3 or type(groups) is not int or groups < 1 or first.shape[1] % groups:
        return False
    own = [named.get(name) for name in ("weight", "bias")]
    return all(_is_vector(tensor, first.shape[1], first) for tensor in own if tensor is not None)


def _is_over_last_axis(
    first: Tensor, names: tuple[str, ...], arguments: Arguments, keywords: Keywords
) -> bool:
    named = dict(zip(names, arguments[1:], strict=False)) | keywords
    sizes = named.get("normalized_shape")
    if not isinstance(sizes, list | tuple) or tuple(sizes) != tuple(first.shape[-1:]):
        return False
    own = [named.get(name) for name in ("weight", "bias")]
    return all(_is_vector(tensor, first.shape[-1], first) for tensor in own if tensor is not None)


def _is_vector(tensor: Any, size: int, like: Tensor) -> bool:
    return (
        type(tensor) in (Tensor, nn.Parameter)
        and tensor.is_meta
        and tuple(tensor.shape) == (size,)
        and tensor.dtype == like.dtype
    )


_OF_ONE = (
    *(functional.gelu, functional.sigmoid, functional.tanh),
    *(torch.relu, torch.sigmoid, torch.tanh, Tensor.relu, Tensor.sigmoid, Tensor.tanh),
)
# These can change their operand in place.
_MAY_CHANGE = (
    *(functional.relu, functional.relu6, functional.silu, functional.mish),
    *(functional.hardswish, functional.hardsigmoid),
)
_OF_TWO = (torch.add, torch.mul, torch.sub, Tensor.add, Tensor.mul, Tensor.sub)
_OPERATORS = (Tensor.__add__, Tensor.__mul__, Tensor.__sub__)
_CHECKS: dict[Any, Callable[[Tensor, Arguments, Keywords], bool]] = {
    **dict.fromkeys(_OF_ONE, _alone),
    **dict.fromkeys(_MAY_CHANGE, _switched),
    **dict.fromkeys((*_OF_TWO, *_OPERATORS), _two_operands),
    functional.batch_norm: _batch_norm,
    functional.layer_norm: _layer_norm,
    **dict.fromkeys((functional.rms_norm, torch.rms_norm), _rms_norm),
    functional.group_norm: _group_norm,
}

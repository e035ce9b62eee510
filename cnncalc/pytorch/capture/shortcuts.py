"""Results on the meta device that need no run: those of norms, which have the shape of their input.

PyTorch computes a norm of tensors without values as a dozen operations in Python, about a millisecond each time. What
is not certain is left to PyTorch, and with it all errors.
"""

from collections.abc import Callable
from math import prod
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


def result_on_meta(function: Any, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Tensor | None:
    """The result of a call, a tensor without values; None where PyTorch has to run it."""
    shortcut = _SHORTCUTS.get(function)
    if shortcut is None:
        return None
    try:
        return shortcut(*arguments, **keywords)
    except TypeError:
        # Arguments that the function does not have: PyTorch says so.
        return None


def _batch_norm(
    input: Any,
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: Any = 0.1,
    eps: Any = 1e-5,
) -> Tensor | None:
    # In training the statistics are changed too.
    if training or not _is_bare(input) or input.dim() < 2 or running_mean is None or running_var is None:
        return None
    return _like(input, (input.shape[1],), running_mean, running_var, weight, bias)


def _layer_norm(
    input: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: Any = 1e-5
) -> Tensor | None:
    sizes = tuple(normalized_shape)
    if not _is_bare(input) or not sizes or tuple(input.shape[-len(sizes) :]) != sizes:
        return None
    return _like(input, sizes, weight, bias)


def _group_norm(
    input: Any, num_groups: int, weight: Any = None, bias: Any = None, eps: Any = 1e-5
) -> Tensor | None:
    if not _is_bare(input) or input.dim() < 2 or num_groups < 1 or input.shape[1] % num_groups:
        return None
    if prod(input.shape) == input.shape[0] * num_groups:
        # One value in each group, which PyTorch refuses in training.
        return None
    return _like(input, (input.shape[1],), weight, bias)


def _is_bare(value: Any) -> bool:
    """Whether a value is a tensor without values, of no class of its own."""
    return type(value) in (Tensor, nn.Parameter) and value.is_meta and value.is_floating_point()


def _like(input: Tensor, sizes: tuple[int, ...], *stored: Any) -> Tensor | None:
    """A tensor like the input, if all stored tensors have these sizes and its type."""
    for tensor in stored:
        if tensor is None:
            continue
        if not _is_bare(tensor) or tuple(tensor.shape) != sizes or tensor.dtype != input.dtype:
            return None
    return torch.empty_like(input)


_SHORTCUTS: dict[Any, Callable[..., Tensor | None]] = {
    functional.batch_norm: _batch_norm,
    functional.layer_norm: _layer_norm,
    functional.group_norm: _group_norm,
}

"""PyTorch's counter of floating-point operations, with those of attention on a CPU, which it does not count."""

from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode, sdpa_flop_count


def _products(
    query: tuple[int, ...], key: tuple[int, ...], value: tuple[int, ...], *_: Any, **__: Any
) -> int:
    """Of the two products of attention, as PyTorch counts them on CUDA."""
    return int(sdpa_flop_count(query, key, value))  # type: ignore[no-untyped-call]


def _module(
    query: tuple[int, ...],
    key: tuple[int, ...],
    value: tuple[int, ...],
    width: int,
    heads: int,
    *_: Any,
    **__: Any,
) -> int:
    """Of `nn.MultiheadAttention` as one operation: four linear layers, and the products."""
    batch, length, _channels = query
    split = (batch, heads, length, width // heads)
    return 8 * batch * length * width**2 + _products(split, split, split)


def flop_counter() -> FlopCounterMode:
    """A counter of all that our modules run, on any device."""
    aten = torch.ops.aten
    return FlopCounterMode(
        display=False,
        custom_mapping={
            aten._scaled_dot_product_flash_attention_for_cpu: _products,
            aten._native_multi_head_attention: _module,
        },
    )

"""Norms of tensors without values get the same result from the shortcut as from PyTorch, and the same errors."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from cnncalc.pytorch.capture import Failed, capture
from cnncalc.pytorch.capture.shortcuts import result_on_meta


def bare(*sizes: int, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.empty(*sizes, device="meta", dtype=dtype)


IMAGES = bare(11, 8, 6, 5)
CALLS: dict[str, tuple[Callable[..., Tensor], tuple[Any, ...]]] = {
    "batch norm": (functional.batch_norm, (IMAGES, bare(8), bare(8), bare(8), bare(8))),
    "batch norm without weights": (functional.batch_norm, (IMAGES, bare(8), bare(8))),
    "batch norm of features": (functional.batch_norm, (bare(11, 8), bare(8), bare(8))),
    "channels last": (
        functional.batch_norm,
        (IMAGES.contiguous(memory_format=torch.channels_last), bare(8), bare(8)),
    ),
    "layer norm": (functional.layer_norm, (bare(11, 7, 8), (8,), bare(8), bare(8))),
    "layer norm of several axes": (functional.layer_norm, (bare(11, 7, 8), (7, 8))),
    "layer norm of a transposed tensor": (functional.layer_norm, (bare(11, 8, 7).transpose(1, 2), (8,))),
    "group norm": (functional.group_norm, (IMAGES, 4, bare(8), bare(8))),
    "half": (functional.layer_norm, (bare(11, 8, dtype=torch.float16), (8,))),
}


@pytest.mark.parametrize(("function", "arguments"), CALLS.values(), ids=CALLS)
def test_the_result_is_that_of_pytorch(function: Callable[..., Tensor], arguments: tuple[Any, ...]) -> None:
    quick = result_on_meta(function, arguments, {})
    real = function(*arguments)
    assert quick is not None
    assert (quick.shape, quick.dtype, quick.device) == (real.shape, real.dtype, real.device)


LEFT: dict[str, tuple[Callable[..., Tensor], tuple[Any, ...]]] = {
    "other channels": (functional.batch_norm, (IMAGES, bare(9), bare(9))),
    "statistics of the batch": (functional.batch_norm, (IMAGES, None, None, None, None, True)),
    "training": (functional.batch_norm, (IMAGES, bare(8), bare(8), None, None, True)),
    "another type": (functional.batch_norm, (IMAGES, bare(8), bare(8), bare(8, dtype=torch.float64))),
    "other features": (functional.layer_norm, (bare(11, 8), (9,))),
    "groups that do not divide": (functional.group_norm, (IMAGES, 3)),
    "with values": (functional.layer_norm, (torch.ones(2, 8), (8,))),
    "whole numbers": (functional.layer_norm, (bare(2, 8, dtype=torch.int64), (8,))),
    "too few arguments": (functional.layer_norm, (IMAGES,)),
    "another function": (functional.relu, (IMAGES,)),
}


@pytest.mark.parametrize(("function", "arguments"), LEFT.values(), ids=LEFT)
def test_all_else_is_left_to_pytorch(function: Callable[..., Tensor], arguments: tuple[Any, ...]) -> None:
    assert result_on_meta(function, arguments, {}) is None


def test_a_norm_of_other_channels_is_an_error_of_the_model() -> None:
    network = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(5))
    with pytest.raises(Failed, match="running_mean"):
        capture(network, [(3, 8, 8)])

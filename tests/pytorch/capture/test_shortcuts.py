"""A call without values that was made before gives a tensor like the one that PyTorch gives, and is a new tensor."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from cnncalc.pytorch.capture import Failed, capture
from cnncalc.pytorch.capture.shortcuts import PURE, Shortcuts


def bare(*sizes: int, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.empty(*sizes, device="meta", dtype=dtype)


IMAGES = bare(11, 8, 6, 5)
LAST = IMAGES.contiguous(memory_format=torch.channels_last)
CALLS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "batch norm": (functional.batch_norm, (IMAGES, bare(8), bare(8), bare(8), bare(8))),
    "batch norm, channels last": (functional.batch_norm, (LAST, bare(8), bare(8))),
    "layer norm": (functional.layer_norm, (bare(11, 7, 8), (8,), bare(8), bare(8))),
    "layer norm of a transposed tensor": (functional.layer_norm, (bare(11, 8, 7).transpose(1, 2), (8,))),
    "half": (functional.layer_norm, (bare(11, 8, dtype=torch.float16), (8,))),
    "convolution, channels last": (functional.conv2d, (LAST, bare(4, 8, 3, 3), None, 2, (1, 1))),
    "two types": (Tensor.add, (bare(3, dtype=torch.float64), bare(2, 3))),
    "a number": (Tensor.__mul__, (IMAGES, 2.5)),
    "resizing": (functional.interpolate, (IMAGES, None, 2.0, "bilinear")),
}


@pytest.mark.parametrize(("function", "arguments"), CALLS.values(), ids=CALLS)
def test_the_second_call_gives_what_pytorch_gives(function: Any, arguments: tuple[Any, ...]) -> None:
    shortcuts = Shortcuts()
    first = shortcuts.call(function, arguments, {})
    second = shortcuts.call(function, arguments, {})
    real = function(*arguments)
    assert second is not first
    assert (second.shape, second.stride(), second.dtype) == (real.shape, real.stride(), real.dtype)
    assert second.is_meta


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], list[None]]:
    """Makes a function pure, in a form that counts its calls in the returned list."""

    def count(function: Any) -> tuple[Any, list[None]]:
        calls: list[None] = []

        def counting(*arguments: Any, **keywords: Any) -> Any:
            calls.append(None)
            return function(*arguments, **keywords)

        monkeypatch.setattr("cnncalc.pytorch.capture.shortcuts.PURE", PURE | {counting})
        return counting, calls

    return count  # type: ignore[return-value]


def _calls(counted: Any, function: Any, *calls: tuple[tuple[Any, ...], dict[str, Any]]) -> int:
    counting, runs = counted(function)
    shortcuts = Shortcuts()
    for arguments, keywords in calls:
        shortcuts.call(counting, arguments, keywords)
    return len(runs)


def test_equal_calls_run_once(counted: Any) -> None:
    assert _calls(counted, functional.relu, ((IMAGES,), {}), ((bare(11, 8, 6, 5),), {})) == 1


@pytest.mark.parametrize(
    ("function", "calls"),
    [
        (functional.relu, (((IMAGES,), {}), ((LAST,), {}))),
        (functional.relu, (((bare(3),), {}), ((bare(3, dtype=torch.float64),), {}))),
        (torch.add, (((bare(2, dtype=torch.int64), 1), {}), ((bare(2, dtype=torch.int64), 1.0), {}))),
        (functional.relu, (((IMAGES,), {"inplace": True}), ((IMAGES,), {"inplace": True}))),
        (functional.relu, (((torch.ones(2),), {}), ((torch.ones(2),), {}))),
        (torch.max_pool2d, (((torch.ones(1, 2, 2), 2), {}), ((torch.ones(1, 2, 2), 2), {}))),
        # A reshape gives a view.
        (torch.flatten, (((IMAGES, 1), {}), ((IMAGES, 1), {}))),
    ],
    ids=["strides", "types", "kinds of numbers", "in place", "values", "pools of values", "views"],
)
def test_other_calls_run_again(
    counted: Any, function: Any, calls: tuple[tuple[tuple[Any, ...], dict[str, Any]], ...]
) -> None:
    assert _calls(counted, function, *calls) == 2


def test_what_changes_its_argument_runs_each_time(counted: Any) -> None:
    def counts_up(tensor: Tensor) -> Tensor:
        tensor.add_(1)
        return torch.empty_like(tensor)

    assert _calls(counted, counts_up, ((IMAGES,), {}), ((IMAGES,), {})) == 2


def test_an_error_of_the_model_is_one_each_time() -> None:
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.BatchNorm2d(5))
    with pytest.raises(Failed, match="running_mean"):
        capture(network, [(3, 8, 8)])

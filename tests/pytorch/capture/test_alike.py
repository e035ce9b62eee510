"""What is said to be like a first operand, without a run, is what PyTorch gives for it."""

from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from cnncalc.pytorch.capture import alike
from cnncalc.pytorch.capture.alike import like_first


def bare(*sizes: int, dtype: torch.dtype = torch.float32) -> Tensor:
    return torch.empty(*sizes, device="meta", dtype=dtype)


FIRST = {
    "a volume": bare(11, 8, 6, 5),
    "rows": bare(11, 7, 8),
    "features": bare(11, 8),
    "half": bare(11, 8, 3, dtype=torch.float16),
    "whole numbers": bare(11, 8, dtype=torch.int64),
    "channels last": bare(11, 8, 6, 5).contiguous(memory_format=torch.channels_last),
    "turned": bare(11, 8, 7).transpose(1, 2),
    "one position": bare(11, 8, 1, 1),
    "values": torch.ones(11, 8),
}
SECOND = {
    "number": 2,
    "fraction": 0.5,
    "truth": True,
    "the same": None,
    "channels": bare(8, 1, 1),
    "last axis": bare(8),
    "another type": bare(8, dtype=torch.float64),
    "larger": bare(2, 11, 8, 6, 5),
}
OTHERS: dict[Any, list[tuple[tuple[Any, ...], dict[str, Any]]]] = {
    functional.batch_norm: [
        ((bare(8), bare(8), bare(8), bare(8)), {"eps": 1e-3}),
        ((bare(8), bare(8)), {"training": False}),
        ((bare(8), bare(8), None, None, True), {}),
        ((None, None), {"training": True}),
        ((bare(5), bare(5)), {}),
    ],
    functional.rms_norm: [(((8,),), {}), (((8,), bare(8), 1e-6), {}), (((5,), bare(5)), {})],
    torch.rms_norm: [(((8,),), {}), (((8,), bare(8), 1e-6), {}), (((5,), bare(5)), {"eps": 1e-3})],
    functional.group_norm: [
        ((4,), {}),
        ((4, bare(8), bare(8)), {"eps": 1e-3}),
        ((3,), {}),
        ((2, bare(5), bare(5)), {}),
    ],
    functional.layer_norm: [
        (((8,),), {}),
        (((5,), bare(5), bare(5)), {}),
        ((), {"normalized_shape": [6, 5]}),
    ],
}


def calls() -> list[tuple[Any, str, tuple[Any, ...], dict[str, Any]]]:
    rows = []
    for function, check in alike._CHECKS.items():
        for name, first in FIRST.items():
            if check in (alike._alone, alike._switched):
                more: list[Any] = [((), {}), ((True,), {}), ((), {"inplace": True}), ((), {"inplace": False})]
            elif check is alike._two_operands:
                more = [((first if other is None else other,), {}) for other in SECOND.values()]
            else:
                more = OTHERS[function]
            rows += [(function, name, arguments, keywords) for arguments, keywords in more]
    return rows


def result(function: Any, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Tensor | None:
    try:
        with torch.no_grad():
            real: Tensor = function(*arguments, **keywords)
    except (RuntimeError, TypeError, ValueError):
        return None
    return real


def test_each_result_is_pytorchs() -> None:
    known = 0
    for function, name, arguments, keywords in calls():
        first = FIRST[name].clone() if FIRST[name].is_contiguous() else FIRST[name]
        before = first._version
        ours = like_first(function, (first, *arguments), keywords)
        if ours is None:
            continue
        known += 1
        changed = first._version
        real = result(function, (first, *arguments), keywords)
        case = function, name, arguments, keywords
        assert real is not None, case
        assert (ours.shape, ours.stride(), ours.dtype) == (real.shape, real.stride(), real.dtype), case
        assert (ours is first) == (real is first), case
        # What is changed in place has another version, as after PyTorch's own run.
        assert (changed > before) == (first._version > changed), case
    assert known > 300


@pytest.mark.parametrize("name", ["whole numbers", "channels last", "turned", "values"])
def test_what_is_unusual_is_left_to_pytorch(name: str) -> None:
    assert like_first(functional.relu, (FIRST[name],), {}) is None


def test_statistics_of_another_number_of_channels_are_left_to_pytorch() -> None:
    assert like_first(functional.batch_norm, (FIRST["a volume"], bare(5), bare(5)), {}) is None

"""Builds a model without the memory for its weights: on the meta device where that is possible."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

# Functions that make a tensor as large as a weight. What others make (`linspace`, `tensor`) is small, and its values
# are often read by the code that builds a model.
LARGE = frozenset(
    getattr(torch, name)
    for name in (
        *("empty", "zeros", "ones", "full", "rand", "randn", "randint", "normal"),
        "empty_strided",
        "eye",
    )
)


class _OnMeta(TorchFunctionMode):
    """Makes new weights on the meta device."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        if func in LARGE and kwargs.get("device") is None:
            kwargs["device"] = "meta"
        return func(*args, **kwargs)


@contextmanager
def _without_initial_values() -> Iterator[None]:
    """Leaves the memory of new weights untouched: the functions of `nn.init` do nothing."""
    names = [name for name in vars(nn.init) if name.endswith("_") and not name.startswith("_")]
    before = {name: getattr(nn.init, name) for name in names}
    try:
        for name in names:
            setattr(nn.init, name, lambda tensor, *arguments, **keywords: tensor)
        yield
    finally:
        for name, function in before.items():
            setattr(nn.init, name, function)


def on_meta(make: Callable[[], Any]) -> nn.Module:
    """The module that `make` gives, on the meta device.

    Raises what `make` raises when it runs on the CPU, and `TypeError` if it gives something else.
    """
    try:
        with _OnMeta():
            module = make()
    except Exception:
        # Code that reads the values of its weights, or that mixes them with tensors that have values.
        with _without_initial_values():
            module = make()
    if not isinstance(module, nn.Module):
        raise TypeError(f"gives {type(module).__name__}, and not a torch.nn.Module")
    return module.to("meta")

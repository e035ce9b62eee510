"""Builds a model without the memory for its weights: on the meta device where that is possible."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from math import prod
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn
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

# Functions that give a new weight its random values: on the meta device they change nothing, and take long.
RANDOM = frozenset((Tensor.normal_, Tensor.uniform_, Tensor.erfinv_, Tensor.clamp_))

# Zeros keep their values up to this number of them: masks are written into such tensors.
SMALL = 1 << 16
# The values of buffers of modules that have been moved to the meta device, as far as they had any.
_VALUES: "WeakKeyDictionary[nn.Module, dict[str, Tensor]]" = WeakKeyDictionary()


def buffer_values(module: nn.Module) -> Mapping[str, Tensor]:
    """The values of a module's buffers by each of their names, as far as they are known."""
    there = {
        name: buffer
        for name, buffer in module.named_buffers(remove_duplicate=False)
        if buffer.device.type == "cpu"
    }
    return {**_VALUES.get(module, {}), **there}


class _OnMeta(TorchFunctionMode):
    """Makes new weights on the meta device."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        if func in LARGE and str(kwargs.get("device", "meta") or "meta") == "meta":
            # A device that code takes from one of its weights is the meta device too.
            kwargs["device"] = "cpu" if _is_index(func, args, kwargs) else "meta"
        if _gives_random_values(func, args, kwargs) and args[0].is_meta:
            return args[0]
        return func(*args, **kwargs)


class _WithoutRandomValues(TorchFunctionMode):
    """Leaves the memory of large new tensors untouched where random values are written into it."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if func is not Tensor.clamp_ and _gives_random_values(func, args, kwargs) and args[0].numel() > SMALL:
            return args[0]
        return func(*args, **kwargs)


def _gives_random_values(func: Any, args: Any, kwargs: Any) -> bool:
    """Whether a call writes random values into its first argument, or makes such values fit, by numbers alone."""
    if func not in RANDOM or not args or type(args[0]) not in (Tensor, nn.Parameter):
        return False
    return not any(isinstance(value, Tensor) for value in (*args[1:], *kwargs.values()))


def _is_index(func: Any, args: Any, kwargs: Any) -> bool:
    """Whether a new tensor may be a table of positions or a mask: of whole numbers, or made of few zeros or ones."""
    dtype = kwargs.get("dtype")
    if dtype is not None and not dtype.is_floating_point and not dtype.is_complex:
        return True
    sizes = args[0] if len(args) == 1 and isinstance(args[0], list | tuple) else args
    if func not in (torch.zeros, torch.ones) or not all(isinstance(size, int) for size in sizes):
        return False
    return len(sizes) > 1 and prod(sizes) <= SMALL


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
        with _without_initial_values(), _WithoutRandomValues():
            module = make()
    if not isinstance(module, nn.Module):
        raise TypeError(f"gives {type(module).__name__}, and not a torch.nn.Module")
    _VALUES[module] = dict(buffer_values(module))
    return module.to("meta")

"""Builds a model without the memory for its weights: on the meta device where that is possible."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from math import prod
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from cnncalc.pytorch.capture.parts import named_buffers

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

# Those that take sizes alone: without values all of them give the same.
OF_SIZES = frozenset((torch.empty, torch.zeros, torch.ones, torch.rand, torch.randn))

# Functions that give a new weight its random values: on the meta device they change nothing, and take long.
RANDOM = frozenset((Tensor.normal_, Tensor.uniform_, Tensor.erfinv_, Tensor.clamp_))
# What follows them, to bring random values into a range.
SCALES = frozenset((Tensor.mul_, Tensor.add_, Tensor.div_, Tensor.sub_, Tensor.clamp_))

# Functions that do the same to the tensor that they are given.
INITS = frozenset(
    getattr(nn.init, name) for name in vars(nn.init) if name.endswith("_") and not name.startswith("_")
)

# Functions that write numbers alone.
FILLS = frozenset((Tensor.fill_, Tensor.zero_))

_WRITES = RANDOM | FILLS

# Zeros keep their values up to this number of them: masks are written into such tensors.
SMALL = 1 << 16
# The values of buffers of modules that have been moved to the meta device, as far as they had any.
_VALUES: "WeakKeyDictionary[nn.Module, dict[str, Tensor]]" = WeakKeyDictionary()


def buffer_values(module: nn.Module) -> Mapping[str, Tensor]:
    """The values of a module's buffers by each of their names, as far as they are known."""
    there = {name: buffer for name, buffer in named_buffers(module) if buffer.device.type == "cpu"}
    return {**_VALUES.get(module, {}), **there}


class _OnMeta(TorchFunctionMode):
    """Makes new weights on the meta device."""

    def __init__(self) -> None:
        super().__init__()
        # Values that were copied into tensors of the meta device: by identity the tensor, its version after that, them.
        self._copied: dict[int, tuple[Tensor, int, Tensor]] = {}

    def copied_into(self, tensor: Tensor) -> Tensor | None:
        """The values that a tensor would have, if they were copied into it last; None if they are not known."""
        there, version, values = self._copied.get(id(tensor), (None, 0, tensor))
        return values if there is tensor and version == tensor._version else None

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        if func in LARGE and str(kwargs.get("device", "meta") or "meta") == "meta":
            # A device that code takes from one of its weights is the meta device too.
            kwargs["device"] = "cpu" if _is_index(func, args, kwargs) else "meta"
            if kwargs["device"] == "meta" and func in OF_SIZES:
                func = torch.empty
        elif "device" in kwargs and str(kwargs["device"]) == "meta":
            # What is no weight keeps its values.
            kwargs["device"] = "cpu"
        if func in INITS and (weight := kwargs.get("tensor", args[0] if args else None)).is_meta:
            return weight
        if _writes_numbers(func, args, kwargs) and args[0].is_meta:
            self._copied.pop(id(args[0]), None)
            return args[0]
        result = func(*args, **kwargs)
        if func is Tensor.copy_ and args[0].is_meta and isinstance(args[1], Tensor) and not args[1].is_meta:
            values = args[1].detach().to(args[0].dtype).expand(args[0].shape).clone()
            self._copied[id(args[0])] = args[0], args[0]._version, values
        return result


class _WithoutRandomValues(TorchFunctionMode):
    """Leaves the memory of large new tensors untouched where random values are written into it."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        if (
            func in RANDOM
            and func is not Tensor.clamp_
            and _writes_numbers(func, args, kwargs)
            and args[0].numel() > SMALL
        ):
            return args[0]
        if func in SCALES and _is_large_weight(args, kwargs):
            return args[0]
        return func(*args, **kwargs)


def _writes_numbers(func: Any, args: Any, kwargs: Any) -> bool:
    """Whether a call gives its first argument random values or one value, or makes them fit, by numbers alone."""
    if func not in _WRITES or not args or type(args[0]) not in (Tensor, nn.Parameter):
        return False
    return not any(isinstance(value, Tensor) for value in (*args[1:], *kwargs.values()))


def _is_large_weight(args: Any, kwargs: Any) -> bool:
    """Whether a call changes a large weight by a number: its values are not read."""
    numbers = (*args[1:], *kwargs.values())
    return (
        type(args[0]) is nn.Parameter
        and args[0].numel() > SMALL
        and all(type(item) in (int, float, type(None)) for item in numbers)
    )


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
    mode = _OnMeta()
    try:
        with mode:
            module = make()
    except Exception:
        # Code that reads the values of its weights, or that mixes them with tensors that have values.
        with _without_initial_values(), _WithoutRandomValues():
            module = make()
    if not isinstance(module, nn.Module):
        raise TypeError(f"gives {type(module).__name__}, and not a torch.nn.Module")
    copied = {
        name: values
        for name, buffer in named_buffers(module)
        if buffer.is_meta and (values := mode.copied_into(buffer)) is not None
    }
    _VALUES[module] = {**buffer_values(module), **copied}
    return module.to("meta")

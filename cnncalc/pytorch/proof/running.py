"""One run of each network: the outputs as a flat list, and the products that PyTorch's counter counts."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.func import functional_call
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode

# Functions that drop values at random in training.
DROPPING = frozenset(
    f"{name}dropout{axes}{end}"
    for name in ("", "alpha_", "feature_", "feature_alpha_")
    for axes in ("", "1d", "2d", "3d")
    for end in ("", "_")
)
# Attributes by which modules of torchvision, timm and ours hold the probability of leaving out a branch.
LEFT_OUT = {"StochasticDepth": "p", "DropPath": "drop_prob"}


def run_once(module: nn.Module, images: Sequence[Tensor]) -> list[Tensor]:
    """The outputs of a module for images, without gradients and without chance.

    Attention is computed by its products, which are the same kernels in both networks, and not as one operation.
    """
    with torch.no_grad(), by_products(), without_chance(module):
        return flat(module(*images))


def count_macs(module: nn.Module, images: Sequence[Tensor]) -> int | float | None:
    """Multiply-adds for one image as PyTorch's counter counts them (a float if they are no whole number).

    Counted without values, on the meta device, where the module runs there, else with them. None if it does not run.
    """
    tensors = dict((*module.named_parameters(), *module.named_buffers()))
    without_values = {name: tensor.detach().to("meta") for name, tensor in tensors.items()}
    on_meta = [image.to("meta") for image in images]
    flops = _flops(module, lambda: functional_call(module, without_values, tuple(on_meta)))
    if flops is None:
        flops = _flops(module, lambda: module(*images))
    if flops is None:
        return None
    macs, rest = divmod(flops, 2 * len(images[0]))
    return macs + rest / (2 * len(images[0])) if rest else macs


def _flops(module: nn.Module, run: Callable[[], Any]) -> int | None:
    try:
        with (
            torch.no_grad(),
            by_products(),
            without_chance(module),
            FlopCounterMode(display=False) as counter,
        ):
            run()
    except Exception:
        return None
    return int(counter.get_total_flops())


def flat(outputs: Any) -> list[Tensor]:
    """The tensors of an output, which may be a tensor, or tensors in tuples, lists, dictionaries, dataclasses."""
    if not isinstance(outputs, Tensor | list | tuple | dict) and hasattr(outputs, "__dict__"):
        outputs = vars(outputs)
    elif hasattr(outputs, "to_tuple"):
        outputs = outputs.to_tuple()
    return [leaf for leaf in tree_leaves(outputs) if isinstance(leaf, Tensor)]


@contextmanager
def by_products() -> Iterator[None]:
    """Attention as its two products and a softmax, everywhere."""
    fast = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        with sdpa_kernel(SDPBackend.MATH):
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fast)


class _NothingDropped(TorchFunctionMode):
    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name, named = getattr(func, "__name__", ""), dict(kwargs or {})
        if name in DROPPING:
            return args[0] if args else named["input"]
        if name == "scaled_dot_product_attention":
            named |= {"dropout_p": 0.0} if len(args) < 5 else {}
            args = (*args[:4], 0.0, *args[5:]) if len(args) > 4 else args
        return func(*args, **named)


@contextmanager
def without_chance(module: nn.Module) -> Iterator[None]:
    """Dropout and stochastic depth leave all values as they are; a module in evaluation does not change."""
    if not module.training:
        yield
        return
    was = [
        (part, name, getattr(part, name))
        for part in module.modules()
        if (name := LEFT_OUT.get(type(part).__name__)) is not None
    ]
    for part, name, _ in was:
        setattr(part, name, 0.0)
    try:
        with _NothingDropped():
            yield
    finally:
        for part, name, value in was:
            setattr(part, name, value)

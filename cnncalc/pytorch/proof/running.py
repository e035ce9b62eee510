"""One run of each network: the outputs as a flat list, and the products that PyTorch's counter counts."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
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


class Ran(NamedTuple):
    """The outputs of a run, and its multiply-adds for one image (a float if they are no whole number)."""

    outputs: list[Tensor]
    macs: int | float


def run_once(module: nn.Module, images: Sequence[Tensor]) -> Ran:
    """Run a module on images, without gradients and without chance.

    Attention is computed by its products, which the counter counts, and which are the same kernels in both networks.
    """
    with ExitStack() as stack:
        stack.enter_context(torch.no_grad())
        stack.enter_context(by_products())
        stack.enter_context(without_chance(module))
        flops = stack.enter_context(FlopCounterMode(display=False))
        outputs = module(*images)
    macs, rest = divmod(flops.get_total_flops(), 2 * len(images[0]))
    return Ran(flat(outputs), macs + rest / (2 * len(images[0])) if rest else macs)


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

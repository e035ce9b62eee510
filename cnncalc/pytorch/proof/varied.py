"""Random values for the tensors that begin with one value: zeros and ones would hide what is not the same."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from math import prod
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from cnncalc.graph import Graph
from cnncalc.pytorch.proof.weights import CarriedWeight, named_tensors

# The variances of a norm are between these powers of 10: for the small ones its eps counts.
LEAST_POWER = -5.0
# The eps of most norms.
USUAL_EPS = 1e-5
# Initialisers of PyTorch that draw random numbers: methods of a tensor, and functions of `torch.nn.init`.
DRAWING = frozenset({"uniform_", "normal_", "trunc_normal_", "bernoulli_", "exponential_", "erfinv_"}) | {
    f"{kind}_{values}_" for kind in ("kaiming", "xavier") for values in ("uniform", "normal")
}


@torch.no_grad()
def vary(
    source: nn.Module, all_carried: Iterable[CarriedWeight], graph: Graph, random: torch.Generator
) -> None:
    """Change the parameters that have one value everywhere, and the statistics of norms, to random values.

    Buffers that no norm has stay: positions, masks and filters are constants of the source. Variances go down to
    1e-5, where the eps of a norm counts; the factors that such a norm learns are as small, so its output is neither
    large nor small.
    """
    tensors = named_tensors(source)
    for name, parameter in source.named_parameters():
        if parameter.is_floating_point() and constant(parameter):
            tensors[name].copy_(_drawn(parameter, random))
    all_carried = list(all_carried)
    scales: dict[int, str] = {}
    roles: dict[str, str] = {}
    for item in all_carried:
        roles[item.of.name] = item.role
        if item.role == "weight":
            scales[item.node] = item.of.name
    owners = {item.of.name: item.node for item in all_carried if item.role == "running_var"}
    eps = {index: _eps(graph, index) for index in owners.values()}
    for name, buffer in source.named_buffers():
        role = roles.get(name) or name.rpartition(".")[2]
        if role == "running_mean":
            buffer.copy_(torch.randn(buffer.shape, generator=random) / 10)
        elif role == "running_var":
            owner = owners.get(name, -1)
            _vary_variance(buffer, tensors.get(scales.get(owner, "")), eps.get(owner, USUAL_EPS), random)


def _eps(graph: Graph, index: int) -> float:
    fit = graph.nodes[index].fit
    return float(getattr(None if fit is None else fit.layer, "eps", USUAL_EPS))


def _vary_variance(variance: Tensor, scale: Tensor | None, eps: float, random: torch.Generator) -> None:
    """Random variances; with factors of their size, as a norm that is trained has them."""
    if scale is None or scale.shape != variance.shape:
        variance.copy_(torch.rand(variance.shape, generator=random) + 0.5)
        return
    values = 10 ** (torch.rand(variance.shape, generator=random) * LEAST_POWER)
    variance.copy_(values)
    factors = torch.rand(variance.shape, generator=random) + 0.5
    scale.copy_(factors * (values + eps).sqrt())


def constant(tensor: Tensor) -> bool:
    """Whether all values of a tensor are one value (no value is enough)."""
    return tensor.numel() == 0 or bool(tensor.min() == tensor.max())


def _drawn(parameter: Tensor, random: torch.Generator) -> Tensor:
    """Random values where zeros or ones are: around 1 for factors, around 0 for shifts, small for filters."""
    if parameter.numel() and parameter.flatten()[0] != 0:
        return torch.rand(parameter.shape, generator=random) + 0.5
    fan_in = prod(parameter.shape[1:]) if parameter.dim() > 1 else 100
    return torch.randn(parameter.shape, generator=random) * max(fan_in, 1) ** -0.5  # type: ignore[no-any-return]


@torch.no_grad()
def strengthen(source: nn.Module, random: torch.Generator) -> None:
    """Draw all filters and matrices so that values keep their size from layer to layer (He et al. 2015, without norms).

    For a network whose own initial values let the images vanish: its outputs would be equal whatever is in between.
    """
    for parameter in source.parameters():
        if parameter.dim() > 1 and parameter.is_floating_point():
            fan_in = max(prod(parameter.shape[1:]), 1)
            parameter.copy_(torch.randn(parameter.shape, generator=random) * (2 / fan_in) ** 0.5)


class _Undrawn(TorchFunctionMode):
    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        named = kwargs or {}
        tensor = args[0] if args else named.get("tensor")
        if getattr(func, "__name__", "") in DRAWING and isinstance(tensor, Tensor):
            return tensor
        return func(*args, **named)


@contextmanager
def undrawn() -> Iterator[None]:
    """Modules that are made in it keep whatever is in memory where they would draw: their weights come later."""
    with _Undrawn():
        yield

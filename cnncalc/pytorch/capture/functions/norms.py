"""Normalisations."""

from typing import Any

from torch.nn.modules.batchnorm import _NormBase as NormBase

from cnncalc.pytorch.capture.drafting import Drafting
from cnncalc.pytorch.capture.mapping import Unmapped, maps
from cnncalc.pytorch.capture.values import Own, Value


def scale_and_shift(
    drafting: Drafting, weight: Any, bias: Any
) -> tuple[dict[str, Own | None], dict[str, Any]]:
    """The parameters of a norm, and the fields that say which of them it has."""
    if weight is None and bias is not None:
        raise Unmapped("it has a shift but no scale")
    own = {
        "weight": None if weight is None else drafting.weight(weight, "its scale"),
        "bias": None if bias is None else drafting.weight(bias, "its shift"),
    }
    if weight is None:
        return own, {"affine": False}
    return own, {} if bias is not None else {"bias": False}


@maps("batch_norm")
def batch_norm(
    drafting: Drafting,
    input: Any,
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: float | None = 0.1,
    eps: float = 1e-5,
) -> Value:
    own, fields = scale_and_shift(drafting, weight, bias)
    value = drafting.channels_at(drafting.value(input), 1)
    if running_mean is None:
        fields["track"] = False
        momentum = None
    else:
        own |= {"running_mean": drafting.own(running_mean), "running_var": drafting.own(running_var)}
    return drafting.elementwise(
        "bn",
        value,
        eps=None if eps == 1e-5 else eps,
        momentum=_momentum(drafting, momentum),
        weights=own,
        **fields,
    )


def _momentum(drafting: Drafting, momentum: float | None) -> float | None:
    """The field `momentum`. A module whose momentum is None gives 0 to the function, and another number in training."""
    module = drafting.module
    if isinstance(module, NormBase) and module.momentum is None:
        drafting.notes.running_average(drafting.place)
        return None
    return None if momentum in (0.1, None) else momentum


@maps("layer_norm")
def layer_norm(
    drafting: Drafting,
    input: Any,
    normalized_shape: Any,
    weight: Any = None,
    bias: Any = None,
    eps: float = 1e-5,
    cudnn_enable: bool = True,
) -> Value:
    own, fields = scale_and_shift(drafting, weight, bias)
    if len(normalized_shape) != 1:
        raise Unmapped("it normalises several axes together")
    value = drafting.channels_at(drafting.value(input), -1)
    if len(value.dims) == 2 and value.rank:
        value = drafting.in_order(value)
    type = "ln" if value.rank < 2 else "ln2d"
    return drafting.elementwise(type, value, eps=None if eps == 1e-5 else eps, weights=own, **fields)


@maps("rms_norm")
def rms_norm(
    drafting: Drafting, input: Any, normalized_shape: Any, weight: Any = None, eps: float | None = None
) -> Value:
    if len(normalized_shape) != 1:
        raise Unmapped("it normalises several axes together")
    own = None if weight is None else drafting.weight(weight, "its scale")
    value = drafting.channels_at(drafting.value(input), -1)
    return drafting.elementwise(
        "rms_norm", value, eps=eps, affine=None if own else False, weights={"weight": own}
    )


@maps("group_norm")
def group_norm(
    drafting: Drafting,
    input: Any,
    num_groups: int,
    weight: Any = None,
    bias: Any = None,
    eps: float = 1e-5,
    cudnn_enabled: bool = True,
) -> Value:
    own, fields = scale_and_shift(drafting, weight, bias)
    value = drafting.channels_at(drafting.value(input), 1)
    if not value.dims[0] or value.dims[0] != value.axes[0]:
        raise Unmapped("the images of the batch are not its first dimension")
    return drafting.elementwise(
        "gn", value, groups=num_groups, eps=None if eps == 1e-5 else eps, weights=own, **fields
    )


@maps("instance_norm")
def instance_norm(
    drafting: Drafting,
    input: Any,
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
    cudnn_enabled: bool = True,
) -> Value:
    own, fields = scale_and_shift(drafting, weight, bias)
    fields = {"affine": True, **fields} if weight is not None else {}
    if running_mean is not None:
        own |= {"running_mean": drafting.own(running_mean), "running_var": drafting.own(running_var)}
        fields["track"] = True
    value = drafting.channels_at(drafting.value(input), 1)
    if value.dims[0] != value.axes[0]:
        raise Unmapped("the images of the batch are not its first dimension")
    return drafting.elementwise(
        "instance_norm",
        value,
        eps=None if eps == 1e-5 else eps,
        momentum=None if running_mean is None else _momentum(drafting, momentum),
        weights=own,
        **fields,
    )


@maps("normalize")
def normalize(
    drafting: Drafting, input: Any, p: float = 2.0, dim: int = 1, eps: float = 1e-12, out: Any = None
) -> Value:
    if p != 2:
        raise Unmapped(f"a norm of the order {p}")
    value = drafting.channels_at(drafting.value(input), dim)
    return drafting.elementwise("l2_norm", value, eps=None if eps == 1e-12 else eps)


@maps("local_response_norm")
def local_response_norm(
    drafting: Drafting, input: Any, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Value:
    value = drafting.channels_at(drafting.value(input), 1)
    return drafting.elementwise("lrn", value, size=size, alpha=alpha, beta=beta, k=k)

"""PyTorch's modules: which of their arguments are written by position, and which are left out as their defaults."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from cnncalc.exporters.torch_source.own import own_arguments, passes_on

WINDOW = {"stride": 1, "padding": 0, "dilation": 1}
CONV = {**WINDOW, "groups": 1, "bias": True, "padding_mode": "zeros"}
POOL = {"padding": 0, "dilation": 1, "return_indices": False, "ceil_mode": False}
STATISTICS = {"eps": 1e-05, "momentum": 0.1, "affine": True, "track_running_stats": True}


class Signature(NamedTuple):
    """The arguments that are written by position, and the defaults of the others."""

    positional: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = {}


# By name without the number of axes. tests/exporters/torch_source/test_calls.py compares each with PyTorch.
SIGNATURES = {
    "nn.Conv": Signature(("in_channels", "out_channels", "kernel_size"), CONV),
    "nn.ConvTranspose": Signature(
        ("in_channels", "out_channels", "kernel_size"), {**CONV, "output_padding": 0}
    ),
    "nn.Linear": Signature(("in_features", "out_features"), {"bias": True}),
    "nn.BatchNorm": Signature(("num_features",), STATISTICS),
    "nn.InstanceNorm": Signature(
        ("num_features",), {**STATISTICS, "affine": False, "track_running_stats": False}
    ),
    "nn.GroupNorm": Signature(("num_groups", "num_channels"), {"eps": 1e-05, "affine": True}),
    "nn.LayerNorm": Signature(
        ("normalized_shape",), {"eps": 1e-05, "elementwise_affine": True, "bias": True}
    ),
    "nn.RMSNorm": Signature(("normalized_shape",), {"eps": None, "elementwise_affine": True}),
    "nn.LocalResponseNorm": Signature(("size",), {"alpha": 0.0001, "beta": 0.75, "k": 1.0}),
    "nn.MaxPool": Signature(("kernel_size",), POOL),
    "nn.AvgPool": Signature(
        ("kernel_size",),
        {"padding": 0, "ceil_mode": False, "count_include_pad": True, "divisor_override": None},
    ),
    "nn.LPPool": Signature(("norm_type", "kernel_size"), {"ceil_mode": False}),
    "nn.AdaptiveAvgPool": Signature(("output_size",)),
    "nn.AdaptiveMaxPool": Signature(("output_size",), {"return_indices": False}),
    "nn.Dropout": Signature(("p",), {"inplace": False}),
    "nn.Flatten": Signature((), {"start_dim": 1, "end_dim": -1}),
    "nn.ReLU": Signature((), {"inplace": False}),
    "nn.ReLU6": Signature((), {"inplace": False}),
    "nn.SiLU": Signature((), {"inplace": False}),
    "nn.Mish": Signature((), {"inplace": False}),
    "nn.Hardswish": Signature((), {"inplace": False}),
    "nn.Hardsigmoid": Signature((), {"inplace": False}),
    "nn.SELU": Signature((), {"inplace": False}),
    "nn.Hardtanh": Signature((), {"min_val": -1.0, "max_val": 1.0, "inplace": False}),
    "nn.ELU": Signature((), {"alpha": 1.0, "inplace": False}),
    "nn.LeakyReLU": Signature(("negative_slope",), {"inplace": False}),
    "nn.GELU": Signature((), {"approximate": "none"}),
    "nn.Softplus": Signature((), {"beta": 1.0, "threshold": 20.0}),
    "nn.PReLU": Signature((), {"num_parameters": 1, "init": 0.25}),
    "nn.GLU": Signature((), {"dim": -1}),
    "nn.PixelShuffle": Signature(("upscale_factor",)),
    "nn.PixelUnshuffle": Signature(("downscale_factor",)),
    "nn.Upsample": Signature(
        (), {"size": None, "scale_factor": None, "mode": "nearest", "align_corners": None}
    ),
    "nn.ZeroPad": Signature(("padding",)),
    "nn.ReflectionPad": Signature(("padding",)),
    "nn.ReplicationPad": Signature(("padding",)),
    "nn.CircularPad": Signature(("padding",)),
    "nn.ConstantPad": Signature(("padding", "value")),
}
# The arguments that are channels, of what enters or of what leaves a module.
ENTERING = frozenset(
    (
        "in_channels",
        "in_features",
        "num_features",
        "num_channels",
        "normalized_shape",
        "channels",
        "embed_dim",
    )
)
LEAVING = ("out_channels", "out_features")
# The fields of layers that an argument of another name comes from.
FIELDS = {
    "out_channels": ("filters", "units"),
    "out_features": ("units",),
    "kernel_size": ("kernel", "patch"),
    "num_heads": ("heads",),
    "num_groups": ("groups",),
}


def signature(target: str) -> Signature:
    """What is known of the arguments of a module."""
    room, _, name = target.partition(".")
    if room == "own":
        return Signature(*own_arguments(name))
    return SIGNATURES.get(target) or SIGNATURES.get(re.sub(r"[123]d$", "", target)) or Signature()


def uniform(value: Any) -> Any:
    """A value for each axis as one number, if all are equal: PyTorch takes either."""
    if isinstance(value, tuple | list) and len(set(value)) == 1:
        return value[0]
    return value


# What is written for each axis in other arguments has a meaning of its own: the padding of a padding module is for each
# side.
PER_AXIS = frozenset(
    ("kernel_size", "stride", "padding", "dilation", "output_padding", "output_size", "scale_factor")
)


def plain(target: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a call as they are written: one number in place of equal ones."""
    pads = "Pad" in target
    own = target.startswith("own.") and not passes_on(target.removeprefix("own."))
    return {
        name: uniform(value) if name in PER_AXIS and not pads and not own else value
        for name, value in arguments.items()
    }

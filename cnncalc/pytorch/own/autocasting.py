"""What autocast does to operations of PyTorch, for modules of our own that take several steps."""

import torch
from torch import Tensor


def autocasts(tensor: Tensor) -> bool:
    """Whether autocast is on for the device of a tensor. (Some devices, such as `meta`, have none.)"""
    kind = tensor.device.type
    return torch.amp.is_autocast_available(kind) and torch.is_autocast_enabled(kind)


def as_multiplied(tensor: Tensor) -> Tensor:
    """A tensor in the type that autocast gives to products."""
    return (
        tensor.to(torch.get_autocast_dtype(tensor.device.type))
        if autocasts(tensor)
        else tensor
    )


def in_full(tensor: Tensor) -> Tensor:
    """A tensor in float32 under autocast, as norms on CUDA: all that is computed from it is too."""
    return tensor.float() if autocasts(tensor) else tensor

"""Finds the input of a model by trying: the sizes that its code or its configuration names, then the usual ones."""

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from torch import nn

# Sides of images that networks are made for.
USUAL = (224, 256, 299, 384, 32, 28, 64, 128, 192, 240, 288, 320, 416, 448, 512, 640)
LENGTHS = (16000, 1024, 256, 128, 64)
FRAMES = ((16, 112, 112), (16, 224, 224), (8, 224, 224), (32, 32, 32), (16, 64, 64))
NAMES = ("input_size", "image_size", "img_size", "input_shape", "crop_size", "min_size")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A shape to try (channels first, without the batch), and where it comes from."""

    shape: tuple[int, ...]
    why: str


def candidates(module: nn.Module) -> Iterator[Candidate]:
    """Shapes to try, the likeliest first."""
    seen: set[tuple[int, ...]] = set()
    for candidate in _all(module):
        if candidate.shape not in seen and all(size > 0 for size in candidate.shape):
            seen.add(candidate.shape)
            yield candidate


def _all(module: nn.Module) -> Iterator[Candidate]:
    channels, rank = first_layer(module)
    for value, why in _named(module):
        shape = _shape(value, channels, rank)
        if shape is not None:
            yield Candidate(shape, why)
    if rank == 0:
        yield Candidate((channels,), "the features of its first layer")
    usual: dict[int, list[tuple[int, ...]]] = {
        1: [(side,) for side in LENGTHS],
        2: [(side, side) for side in USUAL],
        3: list(FRAMES),
    }
    for sizes in usual.get(rank, []):
        yield Candidate((channels, *sizes), "a usual size that it runs with")


def first_layer(module: nn.Module) -> tuple[int, int]:
    """The channels and the number of spatial axes that the first layer with weights takes; 3 and 2 where unknown."""
    for part in module.modules():
        if isinstance(part, nn.Conv1d | nn.Conv2d | nn.Conv3d):
            return part.in_channels, len(part.kernel_size)
        if isinstance(part, nn.Linear):
            return part.in_features, 0
    return 3, 2


def _named(module: nn.Module) -> Iterator[tuple[Any, str]]:
    """Sizes that the configuration or the arguments of a model name."""
    for attribute in ("pretrained_cfg", "default_cfg", "config"):
        settings = getattr(module, attribute, None)
        if settings is None:
            continue
        for name in NAMES:
            value = settings.get(name) if isinstance(settings, dict) else getattr(settings, name, None)
            if value is not None:
                yield value, f"`{name}` of its configuration"
    for part in (module, *module.children()):
        for name in NAMES:
            value = getattr(part, name, None)
            if value is not None:
                yield value, f"its attribute `{name}`"
    try:
        parameters = inspect.signature(type(module)).parameters
    except (TypeError, ValueError):
        return
    for name in NAMES:
        if name in parameters and parameters[name].default is not inspect.Parameter.empty:
            yield parameters[name].default, f"the default of its argument `{name}`"


def _shape(value: Any, channels: int, rank: int) -> tuple[int, ...] | None:
    """A size in any form as a shape: 224, [224, 224], (3, 224, 224)."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return (channels, *(value,) * rank) if rank else None
    try:
        sizes = tuple(value)
    except TypeError:
        return None
    if not all(isinstance(size, int) for size in sizes):
        return None
    if len(sizes) == rank + 1:
        return sizes
    return (channels, *sizes) if len(sizes) == rank and rank else None

"""The inputs that a module may take: the sizes that it or its configuration names, then the usual ones."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from torch import nn

from cnncalc.shape import Shape

# Sides of images, the most usual first.
USUAL = (224, 256, 299, 384, 512, 128, 96, 64, 32, 28)
# Sides of volumes, and lengths of sequences, for networks of three axes and of one.
USUAL_OF_RANK = {1: (1024, 256, 4096, 128, 16000), 2: USUAL, 3: (64, 32, 112, 128, 16)}
# Attributes of a module, or keys of its configuration, that name a size.
NAMED = ("input_size", "img_size", "image_size", "default_cfg", "pretrained_cfg", "config")


def candidates(module: nn.Module, known: Sequence[Any] = ()) -> list[Shape]:
    """Shapes to try, in order, each once; `known` are sizes that the module's library names."""
    channels, rank = first_layer(module)
    if rank == 0:
        return [Shape(channels)]
    shapes = [
        shape
        for size in (*known, *named_sizes(module))
        if (shape := _shape(size, channels, rank)) is not None
    ]
    shapes += [Shape(channels, (side,) * rank) for side in USUAL_OF_RANK[rank]]
    return list(dict.fromkeys(shapes))


def first_layer(module: nn.Module) -> tuple[int, int]:
    """The channels that the first layer with weights reads, and its number of axes (0: features)."""
    kinds: Mapping[type[nn.Module], int] = {nn.Conv1d: 1, nn.Conv2d: 2, nn.Conv3d: 3, nn.Linear: 0}
    for part in module.modules():
        for kind, rank in kinds.items():
            if isinstance(part, kind):
                channels: int = getattr(part, "in_features" if rank == 0 else "in_channels")
                return channels, rank
    return 3, 2


def named_sizes(module: nn.Module) -> Iterator[Any]:
    """The sizes that a module's attributes name: a number, or numbers with the channels first."""
    parts = [module, *module.children()]
    for part in parts:
        for name in NAMED:
            yield from _sizes(getattr(part, name, None))


def _sizes(value: Any) -> Iterator[Any]:
    if isinstance(value, int) or (
        isinstance(value, tuple | list) and value and all(isinstance(size, int) for size in value)
    ):
        yield value
    elif value is not None and not isinstance(value, str | bytes | float | nn.Module):
        for name in ("input_size", "img_size", "image_size"):
            inside = value.get(name) if isinstance(value, Mapping) else getattr(value, name, None)
            if inside is not None and inside is not value:
                yield from _sizes(inside)


def _shape(size: Any, channels: int, rank: int) -> Shape | None:
    sides = (size,) * rank if isinstance(size, int) else tuple(size)
    if len(sides) == rank + 1:
        channels, *sides = sides  # type: ignore[assignment]
    if len(sides) == 1:
        sides = tuple(sides) * rank
    if len(sides) != rank or min(sides) < 1:
        return None
    return Shape(channels, tuple(sides))

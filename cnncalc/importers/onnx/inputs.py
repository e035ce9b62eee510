"""The inputs of a graph: their shapes, and which of their axes are the batch and the channels."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from cnncalc.importers.onnx import faults
from cnncalc.importers.onnx.model import Model
from cnncalc.shape import Shape

# Types of values that are no image: integers of 32 and 64 bits, text, truth values.
NO_IMAGES = (6, 7, 8, 9, 12, 13)
# Channels of an image at most, where the last axis may be the channels.
FEW = 4


class Given(NamedTuple):
    """An input: its shape, and how its tensor has it (`order` are the axes of the tensor, 0 is the batch)."""

    name: str
    shape: Shape
    batch: int
    order: tuple[int, ...]
    sizes: tuple[int, ...]
    element: int


def shapes_of(model: Model, asked: "Mapping[str, Shape | int]") -> list[Given]:
    """The inputs with their sizes: those of the file, or those that are asked for. Raises `Unreadable`."""
    stated = [item for item in model.graph.input if item.name not in model.initializers]
    read = [item for item in stated if model.readers[item.name]]
    if not read:
        raise model.unreadable(faults.NO_IMAGE, "the graph reads no input", "export the model with its input")
    own = named([item.name for item in read])
    theirs = [item.name for item in read]
    for name in asked:
        if name and name not in own and name not in theirs:
            message = f"there is no input `{name}`"
            raise model.unreadable(faults.NO_SIZE, message, f"the inputs are: {', '.join(theirs)}")
    only = asked.get("") if len(read) == 1 else None
    return [
        _given(model, item, asked.get(name) or asked.get(item.name) or only)
        for item, name in zip(read, own, strict=True)
    ]


def _given(model: Model, item: Any, asked: Shape | int | None) -> Given:
    kind = item.type.tensor_type
    if not item.type.HasField("tensor_type") or kind.elem_type in NO_IMAGES:
        raise model.unreadable(
            faults.NO_IMAGE,
            f"the input `{item.name}` has integers, truth values or text, and is no image",
            "cnncalc describes networks that read images, sequences or features",
        )
    axes = [
        axis.dim_value if axis.HasField("dim_value") and axis.dim_value > 0 else None
        for axis in kind.shape.dim
    ]
    if not kind.HasField("shape") and isinstance(asked, Shape):
        axes = [None] * (asked.rank + 2)
    if not kind.HasField("shape") or not 2 <= len(axes) <= 5:
        many = f"{len(axes)} axes" if kind.HasField("shape") else "no shape"
        raise model.unreadable(
            faults.NO_IMAGE,
            f"the input `{item.name}` has {many}; an image has a batch, channels and one to three other axes",
            "export the model with an input of that kind, or give the shape with `--input`",
        )
    batch = axes[0] or 1
    order = _order(model, item.name, axes)
    own = [axes[order.index(axis)] for axis in range(1, len(axes))]
    if isinstance(asked, int):
        # Every side; the channels stay those of the file.
        own = [own[0], *([asked] * (len(own) - 1))] if len(own) > 1 else [asked]
        asked = None
    if asked is not None:
        if asked.rank + 2 != len(axes):
            raise model.unreadable(
                faults.NO_SIZE,
                f"the input `{item.name}` has {len(axes) - 2} axes beside batch and channels, `--input` {asked.rank}",
                f"give {len(axes) - 2} sizes and the channels",
            )
        shape = asked
    else:
        missing = [axis for axis, size in zip(range(1, len(axes)), own, strict=True) if size is None]
        if missing:
            labels = [axis.dim_param or "?" for axis in kind.shape.dim]
            words = " x ".join(
                name if size is None else str(size) for name, size in zip(labels, axes, strict=True)
            )
            example = "x".join(["224"] * (len(axes) - 2) + [str(own[0] or 3)])
            raise model.unreadable(
                faults.NO_SIZE,
                f"the input `{item.name}` is {words}: {len(missing)} of its axes have no size",
                f"give it with `--input {example}`",
            )
        sizes = [size or 1 for size in own]
        shape = Shape(sizes[0], tuple(sizes[1:]))
    full = (batch, *shape.torch)
    return Given(item.name, shape, batch, order, tuple(full[axis] for axis in order), kind.elem_type)


def _order(model: Model, name: str, axes: list[int | None]) -> tuple[int, ...]:
    """The axes of the tensor: channels first, unless the sizes, or what reads it, say that they are last."""
    usual = tuple(range(len(axes)))
    last = (0, *range(2, len(axes)), 1)
    if len(axes) < 4:
        return usual
    for node in model.graph.node:
        if name in node.input:
            perm = next((list(item.ints) for item in node.attribute if item.name == "perm"), None)
            if node.op_type == "Transpose" and perm == [0, len(axes) - 1, *range(1, len(axes) - 1)]:
                return last
            if node.op_type == "Conv":
                return usual
    if model.is_of_torch:
        return usual
    end = axes[-1]
    large = all(size is None or size > FEW for size in axes[1:-1])
    return last if end is not None and end <= FEW and large else usual


def named(names: list[str]) -> list[str]:
    """The names of inputs as a spec can have them; the only one is called `input`."""
    if len(names) == 1:
        return ["input"]
    result: list[str] = []
    for name in names:
        word = re.sub(r"[^A-Za-z0-9_-]+", "_", name).strip("_-") or "input"
        word = word if word[0].isalpha() and word not in ("in", "prev") else f"input_{word}"
        while word in result:
            word += "_2"
        result.append(word)
    return result

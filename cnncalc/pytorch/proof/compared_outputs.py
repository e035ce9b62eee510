"""Outputs of both networks, compared: the largest difference as a part of the largest value."""

from collections.abc import Sequence

import torch
from torch import Tensor

from cnncalc.pytorch.proof.outcome import OutputMatch

# Outputs that vary less from image to image, as a part of their size, say too little about what is in between.
LEAST_SPREAD = 1e-3


def match(name: str, ours: Tensor, theirs: Tensor) -> OutputMatch:
    """An output of our model against that of the source, which may have the channels last."""
    shape, other = tuple(ours.shape[1:]), tuple(theirs.shape[1:])
    if shape != other:
        moved = theirs.movedim(-1, 1) if theirs.dim() > 2 else theirs
        if moved.shape != ours.shape:
            return OutputMatch(name, shape, other, None, False)
        theirs = moved
    if torch.equal(ours, theirs.to(ours.dtype)) and bool(theirs.isfinite().all()):
        return OutputMatch(name, shape, other, 0.0, True)
    difference = float((ours.double() - theirs.double()).abs().max())
    size = max(float(theirs.abs().max()), float(ours.abs().max()))
    finite = difference < float("inf")
    return OutputMatch(name, shape, other, difference / size if finite else None, False)


def distinct(tensors: Sequence[Tensor], count: int) -> list[Tensor]:
    """The tensors of an output; each once where the source returns one several times and `count` are different."""
    if len(tensors) <= count:
        return list(tensors)
    once: dict[int, Tensor] = {id(tensor): tensor for tensor in tensors}
    return list(once.values()) if len(once) == count else list(tensors)


def spread(outputs: Sequence[Tensor]) -> float:
    """How much the outputs differ from image to image, as a part of their size: the largest of all outputs."""
    return max((_spread(output) for output in outputs if output.numel()), default=0.0)


def _spread(output: Tensor) -> float:
    size = float(output.abs().max())
    return float((output[0] - output[-1]).abs().max()) / size if size and size < float("inf") else 0.0

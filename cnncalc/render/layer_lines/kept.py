"""What PyTorch keeps of a layer for its backward pass: of a max pooling the indices, the course's switches."""

from collections.abc import Iterator

from cnncalc.exact import counted
from cnncalc.graph import BoundLayer
from cnncalc.layers import Tensor


def kept(fit: BoundLayer) -> Iterator[tuple[str, str]]:
    """One line: `its input, indices (69,984 values, int64)`."""
    tensors = ", ".join(
        "the indices of its pooling" if item == 1 and fit.layer.reads_indices else _name(item)
        for item in fit.layer.keeps(fit.inputs)
    )
    yield "for backward", f"autograd keeps {tensors}" if tensors else "autograd keeps nothing"


def _name(item: int | str | Tensor) -> str:
    if isinstance(item, Tensor):
        return f"{item.name} ({counted(item.size, 'value')}{', ' + item.dtype if item.dtype else ''})"
    return "its output" if item == "output" else "its input" if item == 0 else f"operand {int(item) + 1}"

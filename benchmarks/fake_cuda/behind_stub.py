"""Measuring in the environment of the CUDA build: what it needs so that fake tensors on `cuda` run without a GPU."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from benchmarks._tracker import tracked
from benchmarks.fake_cuda.cases import PRECISIONS, RUNS, Line
from cnncalc.graph import Graph


@contextmanager
def without_gpu(torch: Any) -> Iterator[None]:
    """PyTorch asks for no device where it need not, enters autocast for CUDA, and runs gradients in this thread."""
    with (
        torch.autograd.set_multithreading_enabled(False),
        patch.object(torch.cuda, "is_available", lambda: False),
        patch.object(torch.cuda, "is_bf16_supported", lambda *_, **__: True),
        patch.object(torch.cuda.amp.common, "amp_definitely_not_available", lambda: False),
        # Where fake tensors are filled, only their shapes matter.
        patch.object(torch.nn.init, "trunc_normal_", lambda tensor, *_, **__: tensor),
    ):
        yield


def on_cuda(torch: Any, model: Any) -> Any:
    """A model of fake tensors with parameters and buffers on `cuda`: fake tensors can't be moved, so they are new."""
    moved: dict[Any, Any] = {}
    for module in model.modules():
        for name, weight in module._parameters.items():
            if weight is None:
                continue
            if weight not in moved:
                empty = torch.empty(weight.shape, dtype=weight.dtype, device="cuda")
                moved[weight] = torch.nn.Parameter(empty, requires_grad=weight.requires_grad)
            module._parameters[name] = moved[weight]
        for name, buffer in module._buffers.items():
            if buffer is not None:
                module._buffers[name] = torch.empty(buffer.shape, dtype=buffer.dtype, device="cuda")
    return model


def types(torch: Any, precision: str) -> dict[str, Any]:
    """A precision's options for `prepare`: PyTorch's own types."""
    return {name: getattr(torch, kind) for name, kind in PRECISIONS[precision].items()}


def peaks(torch: Any, graphs: dict[str, Graph], line: Line) -> dict[str, dict[str, int]]:
    """Bytes at the peak of a network, by run and precision."""
    with without_gpu(torch):
        return {
            run: {
                precision: tracked(
                    torch,
                    graphs[line.case(run).mode],
                    line.case(run),
                    quick=True,
                    device="cuda",
                    built_on="cpu",
                    change=lambda model: on_cuda(torch, model),
                    **types(torch, precision),
                )
                for precision in PRECISIONS
            }
            for run in RUNS
        }

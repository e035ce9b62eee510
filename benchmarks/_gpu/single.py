"""Cases of single operations: the context, the workspaces of cuBLAS, batch norm's reserve, attention's kernels."""

import gc
from contextlib import nullcontext
from typing import Any

import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from benchmarks._gpu.hardware import Hardware
from benchmarks._gpu.networks import prepared
from benchmarks._gpu.plan import ATTENTIONS

KERNELS = {
    name: getattr(SDPBackend, backend)
    for name, backend in {
        "flash": "FLASH_ATTENTION",
        "efficient": "EFFICIENT_ATTENTION",
        "cudnn": "CUDNN_ATTENTION",
        "math": "MATH",
    }.items()
    if hasattr(SDPBackend, backend)
}


def context(hardware: Hardware) -> dict[str, Any]:
    """The device's used memory less what is reserved: at the start of the process, and after a network has run."""
    before = hardware.outside()
    step = prepared(hardware, "resnet18" if hardware.counted else "lenet5", "training", 2).step
    step()
    hardware.wait()
    del step
    hardware.clean()
    return {"before_kernels": before, "after_kernels": hardware.outside()}


def cublas(hardware: Hardware) -> dict[str, Any]:
    """Bytes that stay allocated after a matrix product and after its backward pass, when all tensors are gone."""
    return {
        f"{name} {dtype}": _left(hardware, getattr(torch, dtype), bias)
        for name, bias in (("matmul", False), ("linear with bias", True))
        for dtype in ("float32", "bfloat16")
    }


def _left(hardware: Hardware, dtype: torch.dtype, bias: bool) -> dict[str, int | None]:
    hardware.clean()
    layer = nn.Linear(64, 64, bias=bias, device=hardware.type, dtype=dtype)
    images = torch.zeros(64, 64, device=hardware.type, dtype=dtype, requires_grad=True)
    held = hardware.allocated()
    with torch.no_grad():
        layer(images)
    hardware.wait()
    forward = hardware.allocated()
    layer(images).sum().backward()
    hardware.wait()
    layer.zero_grad(set_to_none=True)
    images.grad = None
    gc.collect()
    return {"forward": _difference(forward, held), "backward": _difference(hardware.allocated(), held)}


def batch_norm(hardware: Hardware, shape: list[int], dtype: str, channels_last: bool) -> dict[str, Any]:
    """What batch norm keeps for its backward pass beside its input, and cuDNN's reserve among it."""
    ordered = torch.channels_last if channels_last else torch.contiguous_format
    values = torch.zeros(shape, device=hardware.type, dtype=getattr(torch, dtype)).to(memory_format=ordered)
    values.requires_grad_()
    layer = nn.BatchNorm2d(shape[1], device=hardware.type)
    before = hardware.allocated()
    output = layer(values) if hardware.counted or dtype == "float32" else layer(values.float())
    hardware.wait()
    row: dict[str, Any] = {
        "output": output.numel() * output.element_size(),
        "allocated": _difference(hardware.allocated(), before),
        "node": type(output.grad_fn).__name__,
    }
    if hardware.counted:
        parameters = (layer.weight, layer.bias, layer.running_mean, layer.running_var)
        reserve = torch.cudnn_batch_norm(values.detach(), *parameters, True, 0.1, 1e-5)[3]
        row["cudnn_reserve"] = reserve.numel() * reserve.element_size()
    return row


def attention(hardware: Hardware, shape: str, dtype: str) -> dict[str, Any]:
    """The kernel that PyTorch chooses, and what each of them allocates; None for one that refuses."""
    batch, heads, positions, size, biased = ATTENTIONS[shape]
    if not hardware.counted:
        batch = 2
    place = {"device": hardware.type, "dtype": getattr(torch, dtype)}
    shape_of_all = (batch, heads, positions, size)
    query, key, value = tensors = [torch.randn(shape_of_all, **place, requires_grad=True) for _ in range(3)]
    bias = torch.randn(1, heads, positions, positions, **place) if biased else None
    gradient = torch.ones(shape_of_all, **place)
    chosen = int(torch._fused_sdp_choice(query, key, value, bias, 0.0, False))
    names = {
        int(backend.value if hasattr(backend, "value") else backend): name
        for name, backend in KERNELS.items()
    }
    rows: dict[str, Any] = {"auto": _attended(hardware, None, tensors, bias, gradient)}
    rows |= {name: _attended(hardware, backend, tensors, bias, gradient) for name, backend in KERNELS.items()}
    sizes = {"batch": batch, "heads": heads, "positions": positions, "size": size, "bias": biased}
    return {**sizes, "chosen": names.get(chosen, str(chosen)), "kernels": rows}


def _attended(
    hardware: Hardware, backend: Any, tensors: list[Any], bias: Any, gradient: Any
) -> dict[str, Any] | None:
    """Bytes above those of queries, keys, values, bias and gradient."""
    for tensor in tensors:
        tensor.grad = None
    hardware.clean()
    before = hardware.allocated()
    try:
        with nullcontext() if backend is None else sdpa_kernel(backend):
            query, key, value = tensors
            output: Any = nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=bias)
            hardware.wait()
            row = {
                "output": output.numel() * output.element_size(),
                "forward_peak": _difference(hardware.peak_allocated(), before),
                "kept": _difference(hardware.allocated(), before),
            }
            hardware.reset_peaks()
            output.backward(gradient)
            hardware.wait()
            row["backward_peak"] = _difference(hardware.peak_allocated(), before)
            return row
    except torch.OutOfMemoryError:
        raise
    except RuntimeError as error:
        if "No available kernel" in str(error) or "No viable backend" in str(error):
            return None
        raise


def _difference(now: int | None, before: int | None) -> int | None:
    return None if now is None or before is None else now - before

"""The operators that torchvision's Python code needs to be imported where its compiled part does not load."""

import torch

# The schemas that its import registers functions for.
SCHEMAS = {
    "nms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}


def define() -> None:
    """Defines each operator that is absent; one that is there stays as it is."""
    if _compiled():
        return
    for name, schema in SCHEMAS.items():
        if not _is_there(name):
            torch.library.define(f"torchvision::{name}", schema)


def _is_there(name: str) -> bool:
    return bool(torch._C._dispatch_has_kernel(f"torchvision::{name}")) or hasattr(torch.ops.torchvision, name)


def _compiled() -> bool:
    """Whether torchvision is imported already."""
    import sys

    return "torchvision" in sys.modules

"""The operators that torchvision's Python code needs to be imported where its compiled part does not load."""

import sys
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

import torch

# The schemas that its import registers functions for.
SCHEMAS = {
    "nms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}


def import_torchvision() -> ModuleType | None:
    """torchvision; None where it is not installed.

    Its operators are compiled for one build of torch. Where they do not load, its import fails for two that it
    registers functions for: these are defined, without a kernel, and it is imported again.
    """
    if find_spec("torchvision") is None:
        return None
    try:
        return import_module("torchvision")
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise
        _forget()
    for name, schema in SCHEMAS.items():
        if not _is_there(name):
            torch.library.define(f"torchvision::{name}", schema)
    return import_module("torchvision")


def _is_there(name: str) -> bool:
    try:
        getattr(torch.ops.torchvision, name)
    except AttributeError:
        return False
    return True


def _forget() -> None:
    """Removes what a failed import has left."""
    for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        del sys.modules[name]

"""Other tools on a torchvision model, each as its documentation has it: `python -m benchmarks._peers TOOL MODEL`."""

import sys
import warnings
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

# Operators that torchvision describes to torch as it is imported, whether or not its compiled part loads.
COMPILED = ("nms", "qnms")
SCHEMA = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
IMAGE = (1, 3, 224, 224)


def torchvision(torch: Any) -> Any:
    """torchvision, also where its compiled part was built for another build of torch."""
    module_spec = find_spec("torchvision")
    folder = Path(module_spec.origin).parent if module_spec and module_spec.origin else Path()
    for library in folder.glob("_C*"):
        try:
            torch.ops.load_library(library)
        except OSError:
            continue
    if not all(hasattr(torch.ops.torchvision, name) for name in COMPILED):
        for name in COMPILED:
            torch.library.define(f"torchvision::{name}", SCHEMA)
    return import_module("torchvision")


def torchinfo(model: str) -> str:
    """torchinfo's table, from a forward pass on the processor."""
    torch = import_module("torch")
    network = getattr(torchvision(torch).models, model)()
    return str(import_module("torchinfo").summary(network, input_size=IMAGE, verbose=0))


def torchinfo_meta(model: str) -> str:
    """The same on the meta device, where tensors have no values."""
    torch = import_module("torch")
    with torch.device("meta"):
        network = getattr(torchvision(torch).models, model)()
    return str(import_module("torchinfo").summary(network, input_size=IMAGE, device="meta", verbose=0))


def fvcore(model: str) -> str:
    """fvcore's table of parameters and multiply-adds, from a trace."""
    torch = import_module("torch")
    network = getattr(torchvision(torch).models, model)().eval()
    counting = import_module("fvcore.nn")
    return str(counting.flop_count_table(counting.FlopCountAnalysis(network, torch.zeros(IMAGE))))


TOOLS = {"torchinfo": torchinfo, "torchinfo-meta": torchinfo_meta, "fvcore": fvcore}

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    print(TOOLS[sys.argv[1]](sys.argv[2]))

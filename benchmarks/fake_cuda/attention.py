"""Single layers of attention on fake CUDA devices: which kernel PyTorch runs, and the bytes of both passes.

Every kernel, four types, six compute capabilities; heads of several widths, queries of one volume and of two, masks.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks._bench import ROOT
from benchmarks.fake_cuda.cases import CAPABILITIES, FAKE, FIRST, PRECISIONS, setup
from benchmarks.fake_cuda.measure import versions
from cnncalc.graph import Graph
from cnncalc.layers import layer_type
from cnncalc.shape import Shape
from cnncalc.vocabulary.attention_kernels import AUTO, KERNELS
from cnncalc.vocabulary.call import Call
from cnncalc.vocabulary.scaled_dot_product import GRAD_MASK_STEP
from tests.memory._replayed import network, replayed
from tests.memory._watched import Held, pytorch

RECORD = ROOT / "benchmarks" / "results" / "fake-cuda-attention.jsonl"
MODES = ("training", "inference")
# The operation of each kernel; without one of them the products are written out.
OPERATIONS = {
    "flash": "_scaled_dot_product_flash_attention.",
    "efficient": "_scaled_dot_product_efficient_attention.",
    "cudnn": "_scaled_dot_product_cudnn_attention.",
    "nn.MultiheadAttention": "_native_multi_head_attention",
}
BACKENDS = {
    "flash": "FLASH_ATTENTION",
    "efficient": "EFFICIENT_ATTENTION",
    "cudnn": "CUDNN_ATTENTION",
    "math": "MATH",
}
TOKENS, FEWER = Shape(16, (9,)), Shape(24, (5,))
LAYERS: dict[str, tuple[str, dict[str, Any], tuple[Shape, ...]]] = {
    **{
        f"heads of {width}": ("attention", {"heads": 2, "key_width": width}, (TOKENS,))
        for width in (32, 64, 72, 128, 256)
    },
    "heads of 6": ("attention", {"heads": 2, "key_width": 6}, (TOKENS,)),
    "wider values": ("attention", {"heads": 2, "key_width": 8, "value_width": 16}, (TOKENS,)),
    "two volumes": ("attention", {"heads": 2}, (TOKENS, FEWER)),
    "causal": ("attention", {"heads": 2, "causal": True}, (TOKENS,)),
    "a table": ("attention", {"heads": 2, "relative": "offsets"}, (Shape(16, (3, 5)),)),
    "a table of eights": ("attention", {"heads": 2, "relative": "offsets"}, (Shape(16, (4, 4)),)),
    "a causal table": ("attention", {"heads": 2, "relative": "distances", "causal": True}, (TOKENS,)),
    "without projections": ("attention", {"heads": 2, "project": False}, (TOKENS,) * 3),
    "nn.MultiheadAttention": ("self_attention", {"heads": 2}, (TOKENS,)),
    "heads of 6 in nn.MultiheadAttention": ("self_attention", {"heads": 2}, (Shape(12, (7,)),)),
    "rows": ("self_attention", {"heads": 2, "over": "width"}, (Shape(16, (3, 5)),)),
    "without biases": ("self_attention", {"heads": 3, "bias": False}, (Shape(24, (5,)),)),
}


class Case(NamedTuple):
    """A layer, the kernel that is asked for, and a capability."""

    layer: str
    kernel: str
    capability: str

    def graph(self, mode: str) -> Graph:
        """The network around it."""
        kind, fields, inputs = LAYERS[self.layer]
        return network(layer_type(kind)(**fields), inputs, mode, "ln2d", None)


def cases(capability: str) -> Iterator[Case]:
    """What is measured: PyTorch's choice for every capability, and every kernel for one."""
    for layer in LAYERS:
        for kernel in KERNELS if capability == FIRST[1] else (AUTO,):
            yield Case(layer, kernel, capability)


def measured(torch: Any, case: Case) -> dict[str, Any]:
    """A row of the record: by mode and type the kernel and the bytes, or nothing where PyTorch has no kernel."""
    return {
        **case._asdict(),
        "runs": {
            mode: {precision: _run(torch, case, mode, precision) for precision in PRECISIONS}
            for mode in MODES
        },
    }


def _run(torch: Any, case: Case, mode: str, precision: str) -> dict[str, Any] | None:
    from benchmarks.fake_cuda.behind_stub import on_cuda, without_gpu

    backends = torch.nn.attention.SDPBackend
    names = list(BACKENDS.values()) if case.kernel == AUTO else [BACKENDS[case.kernel]]
    log: list[str] = []
    types: dict[str, Any] = dict(PRECISIONS[precision])
    try:
        with without_gpu(torch), torch.nn.attention.sdpa_kernel([getattr(backends, name) for name in names]):
            figures = pytorch(
                torch,
                case.graph(mode),
                log.append,
                device="cuda",
                change=lambda model: on_cuda(torch, model),
                **types,
            )
    except RuntimeError as error:
        if "No available kernel" not in str(error):
            raise
        return None
    ran = (name for name, operation in OPERATIONS.items() if any(operation in line for line in log))
    return {"kernel": next(ran, "math"), "bytes": figures}


def predicted(case: Case, mode: str, precision: str) -> tuple[str | None, Held]:
    """The kernel and the bytes, from what the layer says."""
    run = setup("inference" if mode == "inference" else "sgd", precision, case.capability)
    options = {name: getattr(run, name) for name in ("autocast", "dtype", "capability", "torch")}
    held = replayed(case.graph(mode), backend=FAKE, attention=case.kernel, **options)
    kind, fields, inputs = LAYERS[case.layer]
    call = Call(
        mode == "training",
        "cuda",
        dtype=run.autocast or run.dtype,
        lower=run.autocast,
        capability=run.capability,
        attention=case.kernel,
    )
    return layer_type(kind)(**fields).attention_kernel(inputs, call), held


def read(path: Path = RECORD) -> list[dict[str, Any]]:
    """The rows of the record."""
    texts = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [row for row in map(json.loads, texts) if "made" not in row]


def differences(row: Mapping[str, Any]) -> Iterator[str]:
    """Each kernel and each figure of a row that is not as predicted."""
    case = Case(*(row[field] for field in Case._fields))
    for mode, runs in row["runs"].items():
        for precision, run in runs.items():
            if run is None:
                continue
            name, held = predicted(case, mode, precision)
            where = f"{case.layer}, {case.kernel}, {case.capability}, {mode}, {precision}"
            # The one operation of the module hides which kernel it runs.
            if run["kernel"] not in (name, "nn.MultiheadAttention"):
                yield f"{where}: {name}, and PyTorch runs {run['kernel']}"
            for fact, ours, theirs in zip(Held._fields, held, run["bytes"], strict=True):
                if ours - theirs not in (0, _after_the_last_row(case, precision) * (fact == "backward")):
                    yield f"{where}, {fact}: {ours - theirs:+,} of {theirs:,}"


def _after_the_last_row(case: Case, precision: str) -> int:
    """Bytes by which the storage of a fake gradient of a mask is shorter: the padding after its last row."""
    columns = LAYERS[case.layer][2][-1].positions
    return -columns % GRAD_MASK_STEP * (4 if precision == "float32" else 2)


def main() -> None:
    """In the environment of the CUDA build: a row for each case of a capability, and first what made them."""
    import torch

    capability = sys.argv[1]
    if capability == CAPABILITIES[0]:
        print(json.dumps({"made": versions(torch)}), flush=True)
    for case in cases(capability):
        print(json.dumps(measured(torch, case)), flush=True)


if __name__ == "__main__":
    main()

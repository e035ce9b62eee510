"""`python -m benchmarks.fake_cuda.measure`, in the environment of the CUDA build: a row of the record for each line.

Lines are read and rows are written as JSON: a network, a batch and a capability; and what they take. PyTorch asks for
the capability of the device once, so all lines have the same.
"""

import json
import sys
from typing import Any

import cnncalc
from benchmarks.fake_cuda.behind_stub import peaks
from benchmarks.fake_cuda.cases import Line


def versions(torch: Any) -> str:
    """What measures: PyTorch, and the CUDA and cuDNN that it was built with."""
    cudnn = torch.backends.cudnn.version()
    return f"torch {torch.__version__}, CUDA {torch.version.cuda}, cuDNN {cudnn}"


def main() -> None:
    import torch

    for asked in sys.stdin:
        line = Line(*json.loads(asked))
        graphs = {mode: cnncalc.load(line.network, mode=mode) for mode in ("inference", "training")}
        row = {**line._asdict(), "bytes": peaks(torch, graphs, line), "made": versions(torch)}
        print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()

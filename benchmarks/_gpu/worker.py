"""The process that measures: `python -m benchmarks._gpu.worker DEVICE`. It reads cases, and writes what came of each.

One JSON line in, one out. The first line out says which device it is. After an error that leaves the device unusable
the process ends: whoever started it starts another one.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import torch

from benchmarks._gpu.hardware import Hardware
from benchmarks._gpu.history import history
from benchmarks._gpu.networks import memory, speed, verify
from benchmarks._gpu.single import attention, batch_norm, context, cublas

KINDS: dict[str, Callable[..., dict[str, Any]]] = {
    "versions": Hardware.versions,
    "context": context,
    "cublas": cublas,
    "memory": memory,
    "history": history,
    "attention": attention,
    "batch_norm": batch_norm,
    "verify": verify,
    "speed": speed,
}


def measured(hardware: Hardware, kind: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """One line: `measured`, or `error` in words; and the seconds that it took."""
    begun = time.perf_counter()
    line: dict[str, Any]
    try:
        hardware.clean()
        line = {"measured": KINDS[kind](hardware, **arguments)}
    except torch.OutOfMemoryError:
        line = {"error": "out of memory"}
    except Exception as error:
        words = (str(error).strip() or "no message").splitlines()[0]
        line = {"error": f"{type(error).__name__}: {words}"[:400]}
    return {**line, "seconds": round(time.perf_counter() - begun, 3)}


def main(device: str) -> None:
    """Serve until there are no more cases."""
    answers = sys.stdout
    # What a library prints must not come between the answers.
    sys.stdout = sys.stderr
    if device == "cuda" and not torch.cuda.is_available():
        print(json.dumps({"device": None}), file=answers, flush=True)
        return
    hardware = Hardware(device)
    print(json.dumps({"device": hardware.name}), file=answers, flush=True)
    for text in sys.stdin:
        line = measured(hardware, **json.loads(text))
        print(json.dumps(line), file=answers, flush=True)
        if "CUDA error" in line.get("error", ""):
            return


if __name__ == "__main__":
    main(sys.argv[1])

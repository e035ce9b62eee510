"""The libraries that stand in for a driver, and an environment with PyTorch's CUDA build."""

import os
import subprocess
import sys
import tomllib
import venv
from collections.abc import Mapping
from pathlib import Path

from benchmarks._bench import ROOT, Failed
from benchmarks.fake_cuda.cases import TORCH

STUB = Path(__file__).with_name("stub")
# Where CUDA's own headers are in an environment, and the one that is read.
HEADERS = "lib/python*/site-packages/nvidia/cu*/include"
HEADER = "driver_types.h"


def python(environment: Path) -> Path:
    return environment / "bin" / "python"


def with_torch(environment: Path) -> Path:
    """An environment with the CUDA build of PyTorch (about 5 GB) and what cnncalc needs: made, if it is not there."""
    if not python(environment).exists():
        needs = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
            "dependencies"
        ]
        venv.create(environment, with_pip=True)
        _run(str(python(environment)), "-m", "pip", "install", "-q", f"torch=={TORCH}", "numpy", *needs)
    return environment


def compiled(environment: Path, folder: Path) -> Mapping[str, str]:
    """The variables under which Python finds the stub's libraries, which are compiled with the system's C compiler."""
    headers = [path for path in environment.glob(HEADERS) if (path / HEADER).exists()]
    if not headers:
        raise Failed(f"{environment} has no CUDA build of PyTorch: there is no {HEADERS}/{HEADER}")
    folder.mkdir(parents=True, exist_ok=True)
    compiler = (os.environ.get("CC", "cc"), "-shared", "-fPIC", "-O1", f"-I{STUB}", f"-I{headers[0]}")
    driver, runtime = folder / "libcuda.so.1", folder / "libcudart_stub.so"
    _run(*compiler, "-o", str(driver), str(STUB / "libcuda.c"))
    _run(*compiler, "-o", str(runtime), str(STUB / "cudart.c"))
    return {"LD_LIBRARY_PATH": str(folder), "LD_PRELOAD": str(runtime), "PYTHONPATH": str(ROOT)}


def built() -> str:
    """The commit that last changed the builder or a network, for a record."""
    command = ("git", "log", "-1", "--format=%h", "--abbrev=12", "--", "cnncalc/pytorch", "specs")
    return (
        subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
        or "unknown"
    )


def _run(*command: str) -> None:
    try:
        done = subprocess.run(command, stdout=sys.stderr, check=False)
    except OSError as error:
        raise Failed(f"{command[0]} can't be run: {error}") from None
    if done.returncode:
        raise Failed(f"`{' '.join(command)}` failed")

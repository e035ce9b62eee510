"""Verify every shipped spec on a GPU, and record every figure: `python -m benchmarks.gpu_verify`.

Runs `cnncalc verify --all --training --device cuda` and writes benchmarks/results/verify-<device>.json, with what made
it. (It measures no speed, so it is not one of the benchmarks that `make bench` runs: hence its name.)
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from benchmarks._bench import ROOT
from benchmarks._environment import environment

RESULTS = ROOT / "benchmarks" / "results"
DRIVER = ("nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader")


class Failed(Exception):
    """Nothing was measured."""


def record(device: str, *options: str) -> dict[str, Any]:
    """Every figure of every spec, and what made them."""
    command = ["cnncalc", "verify", "--all", "--training", "--device", device, "--format", "json"]
    done = subprocess.run(
        [sys.executable, "-m", *command, *options],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if not done.stdout:
        raise Failed(f"verify ended with {done.returncode} and printed nothing")
    return {
        "version": 1,
        "made": {**device_versions(device), **environment()},
        "verify": json.loads(done.stdout),
    }


def device_versions(device: str) -> dict[str, str]:
    """The device, its driver, and the versions that decide which kernels run."""
    import torch

    cudnn = torch.backends.cudnn.version()  # type: ignore[no-untyped-call]
    versions = {"device": device, "torch": torch.__version__, "cudnn": str(cudnn)}
    if device == "cuda":
        lines = subprocess.run(DRIVER, capture_output=True, text=True, check=False).stdout.split("\n")[0]
        versions |= {"device": torch.cuda.get_device_name(), "driver": lines, "cuda": str(torch.version.cuda)}
    return versions


def mismatches(data: dict[str, Any]) -> Iterator[str]:
    """Everything in a record that is not as predicted, and every spec that could not be run."""
    for spec in data["verify"]["specs"]:
        name = spec["name"]
        if "layers" not in spec:
            faults = [fault["message"] for fault in spec["diagnostics"]]
            yield f"{name}: {spec['error'] or '; '.join(faults)}"
            continue
        figures = [(name, figure) for figure in spec["totals"]]
        figures += [
            (f"{name}: {layer['name']}", figure) for layer in spec["layers"] for figure in layer["figures"]
        ]
        for where, figure in figures:
            if figure["ok"] is False:
                yield f"{where}: {figure['what']}: {figure['predicted']} predicted, {figure['actual']} measured"


def named(data: dict[str, Any]) -> str:
    """A device's name as a part of a file's."""
    return re.sub(r"[^a-z0-9]+", "-", data["made"]["device"].lower()).strip("-")


def path(data: dict[str, Any], folder: Path = RESULTS) -> Path:
    """Where a record is kept: by its device's name."""
    return folder / f"verify-{named(data)}.json"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--batch", type=click.IntRange(2), default=2, show_default=True, help="Images in the batch.")
def main(batch: int) -> None:
    """Verify every shipped spec on the GPU and write the record. Exit status: 1 on any mismatch, 2 without a GPU."""
    import torch

    if not torch.cuda.is_available():
        click.echo("error: no CUDA device is available, so there is nothing to record", err=True)
        sys.exit(2)
    try:
        data = record("cuda", "--batch", str(batch))
    except Failed as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2)
    wrong = list(mismatches(data))
    to = path(data)
    to.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    click.echo(
        f"Written: {to.relative_to(ROOT)}: {len(data['verify']['specs'])} specs, {len(wrong)} mismatches"
    )
    for line in wrong:
        click.echo(f"  {line}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

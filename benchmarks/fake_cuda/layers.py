"""The examples of every layer type on fake CUDA devices: the bytes of both passes, in four types.

Networks of one layer show what those of the zoo don't: layers that none of them has, and figures that are no peaks.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks._bench import ROOT
from benchmarks.fake_cuda.cases import FAKE, FIRST, PRECISIONS, setup
from benchmarks.fake_cuda.measure import versions
from cnncalc.graph import Graph
from cnncalc.layers import layer_type, names
from tests.memory._replayed import network, replayed
from tests.memory._watched import Held, pytorch

RECORD = ROOT / "benchmarks" / "results" / "fake-cuda-layers.jsonl"
MODES = ("training", "inference")
# What stands before the layer: what gives the lower type under autocast, and what gives float32 and lies otherwise.
BEFORE = ("conv", "ln2d")


class Case(NamedTuple):
    """One example of a layer type in one mode."""

    layer: str
    example: int
    before: str
    mode: str

    def graph(self) -> Graph:
        """The network."""
        kind = layer_type(self.layer)
        example = kind.examples[self.example]
        return network(kind(**example.fields), example.inputs, self.mode, self.before, None)

    @property
    def what(self) -> str:
        """The layer and its inputs, as text: a row is of this layer."""
        example = layer_type(self.layer).examples[self.example]
        fields = ", ".join(f"{name}={value}" for name, value in example.fields.items())
        return f"{self.layer}({fields}) of {', '.join(map(str, example.inputs))}"


def cases(layer: str) -> Iterator[Case]:
    """What is measured of a layer type."""
    for index, example in enumerate(layer_type(layer).examples):
        if example.inputs:
            yield from (Case(layer, index, before, mode) for before in BEFORE for mode in MODES)


def measured(torch: Any, case: Case) -> dict[str, Any]:
    """A row of the record; without figures, but with the reason, where PyTorch can't run it here."""
    from benchmarks.fake_cuda.behind_stub import on_cuda, without_gpu

    types: dict[str, dict[str, Any]] = dict(PRECISIONS)
    row: dict[str, Any] = {**case._asdict(), "what": case.what}
    try:
        with without_gpu(torch):
            row["bytes"] = {
                precision: pytorch(
                    torch,
                    case.graph(),
                    device="cuda",
                    change=lambda model: on_cuda(torch, model),
                    **types[precision],
                )
                for precision in PRECISIONS
            }
    except (TypeError, RuntimeError) as error:
        row["refused"] = str(error).splitlines()[0]
    return row


def predicted(case: Case, precision: str) -> Held:
    """The same bytes, from what the layers say."""
    run = setup("inference" if case.mode == "inference" else "sgd", precision, FIRST[1])
    options = {name: getattr(run, name) for name in ("autocast", "dtype", "capability", "torch")}
    return replayed(case.graph(), backend=FAKE, **options)


def read(path: Path = RECORD) -> dict[str, list[dict[str, Any]]]:
    """The rows of the record, by layer type."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for text in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        row = json.loads(text)
        if "made" in row:
            continue
        rows.setdefault(row["layer"], []).append(row)
    return rows


def differences(row: Mapping[str, Any]) -> Iterator[str]:
    """Each figure of a row that is not as predicted."""
    case = Case(*(row[field] for field in Case._fields))
    for precision, figures in row.get("bytes", {}).items():
        pairs = zip(Held._fields, predicted(case, precision), figures, strict=True)
        for name, ours, theirs in pairs:
            if ours != theirs:
                yield f"{precision}, {name}: {ours - theirs:+,} of {theirs:,}"


def main() -> None:
    """In the environment of the CUDA build: what made the rows, and one for each example of all layer types."""
    import torch

    print(json.dumps({"made": versions(torch)}), flush=True)
    for layer in sys.argv[1:] or names():
        for case in cases(layer):
            print(json.dumps(measured(torch, case), separators=(",", ":")), flush=True)


if __name__ == "__main__":
    main()

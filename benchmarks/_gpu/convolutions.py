"""The workspaces of convolutions whose allocations were recorded, by their shapes."""

from typing import Any, NamedTuple

from benchmarks._gpu.leftovers import bounds, leftovers, replayed
from benchmarks._gpu.predicted import estimate, gpu_of, of


class WorkspaceOfShape(NamedTuple):
    """A convolution's workspace in bytes, the most of those alike, and its bound; with its pass, shapes and type."""

    nbytes: int
    bound: int | None
    phase: str
    source: str
    window: str
    type: str


def workspaces(lines: list[dict[str, Any]]) -> list[WorkspaceOfShape]:
    """The workspaces of all convolutions whose allocations were recorded, the largest first."""
    most: dict[tuple[str, ...], WorkspaceOfShape] = {}
    gpu = gpu_of(lines)
    for line in of(lines, "history"):
        got, batch = line["measured"], line["batch"]
        if not got["events"]:
            continue
        limits = bounds(estimate(line, gpu, "most"), batch)
        layout = "NHWC" if line["way"].endswith("nhwc") else "NCHW"
        for workspace in leftovers(got, replayed(estimate(line, gpu), batch)).workspaces:
            facts = got["convolutions"][workspace.path]
            row = WorkspaceOfShape(
                workspace.nbytes,
                limits.get((workspace.path, workspace.phase)),
                workspace.phase,
                sizes(facts["input"]),
                _window(facts),
                f"{facts['dtype']} {layout}",
            )
            most[row[2:]] = max(row, most.get(row[2:], row), key=lambda other: other.nbytes)
    return sorted(most.values(), key=lambda row: -row.nbytes)


def sizes(shape: list[int]) -> str:
    return "x".join(map(str, shape))


def _window(facts: dict[str, Any]) -> str:
    """`64 3x3 /2` and what else is not usual."""
    out, _, *window = facts["weight"]
    words = [f"{out} {sizes(window)}"]
    words += [f"/{sizes(facts['stride'])}"] if set(facts["stride"]) != {1} else []
    words += [f"groups {facts['groups']}"] if facts["groups"] != 1 else []
    words += [f"dilation {sizes(facts['dilation'])}"] if set(facts["dilation"]) != {1} else []
    words += ["transposed"] if facts["transposed"] else []
    return " ".join(words)

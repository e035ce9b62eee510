"""The report for programs: its fields, and that they hold what the figures do."""

import json
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

import cnncalc
from cnncalc.memory.report import figures

Rendered: TypeAlias = Callable[..., str]
FIELDS = [
    "version", "name", "source", "file", "mode", "batch", "images", "setup", "peak_bytes", "allocated_bytes",
    "reserved_bytes", "most", "context", "peak_at", "held_otherwise", "gpu", "attention", "breakdown", "inexact",
    "device", "devices", "refused", "largest", "layers", "timeline", "textbook",
    "unknown", "not_checked", "expect_not_checked", "diagnostics",
]  # fmt: skip
FAULTY = "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 4, kernel: 9}\n  - relu\n"


def parsed(rendered: Rendered, *arguments: Any, **options: Any) -> dict[str, Any]:
    output: dict[str, Any] = json.loads(rendered(arguments[0], "json", **options))
    return output


@pytest.mark.parametrize("mode", ["inference", "training"])
def test_holds_every_figure(rendered: Rendered, mode: str) -> None:
    output = parsed(rendered, "resnet18", mode=mode, batch=4)
    expected = figures(cnncalc.estimate(cnncalc.load("resnet18", mode=mode)), 4)
    assert list(output) == FIELDS
    assert (output["version"], output["mode"], output["batch"], output["images"]) == (1, mode, 4, 4)
    assert output["peak_bytes"] == expected.peak
    assert output["peak_at"] == expected.peak_place._asdict()
    assert (output["allocated_bytes"], output["reserved_bytes"]) == (expected.allocated, expected.reserved)
    assert output["breakdown"] == expected.breakdown
    assert [tuple(entry.values()) for entry in output["timeline"]] == list(expected.timeline)
    assert [entry["bytes"] for entry in output["largest"]] == [tensor.nbytes for tensor in expected.largest]
    for entry, row in zip(output["layers"], expected.layers, strict=True):
        assert entry == {
            "layer": row.name,
            "type": row.kind,
            "output": row.output.asdict() if row.output else None,
            "output_bytes": row.output_bytes,
            "kept_bytes": row.kept_bytes,
            "forward_peak_bytes": row.forward,
            "backward_peak_bytes": row.backward,
        }


@pytest.mark.parametrize(("holders", "other"), [("graph", "modules"), ("modules", "graph")])
def test_a_prediction_has_the_figures_of_other_holders(rendered: Rendered, holders: str, other: str) -> None:
    output = parsed(rendered, "resnet18", batch=4, holders=holders)
    changed = parsed(rendered, "resnet18", batch=4, holders=other)
    assert output["setup"]["holders"] == holders
    figures = "peak_bytes", "allocated_bytes", "reserved_bytes", "peak_at"
    assert output["held_otherwise"] == {"holders": other} | {name: changed[name] for name in figures}
    assert parsed(rendered, "resnet18", mode="training", holders=holders)["held_otherwise"] is None


def test_a_prediction_has_no_optimizer(rendered: Rendered) -> None:
    assert parsed(rendered, "lenet5")["setup"]["optimizer"] is None
    assert parsed(rendered, "lenet5", mode="training")["setup"]["optimizer"] == "sgd"


def test_the_setup_names_layers(rendered: Rendered) -> None:
    setup = parsed(rendered, "lenet5", mode="training", frozen=3, checkpoint=((1, 4),))["setup"]
    names = [node.name for node in cnncalc.load("lenet5").nodes]
    assert setup["frozen"] == names[1:3]
    assert setup["checkpoint"] == [[names[1], names[3]]]


def test_a_cpu_reserves_nothing(rendered: Rendered) -> None:
    output = parsed(rendered, "lenet5", backend="cpu")
    assert (output["allocated_bytes"], output["reserved_bytes"], output["unknown"]) == (None, None, [])


def test_unknown_is_from_its_least_to_null(rendered: Rendered) -> None:
    names = {entry.pop("name"): entry for entry in parsed(rendered, "lenet5")["unknown"]}
    context = names["CUDA context"]
    assert context["least_bytes"] > 0
    assert (context["most_bytes"], context["in_reserved"]) == (None, False)
    cudnn = names["cuDNN workspace"]
    assert cudnn["in_reserved"]
    assert cudnn["least_bytes"] == 0 < cudnn["most_bytes"]


def test_the_most_and_the_context_stand_beside_the_least(rendered: Rendered) -> None:
    output = parsed(rendered, "resnet18", batch=4)
    for name, most in output["most"].items():
        assert output[name] < most
        assert output["inexact"][name]["at_most"] == most
    context = output["context"]
    assert context["assumed"]
    assert context["device_bytes"] == output["reserved_bytes"] + context["bytes"]
    assert context["most_device_bytes"] == output["most"]["reserved_bytes"] + context["bytes"]
    assert parsed(rendered, "resnet18", backend="cpu")["most"] is None
    assert parsed(rendered, "resnet18", backend="cpu")["context"] is None


def test_the_gpu_and_its_share(rendered: Rendered) -> None:
    output = parsed(rendered, "lenet5", gpu="4090")
    memory = output["gpu"]["memory_bytes"]
    assert memory == 24564 << 20
    assert output["gpu"]["reserved_share"] == output["reserved_bytes"] / memory


def test_a_fault_leaves_figures_null(rendered: Rendered) -> None:
    output = parsed(rendered, FAULTY)
    assert list(output) == FIELDS
    assert [item["severity"] for item in output["diagnostics"]] == ["error"]
    assert output["not_checked"] == 1
    for field in ("setup", "peak_bytes", "reserved_bytes", "peak_at", "breakdown", "textbook"):
        assert output[field] is None
    for field in ("largest", "layers", "timeline", "unknown"):
        assert output[field] == []

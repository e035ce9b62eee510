"""The section of memory: what is in it without a script, and what it costs."""

import json
from typing import Any

import pytest

import cnncalc
from cnncalc.analysis import Analysis
from cnncalc.memory import BACKENDS, Estimate, Setup
from cnncalc.memory.device import GPU, gpu_named
from cnncalc.render.figures import in_units
from cnncalc.webpage import PageSection, ReportedNetwork
from cnncalc.webpage.memory import offered_runs
from cnncalc.webpage.sections.memory import section
from tests.drawing._drawn import HOSTILE

KB = 1000
NORM_OF_ONE_POSITION = "{cnncalc: 1, input: 8x8x3, layers: [{conv: 4}, global_avgpool, bn, {fc: 2}]}"


def shown(spec: Any, batch: int = 32, **setup: Any) -> PageSection:
    own = Setup(**{"optimizer": "adam", **setup})
    graph = cnncalc.load(spec, mode="training")
    result = section(ReportedNetwork(Analysis(graph), batch=batch, runs=offered_runs(Estimate(graph, own))))
    assert result is not None
    return result


def test_there_is_none_where_no_memory_is_known() -> None:
    assert (
        section(ReportedNetwork(Analysis(cnncalc.load("{cnncalc: 1, input: 8x8x3, layers: [nothing]}"))))
        is None
    )


def test_a_network_with_one_run_shows_that() -> None:
    graph = cnncalc.load("lenet5")
    estimate = Estimate(graph, Setup(mode="inference"))
    result = section(ReportedNetwork(Analysis(graph), estimate=estimate))
    assert result is not None
    assert result.data is not None
    assert result.data["modes"] == ["inference"]


def test_the_peak_and_what_is_not_counted_are_in_words() -> None:
    html = shown("vgg16", optimizer="sgd", options={"momentum": 0.9}).html
    assert "training · float32 · sgd with momentum 0.9 · CUDA · 32 images: 3.73 GiB at the peak" in html
    assert "(4,003,987,968 bytes), backward of stage4.conv3.relu; 5.05 GiB reserved" in html
    assert "each in whole blocks of 512 bytes" in html
    assert "The least cuBLAS workspace is counted; it may take 32.00 MiB." in html
    assert "The least cuDNN workspace is counted; it may take " in html
    assert "Not counted: the CUDA context, about 512.00 MiB." in html


def test_a_cpu_has_no_blocks_and_no_gpus() -> None:
    result = shown("lenet5", backend=BACKENDS["cpu"])
    assert "reserve" not in result.html
    assert "blocks" not in result.html
    assert result.data is not None
    assert result.data["gpus"] == []
    assert not any(result.data["reserved"])


def test_the_gpu_that_was_asked_about_is_chosen_first() -> None:
    gpu = gpu_named("RTX 4090")
    assert isinstance(gpu, GPU)
    graph = cnncalc.load("vgg16", mode="training")
    runs = (Estimate(graph, Setup(capability=gpu.capability)),)
    result = section(ReportedNetwork(Analysis(graph), batch=32, runs=runs, gpu=gpu))
    assert result is not None
    assert result.data is not None
    assert result.data["gpus"][result.data["gpu"]][0] == gpu.name
    assert "% of the 23.99 GiB of GeForce RTX 4090." in result.html


def test_a_refused_batch_is_said_to_be_and_others_are_there() -> None:
    html = shown(NORM_OF_ONE_POSITION, 1).html
    assert "PyTorch refuses to train on a batch of 1" in html
    assert "<img" not in html
    assert "refused" in html


def test_sizes_are_in_the_units_that_were_asked_for() -> None:
    with in_units("si"):
        result = shown("vgg16")
    assert " GB" in result.html
    assert "GiB" not in result.html
    assert result.data is not None
    assert result.data["units"] == "si"


@pytest.mark.parametrize("name", HOSTILE)
def test_the_name_of_a_spec_holds_no_markup(name: str) -> None:
    plain = shown({"cnncalc": 1, "name": "plain", "input": "8x8x3", "layers": [{"conv": 4}]}).html
    html = shown({"cnncalc": 1, "name": name, "input": "8x8x3", "layers": [{"conv": 4}]}).html
    assert html.count("<") == plain.count("<")
    assert "\u202e" not in html


@pytest.mark.parametrize(
    ("name", "most"),
    [("resnet50", 120 * KB), pytest.param("efficientnet_b7", 300 * KB, marks=pytest.mark.long)],
)
def test_twelve_runs_are_small(name: str, most: int) -> None:
    result = shown(name)
    assert result.data is not None
    assert len(result.data["words"]) == 12
    size = len(result.html.encode()) + len(json.dumps(result.data, separators=(",", ":")).encode())
    assert size < most

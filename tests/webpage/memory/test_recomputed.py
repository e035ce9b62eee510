"""What the page computes in a browser, run in Node: the peak of every batch is that of `cnncalc memory`."""

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cnncalc
from cnncalc.memory import CATEGORIES, Estimate, Setup
from cnncalc.memory.advice import largest
from cnncalc.memory.compact import compact_record
from cnncalc.memory.device import cublas
from cnncalc.render.figures import UNITS, in_units, size
from tests._depth import NETWORKS, cases, long_but
from tests._placed import two

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="node is not there")

SCRIPTS = Path(__file__).resolve().parents[3] / "cnncalc" / "webpage" / "scripts"
MOST = 512
BATCHES = (1, 2, 3, 17, 64, 255, MOST)
GIB = 2**30
NORM_OF_ONE_POSITION = "{cnncalc: 1, input: 8x8x3, layers: [{conv: 4}, global_avgpool, bn, {fc: 2}]}"
QUICK = ("resnet18", "vit_b_32", "alexnet", "unet", "resnet110_stochastic_depth")


def node(
    estimates: Sequence[Estimate] = (),
    asked: Sequence[tuple[int, int, int | None]] = (),
    usable: Sequence[tuple[int, int, int | None]] = (),
    sizes: Sequence[int] = (),
    units: str = "iec",
) -> Any:
    """What the modules say of runs and batches, of runs and usable bytes (each with a workspace), and of sizes."""
    given = {
        "record": compact_record(estimates, MOST).asdict(),
        "asked": [{"run": run, "batch": batch, "workspace": workspace} for run, batch, workspace in asked],
        "usable": [
            {"run": run, "nbytes": nbytes, "workspace": workspace} for run, nbytes, workspace in usable
        ],
        "sizes": sizes,
        "units": units,
    }
    done = subprocess.run(
        ["node", Path(__file__).with_name("recompute.mjs"), SCRIPTS],
        input=json.dumps(given),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def check(answer: Any, estimate: Estimate, batch: int) -> None:
    """All that is said of a batch."""
    graph, peak, replay = estimate.graph, estimate.peak(batch), estimate.replay(batch)

    def name(node: int | None) -> str | None:
        return None if node is None else graph.nodes[node].name

    assert answer["nbytes"] == answer["moment"] == peak.nbytes
    assert (answer["phase"], answer["layer"]) == (peak.phase, name(peak.node))
    assert dict(zip(CATEGORIES, answer["held"], strict=True)) == estimate.breakdown(batch)
    assert answer["alive"] == [
        [name(alive.tensor.node), alive.tensor.name, alive.tensor.category, alive.nbytes]
        for alive in estimate.alive(batch)
    ]
    assert answer["moments"] == [moment.most for moment in replay.timeline]


def setups(mode: str) -> list[Setup]:
    """The set-ups that a page offers, and others."""
    if mode == "inference":
        return [Setup(mode=mode, autocast=autocast) for autocast in (None, "bfloat16")]
    return [
        Setup(options={"momentum": 0.9}),
        Setup(optimizer="adam", autocast="float16"),
        Setup(optimizer="adamw", channels_last=True, accumulate=2),
        Setup(optimizer="adam", devices=3, sharded=True, implementation="fused"),
    ]


@pytest.mark.parametrize("name", long_but(QUICK, sorted(NETWORKS)))
def test_the_peak_and_what_is_held_then(name: str) -> None:
    estimates = [
        Estimate(cnncalc.load(name, mode=mode), setup)
        for mode in ("inference", "training")
        for setup in setups(mode)
    ]
    asked = [(run, batch, None) for run in range(len(estimates)) for batch in BATCHES]
    for (run, batch, _), answer in zip(asked, node(estimates, asked)["answers"], strict=True):
        check(answer, estimates[run], batch)


def test_of_several_devices_the_highest_peak_is_shown() -> None:
    estimate = Estimate(two("training"), Setup())
    asked = [(0, batch, None) for batch in BATCHES]
    for (_, batch, _), answer in zip(asked, node([estimate], asked)["answers"], strict=True):
        check(answer, estimate, batch)
        assert answer["place"] == estimate.device(batch)


@pytest.mark.parametrize("capability", [None, (8, 6), (9, 0), (12, 0)])
def test_a_gpu_changes_the_workspaces(capability: tuple[int, int] | None) -> None:
    graph = cnncalc.load("alexnet", mode="training")
    estimate, there = Estimate(graph, Setup()), Estimate(graph, Setup(capability=capability))
    workspace = cublas(capability).size.low
    usable = [GIB, 2 * GIB, 3 * GIB]
    result = node([estimate], [(0, 5, workspace)], [(0, nbytes, workspace) for nbytes in usable])
    check(result["answers"][0], there, 5)
    for nbytes, batch in zip(usable, result["largest"], strict=True):
        assert there.peak(batch).nbytes < nbytes <= there.peak(batch + 1).nbytes
        # The allocator's gaps can only cost more.
        assert largest(there, nbytes) <= batch


def test_the_largest_batch_is_none_where_nothing_fits_and_the_last_where_all_do() -> None:
    estimate = Estimate(cnncalc.load("lenet5", mode="training"), Setup())
    assert node([estimate], usable=[(0, 10_000, None), (0, 1000 * GIB, None)])["largest"] == [0, MOST]


@pytest.mark.parametrize("devices", [1, 2])
def test_a_batch_that_pytorch_refuses(devices: int) -> None:
    estimate = Estimate(cnncalc.load(NORM_OF_ONE_POSITION, mode="training"), Setup(devices=devices))
    asked = [(0, batch, None) for batch in range(1, 6)]
    for (_, batch, _), answer in zip(asked, node([estimate], asked)["answers"], strict=True):
        refusal = estimate.refusal(batch)
        assert answer["refusal"] == (None if refusal is None else refusal.reason)


EXAMPLES = (0, 1, 511, 999, 1000, 1023, 1024, 1152, 1664, 2**20 + 2**17, 5 * 2**17, 2**30 * 3 // 8, 2**53 - 1)
EIGHTHS = [eighth * unit // 8 for eighth in range(1, 4000, 3) for unit in (2**10, 2**30, 10**3, 10**9)]


def check_sizes(given: list[int], units: str) -> None:
    with in_units(units):
        assert node(sizes=given, units=units)["sizes"] == [size(nbytes) for nbytes in given]


@pytest.mark.parametrize("units", UNITS)
def test_sizes_are_in_the_words_of_the_command(units: str) -> None:
    check_sizes([*EXAMPLES, *EIGHTHS], units)


@settings(max_examples=cases(3, 50))
@given(st.lists(st.integers(0, 2**53 - 1), min_size=500, max_size=1000), st.sampled_from(UNITS))
def test_sizes_of_any_number_of_bytes(given: list[int], units: str) -> None:
    check_sizes(given, units)

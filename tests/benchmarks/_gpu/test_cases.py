"""Every kind of case that a GPU is measured with runs on a CPU: with no figure of a GPU's memory, and nothing cut."""

import json
from types import ModuleType

import pytest

from benchmarks._gpu.plan import GpuCase, plan
from cnncalc import zoo

TINY = plan(tiny=True)


@pytest.mark.parametrize("case", TINY, ids=lambda case: case.key)
def test_a_case_runs(torch: ModuleType, case: GpuCase) -> None:
    from benchmarks._gpu.hardware import Hardware
    from benchmarks._gpu.worker import KINDS, measured

    assert set(KINDS) == {case.kind for case in plan()} == {case.kind for case in TINY}
    line = json.loads(json.dumps(measured(Hardware("cpu"), case.kind, case.arguments)))
    assert "error" not in line
    got = line["measured"]
    assert not {name for name in got if "allocated" in name or "reserved" in name} - {
        name for name, value in got.items() if value is None
    }
    if case.kind == "history":
        marks = [(path, phase, end) for _, path, phase, end in got["marks"]]
        assert ("conv1", "forward", False) in marks
        assert marks[-2:] == [("conv1", "backward", False), ("conv1", "backward", True)]
        assert got["convolutions"]["conv1"]["weight"] == [6, 1, 5, 5]


def test_an_error_is_a_line(torch: ModuleType) -> None:
    from benchmarks._gpu.hardware import Hardware
    from benchmarks._gpu.worker import measured

    line = measured(Hardware("cpu"), "speed", {"network": "lenet5", "way": "sideways", "batch": 2})
    assert line["error"] == "KeyError: 'sideways'"


def test_the_plan_is_the_one_that_is_documented() -> None:
    cases = plan()
    assert len({case.key for case in cases}) == len(cases)
    counted = {kind: [case for case in cases if case.kind == kind] for kind in {case.kind for case in cases}}
    assert len([case for case in counted["memory"] if not case.arguments["benchmark"]]) == 12 * 2 * 2
    assert len([case for case in counted["memory"] if case.arguments["benchmark"]]) == 4
    assert len(counted["history"]) == 4 * 3
    assert len(counted["verify"]) == 10
    assert len({case.arguments["network"] for case in counted["speed"]}) == 40
    assert {case.arguments["network"] for case in cases if "network" in case.arguments} <= set(zoo.names())

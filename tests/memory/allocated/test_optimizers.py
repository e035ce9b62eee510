"""What optimizers keep and make, against their own steps; and a moving average of the parameters."""

from contextlib import nullcontext
from types import ModuleType
from typing import Any

import pytest

import cnncalc
from benchmarks._step import OF_TIMM, Case, prepare
from benchmarks._tracker import FAKE
from cnncalc.memory import BACKENDS, Backend, Estimate, Setup, impossible
from cnncalc.memory.allocated import optimizers
from tests.memory._watched import watched
from tests.memory.test_tracker import BLOCKS, WIDE

# Some optimizers step otherwise at first.
STEPS = 8
DECAYS: list[dict[str, Any]] = [{}, {"weight_decay": 0.01}]


def later_step(torch: ModuleType, case: Case, text: str, **options: Any) -> int:
    """The peak of a step after several others."""
    from torch._subclasses import FakeTensorMode

    # Fake tensors cannot be copied with their module.
    fake = nullcontext() if options.get("ema") else FakeTensorMode(allow_non_fake_inputs=True)
    with fake:
        ready = prepare(torch, cnncalc.load(text, mode="training"), case, **options)
        known = [*ready.model.parameters(), *ready.model.buffers(), *ready.batch]
        with watched(torch, known, str) as tally:
            for _ in range(STEPS):
                ready.step()
            tally[1] = 0
            ready.step()
        return tally[1]


def ours(text: str, backend: Backend = FAKE, **setup: Any) -> int:
    graph = cnncalc.load(text, mode="training")
    return Estimate(graph, Setup(backend=backend, **setup)).peak(2).nbytes


@pytest.mark.parametrize("decay", DECAYS, ids=["plain", "decay"])
@pytest.mark.parametrize("foreach", [True, False], ids=["foreach", "single"])
@pytest.mark.parametrize("name", ["adadelta", "adamax", "nadam", "radam"])
def test_an_optimizer_of_torch(torch: ModuleType, name: str, foreach: bool, decay: dict[str, Any]) -> None:
    case = Case("", "training", name, 2)
    implementation = "foreach" if foreach else "single"
    for text in (WIDE, BLOCKS):
        measured = later_step(torch, case, text, optimizer_options={**decay, "foreach": foreach})
        assert ours(text, optimizer=name, options=decay, implementation=implementation) == measured


@pytest.mark.parametrize("decay", DECAYS, ids=["plain", "decay"])
@pytest.mark.parametrize("name", OF_TIMM)
def test_an_optimizer_of_timm(torch: ModuleType, timm: ModuleType, name: str, decay: dict[str, Any]) -> None:
    case = Case("", "training", name, 2)
    others = {"max_grad_norm": None} if name == "lamb" else {}
    for text in (WIDE, BLOCKS):
        recorded = {"weight_decay": 0.0, **decay, **others, "foreach": False}
        measured = later_step(torch, case, text, optimizer_options=recorded)
        assert ours(text, optimizer=name, options=decay) == measured


def test_lists_are_for_those_that_have_them() -> None:
    for name in (*OF_TIMM, "adam8bit"):
        setup = Setup(optimizer=name, implementation="foreach")
        assert impossible(setup) == f"{name} works on one parameter after another: it has no lists"
        assert "fused" in str(impossible(Setup(optimizer=name, implementation="fused")))
        # Without being asked, CUDA's default of lists is not taken.
        assert impossible(Setup(optimizer=name)) is None


class TestEightBits:
    """bitsandbytes is not run: the sizes are those of its source."""

    def test_a_large_tensor_has_a_byte_a_value_and_a_scale_for_each_block(self) -> None:
        adam = optimizers.optimizer_type("adam8bit")()
        assert adam.sizes(4096, 4) == {"state1": 4096, "state2": 4096, "absmax1": 64, "absmax2": 64}
        assert adam.sizes(4097, 2) == {"state1": 4097, "state2": 4097, "absmax1": 68, "absmax2": 68}

    def test_a_small_one_has_float32(self) -> None:
        assert optimizers.optimizer_type("adam8bit")().sizes(4095, 2) == {"state1": 16380, "state2": 16380}

    def test_of_a_network(self) -> None:
        graph = cnncalc.load(WIDE, mode="training")
        state = Estimate(graph, Setup(backend=FAKE, optimizer="adam8bit")).breakdown(2)["optimizer"]
        weights = (64 * 300, 300, 300 * 500, 500, 500 * 10, 10)
        large = sum(2 * (size + 4 * -(-size // 256)) for size in weights if size >= 4096)
        assert state == large + sum(8 * size for size in weights if size < 4096) + 2048


@pytest.mark.parametrize("text", [WIDE, BLOCKS], ids=["wide", "blocks"])
def test_a_moving_average(torch: ModuleType, text: str) -> None:
    case = Case("", "training", "sgd", 2)
    measured = later_step(torch, case, text, optimizer_options={"foreach": False}, ema=True)
    assert ours(text, BACKENDS["cpu"], ema=True) == measured

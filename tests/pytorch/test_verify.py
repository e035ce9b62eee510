"""A verification finds every kind of wrong prediction, and refuses a network that can't run."""

import subprocess
import sys
from types import ModuleType
from typing import Any

import pytest

import cnncalc
from cnncalc.graph import Graph
from cnncalc.layers import layer_type
from cnncalc.shape import Shape
from cnncalc.vocabulary.layer import Reach, Tensor, Weight, Work

SPEC = """cnncalc: 1
input: 12x12x3
layers:
  - conv: {filters: 4, kernel: 3, norm: bn}
  - sigmoid
  - conv: {filters: 2, kernel: 3}
"""


def load(text: str = SPEC, mode: str = "training") -> Graph:
    return cnncalc.load(text, mode=mode)


def wrong(verification: Any) -> set[str]:
    figures = [figure for layer in verification.layers for figure in layer.figures] + list(
        verification.totals
    )
    return {figure.what for figure in figures if figure.ok is False}


def test_all_is_well(torch: ModuleType) -> None:
    from cnncalc.pytorch.verify import verify

    verification = verify(load(), training=True)
    assert verification.ok
    assert not wrong(verification)
    assert [total.what for total in verification.totals] == [
        "parameters",
        "buffers",
        "MACs",
        "kept for backward, bytes",
        "kept and overwritten",
        "receptive field",
        "no NaN in the output",
    ]
    assert all(total.ok for total in verification.totals)


LIES = [
    ("conv", "output", Shape(4, (9, 10)), {"output", "kept for backward, bytes", "receptive field"}),
    (
        "conv",
        "weights",
        (Weight("weight", (4, 3, 3, 3), ""), Weight("bias", (4,), "")),
        {"params", "parameters"},
    ),
    ("bn", "buffers", (), {"buffers"}),
    ("conv", "work", Work(macs=1), {"MACs"}),
    ("sigmoid", "keeps", (0,), {"kept for backward, bytes"}),
    ("sigmoid", "keeps", ("output", Tensor("more", ())), {"kept for backward, bytes"}),
    ("conv", "reach", (Reach.window(3, 1, 1),) * 2, {"receptive field"}),
]


@pytest.mark.usefixtures("nothing_shared")
@pytest.mark.parametrize(
    ("key", "fact", "lie", "caught"),
    LIES,
    ids=[f"{key}-{fact}-{index}" for index, (key, fact, *_) in enumerate(LIES)],
)
def test_a_wrong_prediction_is_reported(
    torch: ModuleType, monkeypatch: pytest.MonkeyPatch, key: str, fact: str, lie: Any, caught: set[str]
) -> None:
    from cnncalc.pytorch.verify import verify

    monkeypatch.setattr(layer_type(key), fact, lambda self, inputs: lie)
    verification = verify(load(), training=True)
    assert not verification.ok
    assert wrong(verification) & caught
    assert wrong(verification) <= caught | {"output", "MACs", "kept for backward, bytes", "parameters"}


def test_a_wrong_type_and_nan_are_caught(torch: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    from cnncalc.pytorch.verify import verify

    monkeypatch.setattr(torch.nn.Sigmoid, "forward", lambda self, x: x.double() * float("nan"))
    verification = verify(load("cnncalc: 1\ninput: 4x4x3\nlayers:\n  - conv: 3\n  - sigmoid\n", "inference"))
    assert wrong(verification) == {"dtype", "no NaN in the output"}


def test_a_value_overwritten_before_the_backward_pass_is_caught(torch: ModuleType) -> None:
    """PyTorch's own check does not see it where the values are watched."""
    from cnncalc.pytorch import build
    from cnncalc.pytorch.run import run

    graph = load("cnncalc: 1\ninput: 4x4x3\nlayers:\n  - conv: 3\n  - sigmoid\n  - relu: {inplace: false}\n")
    model = build(graph)
    assert run(model, graph, batch=2, training=True).overwritten == 0
    model.get_submodule("relu1").inplace = True  # type: ignore[assignment]
    assert run(model, graph, batch=2, training=True).overwritten == 1


@pytest.mark.parametrize("key", ["elu", "leaky_relu", "selu"])
def test_two_in_place_in_a_row(torch: ModuleType, key: str) -> None:
    from cnncalc.pytorch.verify import verify

    assert verify(
        load(f"cnncalc: 1\ninput: 4x4x3\nlayers:\n  - conv: 3\n  - {key}\n  - {key}\n"), training=True
    ).ok


def test_macs_that_are_not_a_whole_number_are_reported_unrounded(torch: ModuleType) -> None:
    from cnncalc.pytorch.run import _per_image

    assert _per_image(16, 2) == 4
    assert _per_image(18, 2) == 4.5


def test_meta_computes_nothing(torch: ModuleType) -> None:
    from cnncalc.pytorch.verify import verify

    verification = verify(load(), device="meta", training=True)
    assert verification.ok
    assert [total.what for total in verification.totals if total.ok is None] == ["no NaN in the output"]
    assert verification.run.peak is None


def test_the_global_state_of_random_numbers_is_left(torch: ModuleType) -> None:
    from cnncalc.pytorch.verify import verify

    torch.manual_seed(5)
    expected = torch.rand(2)
    torch.manual_seed(5)
    verify(load(), training=True)
    assert torch.equal(torch.rand(2), expected)


def test_a_layer_with_no_kernel_for_a_type_is_named(
    torch: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cnncalc.pytorch import trial, verify
    from cnncalc.pytorch.fitness import Unbuildable

    def never(*arguments: Any, **named: Any) -> None:
        raise AssertionError("the model was built")

    monkeypatch.setattr(verify, "built", never)
    text = "cnncalc: 1\ninput: 4096x4096x8\nlayers:\n  - conv: 4\n  - lrn: 3\n  - {lrn: 3, repeat: 2}\n"
    with pytest.raises(Unbuildable) as caught:
        verify.verify(load(text), dtype="float16")
    assert [(item.code, item.span.line) for item in caught.value.diagnostics] == [("T003", 5)]
    assert "does not run `lrn1` (lrn) in float16 on cpu" in str(caught.value)
    fit = load(text).layers[1].fit
    assert fit is not None
    assert trial.small(fit.layer, fit.inputs) == (Shape(1, (2, 2)),)


def test_a_batch_of_one_has_no_variance(torch: ModuleType) -> None:
    from cnncalc.pytorch.fitness import Unbuildable
    from cnncalc.pytorch.verify import verify

    text = "cnncalc: 1\ninput: 4x4x3\nlayers:\n  - global_avgpool\n  - conv: {filters: 4, norm: bn}\n"
    with pytest.raises(Unbuildable) as caught:
        verify(load(text), batch=1, training=True)
    assert [item.code for item in caught.value.diagnostics] == ["T004"]
    assert "`conv1.bn`" in str(caught.value)
    assert verify(load(text), batch=2, training=True).ok
    assert verify(load(text, "inference"), batch=1).ok


@pytest.mark.parametrize(
    ("raised", "message"),
    [
        (
            RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"),
            "DeviceOutOfMemory",
        ),
        (RuntimeError("a kernel's complaint\nmore of it"), "Stopped"),
    ],
)
def test_an_error_in_the_middle_names_the_layer(
    torch: ModuleType, monkeypatch: pytest.MonkeyPatch, raised: Exception, message: str
) -> None:
    from cnncalc.pytorch import verify
    from cnncalc.pytorch.run import Stopped

    def fail(self: Any, x: Any) -> Any:
        raise raised

    monkeypatch.setattr(verify, "refusals", lambda *_, **__: ())
    monkeypatch.setattr(torch.nn.Sigmoid, "forward", fail)
    with pytest.raises(Stopped, match="PyTorch stopped at `sigmoid1`: ") as caught:
        verify.verify(load())
    assert type(caught.value).__name__ == message
    assert "\n" not in str(caught.value)


def test_on_cuda_dropout_keeps_booleans() -> None:
    """As PyTorch's source says; no GPU has measured it yet."""
    from cnncalc.analysis import Analysis
    from cnncalc.analysis.kept import kept

    text = (
        "cnncalc: 1\ninput: 8\nlayers:\n  - fc: 8\n  - dropout: 0.5\n  - fc: 8\n  - dropout: {p: 0.5, inplace: true}\n"
        "  - fc: 8\n  - dropout: 1\n  - fc: 1\n"
    )
    graph = load(text)
    stored = Analysis(graph).storage
    masks = {
        backend: [
            tensor.dtype
            for tensor in kept(graph, stored, backend=backend) or ()
            if tensor.name in ("mask", "zero")
        ]
        for backend in ("cpu", "cuda")
    }
    assert masks == {"cpu": [None, None, None], "cuda": ["bool", None, None]}


PEAK = """
import torch
from cnncalc.pytorch.peak import watched
with watched(torch.device("cpu")) as peak:
    before = peak()
    if before is not None:
        torch.ones(256 << 20, dtype=torch.uint8)
        print(peak().nbytes - before.nbytes)
"""


@pytest.mark.long
def test_peak_of_a_cpu_run(torch: ModuleType) -> None:
    """In a process of its own: a large one, such as of these tests, may give memory back while it is watched."""
    done = subprocess.run([sys.executable, "-c", PEAK], capture_output=True, text=True, check=True)
    if not done.stdout:
        pytest.skip("this system does not tell a process's memory")
    assert int(done.stdout) >= 200 << 20

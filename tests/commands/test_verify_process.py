"""PyTorch runs in a process of its own: what ended it is reported, and the next network is still verified."""

import faulthandler
import gc
import json
import os
import pickle
import signal
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import cnncalc
from cnncalc import zoo
from cnncalc.commands import _slide_check, _verifier, _verify_rewrite
from cnncalc.commands._torch_process import death
from cnncalc.commands._verifier import serve, weight
from cnncalc.commands._verify_events import Advanced, At, Began, RunFailed, VerifySettings
from cnncalc.commands._verifying import Verifier
from cnncalc.pytorch.outcome import Follower, Verification
from tests.commands._program import program, run

SPEC = "cnncalc: 1\nname: Net\ninput: 8x8x3\nlayers:\n  - conv: {filters: 4, kernel: 3, act: relu}\n"
INFERENCE = VerifySettings("cpu", "float32", 2, False, 0)
forked = pytest.mark.skipif(
    sys.platform != "linux", reason="what a test replaces is there in a forked process alone"
)


@pytest.fixture(autouse=True)
def quiet(torch: ModuleType) -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(SPEC, encoding="utf-8")
    return path


def dies(monkeypatch: pytest.MonkeyPatch, how: Any, *, of: str = "Net") -> None:
    """Have the verification of one network end its process."""
    verified = _verifier.verified

    def ended(graph: Any, settings: VerifySettings, follower: Follower) -> Verification:
        if graph.spec.name == of:
            follower.at("`conv1`")
            # pytest's, which would write where each thread was.
            faulthandler.disable()
            how()
        return verified(graph, settings, follower)

    monkeypatch.setattr(_verifier, "verified", ended)


def by_signal(number: int) -> Any:
    return lambda: os.kill(os.getpid(), number)


@forked
@pytest.mark.parametrize(
    ("how", "words"),
    [
        (by_signal(signal.SIGSEGV), "PyTorch crashed with SIGSEGV (segmentation fault) at `conv1`"),
        (by_signal(signal.SIGABRT), "PyTorch crashed with SIGABRT at `conv1`"),
        (
            by_signal(signal.SIGKILL),
            "the process that runs PyTorch was killed (SIGKILL) at `conv1`: most likely the system ran out of memory; "
            "use a smaller --batch, or --meta",
        ),
        (lambda: os._exit(3), "the process that runs PyTorch ended with exit status 3 at `conv1`"),
    ],
)
def test_a_process_that_died_is_reported_in_one_sentence(
    small: Path, monkeypatch: pytest.MonkeyPatch, how: Any, words: str
) -> None:
    dies(monkeypatch, how)
    ended = run("verify", small)
    assert (ended.status, ended.out, ended.err) == (2, "", f"Error: Net: {words}\n")


@pytest.mark.long
@forked
def test_after_a_death_the_next_network_is_verified(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zoo, "names", lambda: ["lenet5", "alexnet", "zfnet"])
    dies(monkeypatch, by_signal(signal.SIGSEGV), of="AlexNet")
    ended = run("verify", "--all", "--meta")
    assert ended.status == 2
    first, second, third, *_, last = ended.out.splitlines()
    assert first.startswith("✓ lenet5 ")
    assert (
        second
        == "✗ alexnet                  AlexNet: PyTorch crashed with SIGSEGV (segmentation fault) at `conv1`"
    )
    assert third.startswith("✓ zfnet ")
    assert last == "2 of 3 specs are as predicted"
    data = json.loads(run("verify", "--all", "--meta", "--format", "json").out)
    assert [entry["ok"] for entry in data["specs"]] == [True, False, True]
    assert "SIGSEGV" in data["specs"][1]["error"]


@forked
def test_a_fault_of_this_program_is_not_a_crash_of_pytorch(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise KeyError("what nobody foresaw")

    monkeypatch.setattr(zoo, "names", lambda: ["lenet5", "alexnet"])
    dies(monkeypatch, broken, of="LeNet-5")
    ended = run("verify", "--all", "--meta")
    assert ended.status == 70
    assert ended.out.startswith(
        "✗ lenet5                   an error in cnncalc: KeyError: 'what nobody foresaw'\n✓ alexnet"
    )


# What compares two networks in that process, each with its command and what to do where memory runs out.
COMPARED = {
    "rewrite": (_verify_rewrite, "_compared", ("verify", "lenet5", "--rewrite", "fc-to-conv"), "--batch"),
    "slide": (_slide_check, "_checked", ("slide", "lenet5", "--image", "48", "--check"), "--image"),
}


def replaced(monkeypatch: pytest.MonkeyPatch, what: str, how: Any) -> tuple[str, ...]:
    """Have a comparison end its process; its command."""
    module, name, words, _ = COMPARED[what]

    def ended(note_step: Any, *arguments: Any) -> None:
        note_step("its rewrite")
        faulthandler.disable()
        how()

    monkeypatch.setattr(module, name, ended)
    return words


@forked
@pytest.mark.parametrize("what", COMPARED)
@pytest.mark.parametrize(
    ("number", "words"),
    [
        (signal.SIGSEGV, "PyTorch crashed with SIGSEGV (segmentation fault) at its rewrite"),
        (
            signal.SIGKILL,
            "the process that runs PyTorch was killed (SIGKILL) at its rewrite: most likely the system ran out of "
            "memory; use a smaller ",
        ),
    ],
)
def test_a_comparison_that_died_is_reported_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, what: str, number: int, words: str
) -> None:
    ended = run(*replaced(monkeypatch, what, by_signal(number)))
    option = COMPARED[what][-1] if words.endswith(" ") else ""
    assert (ended.status, ended.out, ended.err) == (2, "", f"Error: LeNet-5: {words}{option}\n")


@forked
@pytest.mark.parametrize("what", COMPARED)
def test_a_fault_of_this_program_in_a_comparison_is_not_a_crash(
    monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    def broken() -> None:
        raise KeyError("what nobody foresaw")

    ended = run(*replaced(monkeypatch, what, broken))
    assert (ended.status, ended.out) == (70, "")
    assert "what nobody foresaw" in ended.err


@forked
@pytest.mark.parametrize("what", COMPARED)
def test_a_comparison_that_the_memory_surely_can_not_hold_is_not_tried(
    monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    from cnncalc.pytorch import devices

    monkeypatch.setattr(devices, "memory", lambda: 1 << 10)
    *_, words, option = COMPARED[what]
    device = ("--device", "cpu") if what == "rewrite" else ()
    ended = run(*words, *device)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("Error: LeNet-5 with its ")
    assert ended.err.endswith(f"and this machine has 1.00 KiB: use a smaller {option}\n")


@forked
@pytest.mark.parametrize("what", COMPARED)
def test_an_error_of_pytorch_in_a_comparison_is_a_sentence(
    torch: ModuleType, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise RuntimeError("no kernel for this type\nand more")

    monkeypatch.setattr(torch.nn.Conv2d, "forward", refused)
    ended = run(*COMPARED[what][2])
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("Error: LeNet-5: PyTorch stopped at ")
    assert ended.err.endswith(": no kernel for this type\n")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no such signals")
def test_ctrl_c_ends_a_comparison_and_its_process(tmp_path: Path) -> None:
    """In PyTorch: a crop for each of many places."""
    import subprocess
    import time

    from tests.commands._program import command, environment

    words = command("slide", "alexnet", "--image", "2019", "--check")
    with subprocess.Popen(
        words, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        begun: list[str] = []
        while process.poll() is None and not begun:
            begun = children.read_text().split() if children.exists() else ["?"]
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 130
    assert not any(Path(f"/proc/{child}").exists() for child in begun)


@pytest.mark.long
def test_a_segmentation_fault_inside_pytorch(tmp_path: Path) -> None:
    """A real one of PyTorch 2.13: the backward pass of a group norm over what `movedim` has turned."""
    path = tmp_path / "net.yaml"
    path.write_text("cnncalc: 1\ninput: 16x16x4\nlayers:\n  - patch_merging\n  - gn: 4\n", encoding="utf-8")
    ended = program("verify", path, "--training", "--device", "cpu")
    assert ended.status in (0, 2)
    if ended.status == 2:
        assert ended.err.startswith(f"Error: {path}: PyTorch crashed with SIGSEGV (segmentation fault) at ")
        assert ended.err.count("\n") == 1


def test_signals_without_a_name_are_numbers() -> None:
    assert death(-99, "", "") == "PyTorch crashed with signal 99"


@pytest.mark.long
def test_one_process_for_all_networks_and_a_new_one_after_a_death(small: Path) -> None:
    with Verifier(INFERENCE) as verifier:
        first = verifier._process
        for _ in range(2):
            *events, last = verifier.answers(str(small))
            assert isinstance(last, Verification)
            assert last.ok
            assert verifier._process is first
        assert [event for event in events if isinstance(event, Began)] == [
            Began("Net", sum(weight(cnncalc.load(SPEC))))
        ]
        assert sum(event.weight for event in events if isinstance(event, Advanced)) == events[0].weight  # type: ignore[union-attr]
        assert {event.where for event in events if isinstance(event, At)} >= {
            "`conv1`",
            "the receptive fields",
        }
        assert first is not None
        first.kill()
        *_, failed = verifier.answers(str(small))
        assert isinstance(failed, RunFailed)
        *_, again = verifier.answers(str(small))
        assert isinstance(again, Verification)
    assert verifier._process is None


@pytest.mark.long
def test_pytorch_is_loaded_in_that_process_only() -> None:
    code = (
        "import sys\nfrom cnncalc.cli import main\ntry: main(['verify', 'lenet5', '--meta'])\n"
        "except SystemExit as end: print(end.code, 'torch' in sys.modules)\n"
    )
    import subprocess

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.splitlines()[-1] == "0 False"


class Line:
    """The end of a connection: asks for names, and counts what is alive whenever another is asked for."""

    def __init__(self, names: list[str], count: Any) -> None:
        self.names, self.count = [*names, None], count
        self.alive: list[int] = []
        self.sent: list[Any] = []

    def recv(self) -> str | None:
        self.alive.append(self.count())
        return self.names.pop(0)

    def send(self, event: Any) -> None:
        self.sent.append(event)


@pytest.mark.long
def test_the_models_of_networks_that_are_done_are_collected(torch: ModuleType, small: Path) -> None:
    from torch import fx

    def models() -> int:
        return sum(isinstance(value, fx.GraphModule) for value in gc.get_objects())

    before, enabled = signal.getsignal(signal.SIGINT), gc.isenabled()
    threads = torch.get_num_threads()
    gc.collect()
    line = Line([str(small)] * 4, models)
    gc.disable()
    try:
        serve(line, INFERENCE, None)  # type: ignore[arg-type]
        assert gc.isenabled()
    finally:
        signal.signal(signal.SIGINT, before)
        torch.set_num_threads(threads)
        (gc.enable if enabled else gc.disable)()
    assert all(
        isinstance(value, Verification) for value in line.sent if not isinstance(value, Began | At | Advanced)
    )
    assert len(set(line.alive)) == 1


def test_graphs_can_be_sent_where_no_process_is_forked() -> None:
    for name in ("googlenet", "swin_t", "unet", "efficientnet_b0"):
        graph = cnncalc.load(name)
        sent = pickle.loads(pickle.dumps(graph))
        assert [(node.name, node.shape, node.inputs) for node in sent.nodes] == [
            (node.name, node.shape, node.inputs) for node in graph.nodes
        ]
        assert sent.diagnostics == graph.diagnostics


@pytest.mark.parametrize("arguments", [("--all", "--meta"), ("lenet5", "--meta")])
def test_the_bar_moves(monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]) -> None:
    from rich.progress import Progress

    monkeypatch.setattr(zoo, "names", lambda: ["lenet5", "alexnet"])
    seen: list[float] = []
    update, advance = Progress.update, Progress.advance

    def noted(self: Progress) -> None:
        task = self.tasks[0]
        seen.append((task.completed / task.total) if task.total else 0)

    def updated(self: Progress, *arguments: Any, **named: Any) -> None:
        update(self, *arguments, **named)
        noted(self)

    def advanced(self: Progress, *arguments: Any, **named: Any) -> None:
        advance(self, *arguments, **named)
        noted(self)

    monkeypatch.setattr(Progress, "update", updated)
    monkeypatch.setattr(Progress, "advance", advanced)
    ended = run("verify", *arguments, FORCE_COLOR="1")
    assert ended.status == 0
    assert seen == sorted(seen)
    # A step for every layer, from nothing to all.
    assert len(set(seen)) > 8
    assert seen[-1] == 1
    assert "%" in ended.err

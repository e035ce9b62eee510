"""What `cnncalc export --to torch` writes is imported back as the same network, with all of its layers known."""

import inspect
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import cnncalc
from cnncalc import zoo
from cnncalc.exporters.torch_source import written
from cnncalc.graph import Graph
from cnncalc.importers import Draft, document, matching
from tests._depth import long_but

QUICK = (
    "alexnet_towers",
    "fcn8s",
    "fractalnet",
    "lenet5",
    "shufflenet_v2_x0_5",
    "swin_t",
    "unet",
    "vit_b_32",
)
WRITTEN = Path(__file__).parents[2] / "networks"
OTHERS = tuple(path.stem for path in sorted(WRITTEN.glob("*.yaml")))
# Networks with modules of our own over rows of positions, with parameters that are not trained, with arithmetic of
# learned tensors, with unpooling, and with products of volumes.
SMALL = ("learned_vit", "crnn", "edsr_baseline_x2", "bifpn", "segnet", "edgenext_xx_small")


def imported(graph: Graph) -> Draft:
    """The draft of the exported code of a network, run without values."""
    from cnncalc.pytorch.capture.importing import import_source
    from cnncalc.pytorch.capture.named_source import TorchSource

    file = written(graph)
    names: dict[str, Any] = {"__name__": "exported"}
    exec(compile(file.text, "<exported>", "exec"), names)
    network = names[file.network]
    parameters = list(inspect.signature(network.forward).parameters)[1:]
    shapes: list[tuple[str | None, Any]] = [
        (name, node.shape) for name, node in zip(parameters, graph.inputs, strict=True)
    ]
    return import_source(TorchSource("exported", "exported", network), shapes, mode=graph.mode).draft


def assert_comes_back(graph: Graph) -> None:
    draft = imported(graph)
    assert draft.unknown == []
    assert matching(graph, cnncalc.load(document(draft), mode=graph.mode), in_detail=False) is not None


@pytest.mark.parametrize("mode", ["inference", "training"])
@pytest.mark.parametrize("name", long_but(QUICK, zoo.names()))
def test_a_shipped_network_comes_back(name: str, mode: str, torch: ModuleType, one_thread: None) -> None:
    assert_comes_back(cnncalc.load(name, mode=mode))


@pytest.mark.parametrize("name", long_but(SMALL, OTHERS))
def test_a_published_network_comes_back(name: str, torch: ModuleType, one_thread: None) -> None:
    assert_comes_back(cnncalc.load(WRITTEN / f"{name}.yaml"))


def test_a_changed_copy_of_an_own_module_is_no_copy(torch: ModuleType) -> None:
    """Its name says nothing: the code does."""
    from cnncalc.pytorch import modules
    from cnncalc.pytorch.capture.copies import original

    text = written(cnncalc.load("swin_t")).text
    changes = {
        "": modules.WindowAttention,
        "query * (channels // self.heads) ** -0.5": None,
        "device=self.qkv.weight.device) >= length - shift": None,
        "relative: bool = True": None,
    }
    for change, expected in changes.items():
        names: dict[str, Any] = {"__name__": "exported"}
        assert change in text
        exec(
            text.replace(change, change.replace("*", "/").replace(">=", ">").replace("True", "False")), names
        )
        assert original(names["WindowAttention"]) is expected
        assert original(names["StochasticDepth"]) is modules.StochasticDepth


def test_code_and_its_spec_agree_in_a_fresh_process(tmp_path: Path, torch: ModuleType) -> None:
    """The spec has dropout, which inference leaves out, and a `flatten` of features."""
    spec = tmp_path / "net.yaml"
    spec.write_text(
        "cnncalc: 1\nname: Net\ninput: 8x8x3\nlayers:\n  - conv: {filters: 8, kernel: 3, act: relu}\n"
        "  - dropout\n  - crop: 4\n  - global_avgpool\n  - flatten\n  - fc: 10\n"
    )
    program: list[str | Path] = [sys.executable, "-m", "cnncalc"]
    subprocess.run([*program, "export", spec, "-o", tmp_path / "net.py"], check=True)
    verify: list[str | Path] = [*program, "verify", spec, "--against", f"{tmp_path / 'net.py'}:Net"]
    assert subprocess.run(verify, capture_output=True, check=False).returncode == 0
    (tmp_path / "net.py").write_text(
        (tmp_path / "net.py").read_text().replace("nn.Linear(8, 10", "nn.Linear(8, 11")
    )
    assert subprocess.run(verify, capture_output=True, check=False).returncode == 1

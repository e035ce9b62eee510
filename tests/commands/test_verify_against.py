"""`cnncalc verify SPEC --against SOURCE`, `cnncalc import --prove-only` and `--weights`."""

import json
from pathlib import Path

import pytest

from tests.commands._program import run

CODE = """
from torch import nn


class Net(nn.Module):
    def __init__(self, classes=10, width=4, channels=3, loud=False):
        super().__init__()
        self.conv = nn.Conv2d(channels, width, 3, padding=1)
        self.head = nn.Linear(width, classes)
        self.loud = loud

    def forward(self, x):
        if self.loud:
            raise RuntimeError("too loud")
        return self.head(self.conv(x).relu().mean((2, 3)))
"""
SPEC = """cnncalc: 1
name: Net
input: 32x32x3
layers:
  - conv: {filters: 4, kernel: 3, padding: half, act: relu}
    name: first
  - mean
  - fc: 10
"""


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The code, in the working folder, beside its spec `net.yaml`."""
    name = f"net_{tmp_path.name}"
    (tmp_path / f"{name}.py").write_text(CODE, encoding="utf-8")
    (tmp_path / "net.yaml").write_text(SPEC, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return f"{name}.py:Net"


def test_a_spec_that_agrees(source: str) -> None:
    ended = run("verify", "net.yaml", "--against", source)
    assert (ended.status, ended.out) == (0, f"net.yaml agrees with {source}: 4 layers, 162 parameters\n")
    assert ended.err == f"note: runs the Python code of {source}\n"


def test_a_change_is_printed(source: str) -> None:
    ended = run("verify", "net.yaml", "--against", source, "--arg", "width=6")
    assert ended.status == 1
    assert ended.out.startswith(f"net.yaml -> {source}\n")
    assert "~ first" in ended.out
    assert "filters 4 -> 6" in ended.out
    assert ended.err.endswith(f"failed: net.yaml and {source} are not the same network\n")


def test_a_change_of_the_input_is_printed(source: str) -> None:
    ended = run("verify", "net.yaml", "--against", source, "--arg", "channels=1")
    assert ended.status == 1
    assert "32x32x3" in ended.out
    assert "does not run with an input of 32x32x3" in ended.err


def test_a_change_is_data_for_programs(source: str) -> None:
    ended = run("verify", "net.yaml", "--against", source, "--arg", "width=6", "--format", "json")
    data = json.loads(ended.out)
    assert ended.status == 1
    assert data["new"]["file"] == source
    assert data["layers"][1]["settings"] == {"filters": {"old": 4, "new": 6}}
    same = run("verify", "net.yaml", "--against", source, "--format", "json")
    assert same.status == 0
    assert json.loads(same.out)["counts"]["changed"] == 0


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--arg", "loud=true"], 2, "too loud"),
        (["--arg", "wide=3"], 2, "unexpected keyword argument 'wide'"),
        (["--meta"], 2, "--against compares one SPEC with code: leave --meta out"),
        (["--rewrite", "fold-norm"], 2, "--against compares one SPEC with code: leave --rewrite out"),
        (["--format", "csv"], 2, "csv"),
    ],
)
def test_what_cannot_be_compared(source: str, arguments: list[str], status: int, message: str) -> None:
    ended = run("verify", "net.yaml", "--against", source, *arguments)
    assert ended.status == status
    assert message in ended.err
    assert ended.out == ""


def test_an_argument_needs_code() -> None:
    ended = run("verify", "resnet18", "--arg", "width=3")
    assert ended.status == 2
    assert "--arg is an argument of the code that --against names" in ended.err


def test_code_that_is_not_there(source: str) -> None:
    ended = run("verify", "net.yaml", "--against", "nowhere.py:Net")
    assert ended.status == 2
    assert "there is no file 'nowhere.py'" in ended.err


def test_an_import_is_proven(source: str, tmp_path: Path) -> None:
    ended = run("import", source, "--input", "32x32x3", "--weights", "map.json")
    assert ended.status == 0
    assert ended.err.splitlines()[-1] == "proven: output is equal, bit by bit"
    assert json.loads((tmp_path / "map.json").read_text(encoding="utf-8")) == {
        "version": 1,
        "weights": {
            "conv1.weight": "conv.weight",
            "conv1.bias": "conv.bias",
            "fc1.weight": "head.weight",
            "fc1.bias": "head.bias",
        },
    }
    assert "proven: " not in run("import", source, "--input", "32x32x3", "--no-prove").err


def test_an_edited_spec_is_proven(source: str, tmp_path: Path) -> None:
    ended = run("import", "--prove-only", "net.yaml", source, "--weights", "map.json")
    assert (ended.status, ended.out) == (0, "")
    assert ended.err.splitlines()[-1] == "proven: output is equal, bit by bit"
    weights = json.loads((tmp_path / "map.json").read_text(encoding="utf-8"))["weights"]
    assert weights["first.weight"] == "conv.weight"


def test_an_edit_that_changes_the_network_is_found(source: str, tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text(SPEC.replace("act: relu", "act: gelu"), encoding="utf-8")
    ended = run("import", "--prove-only", "net.yaml", source)
    assert ended.status == 1
    assert "GELU" in ended.out
    assert ended.err.endswith(f"not the same: net.yaml is another network than {source}\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--flat"], "--prove-only prints no spec: leave --flat, --modules, --no-prove, --name and -o out"),
        (
            ["--modules"],
            "--prove-only prints no spec: leave --flat, --modules, --no-prove, --name and -o out",
        ),
        (["-o", "out.yaml"], "--prove-only prints no spec"),
    ],
)
def test_prove_only_prints_no_spec(source: str, arguments: list[str], message: str) -> None:
    ended = run("import", "--prove-only", "net.yaml", source, *arguments)
    assert ended.status == 2
    assert message in ended.err

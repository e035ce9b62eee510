"""`import cnncalc`, `inspect`, `memory` and `validate` never import torch: it takes seconds and most users lack it.

The check is a trap: a module named torch, first on the path of a subprocess, that leaves a mark when it
runs. It sees an import by whatever means, in worker processes too, and whether or not torch is installed.
"""

import ast
import os
import shutil
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest

from cnncalc.commands._check import PARALLEL
from tests._depth import one_in

ROOT = Path(__file__).resolve().parents[1]
# Small networks, and as many as are checked by several processes.
SMALL = (
    "al",
    "cifar",
    "conv_demo",
    "fcn",
    "lenet",
    "nin",
    "resnet20",
    "resnet3",
    "squeezenet",
    "three",
    "unet",
    "vgg",
    "z",
)
FILES = [
    f"specs/{path.name}" for path in sorted((ROOT / "specs").glob("*.yaml")) if path.name.startswith(SMALL)
]
COMMANDS = [
    pytest.param(["-c", "import cnncalc"], id="import"),
    pytest.param(["-m", "cnncalc", "inspect", "vgg16"], id="inspect"),
    pytest.param(["-m", "cnncalc", "memory", "vgg16"], id="memory"),
    pytest.param(["-m", "cnncalc", "validate", *FILES], id="validate"),
]


class Trap:
    """A folder with a torch that tells when it is imported."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.mark = folder / "imported"
        (folder / "torch.py").write_text(f"open({str(self.mark)!r}, 'w').close()\n", encoding="utf-8")

    def run(self, arguments: list[str], checkout: Path = ROOT) -> subprocess.CompletedProcess[str]:
        """Run Python in `checkout`, whose cnncalc comes first, then the trap, then what is installed."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=checkout,
            env={**os.environ, "PYTHONPATH": str(self.folder)},
            capture_output=True,
            text=True,
            timeout=120,
        )

    @property
    def sprung(self) -> bool:
        return self.mark.exists()


@pytest.fixture
def trap(tmp_path: Path) -> Trap:
    folder = tmp_path / "trap"
    folder.mkdir()
    return Trap(folder)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A checkout of its own, to plant faults in."""
    folder = tmp_path / "copy"
    # With the compiled files: their sources keep the time that they were compiled for.
    shutil.copytree(ROOT / "cnncalc", folder / "cnncalc")
    (folder / "specs").mkdir()
    for name in ("lenet5", "vgg16"):
        shutil.copy(ROOT / "specs" / f"{name}.yaml", folder / "specs")
    return folder


def test_several_processes_check_the_files() -> None:
    assert len(FILES) >= PARALLEL


@pytest.mark.parametrize("arguments", COMMANDS)
def test_torch_is_not_imported(trap: Trap, arguments: list[str]) -> None:
    done = trap.run(arguments)
    assert done.returncode == 0, done.stderr
    assert not trap.sprung


@pytest.mark.parametrize(
    ("planted", "arguments"),
    one_in(
        3,
        product(
            ["import torch", "__import__('importlib').import_module('torch')"],
            (param.values[0] for param in COMMANDS),
        ),
        arguments=2,
    ),
)
def test_the_check_finds_a_planted_import(trap: Trap, copy: Path, arguments: list[str], planted: str) -> None:
    with (copy / "cnncalc" / "__init__.py").open("a", encoding="utf-8") as package:
        package.write(f"\n{planted}\n")
    trap.run(arguments, copy)
    assert trap.sprung


def test_the_check_finds_an_import_in_a_worker(trap: Trap) -> None:
    worker = (
        "from multiprocessing import get_context as start; "
        "worker = start('spawn').Process(target=__import__, args=('torch',)); worker.start(); worker.join()"
    )
    done = trap.run(["-c", worker])
    assert done.returncode == 0, done.stderr
    assert trap.sprung


def private_imports(package: Path) -> list[str]:
    """Imports of a module or a name with a leading underscore from outside its folder: `file: what`."""
    result = []
    for path in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and not node.level:
                imported = [f"{node.module}.{name.name}" for name in node.names]
            elif isinstance(node, ast.Import):
                imported = [name.name for name in node.names]
            else:
                continue
            result += [
                f"{path.relative_to(package.parent)}: {name}"
                for name in imported
                if _is_private(name, path, package)
            ]
    return result


def _is_private(imported: str, path: Path, package: Path) -> bool:
    parts = imported.split(".")
    if parts[0] != package.name:
        return False
    first = next(
        (index for index, part in enumerate(parts) if part.startswith("_") and not part.startswith("__")),
        None,
    )
    if first is None:
        return False
    owner = package.parent.joinpath(*parts[:first])
    # What a module keeps to itself is its own; what a folder keeps to itself is for every file in it.
    return not path.is_relative_to(owner) if owner.is_dir() else path != owner.with_suffix(".py")


def test_nothing_private_is_imported_from_outside_its_folder() -> None:
    assert private_imports(ROOT / "cnncalc") == []


@pytest.mark.parametrize(
    "line",
    [
        "from cnncalc.graph._records import Record",
        "from cnncalc.graph import _records",
        "import cnncalc.graph._records",
        "from cnncalc.shape import _private",
    ],
)
def test_a_planted_private_import_is_found(tmp_path: Path, line: str) -> None:
    package = tmp_path / "cnncalc"
    for room in ("graph", "rules"):
        (package / room).mkdir(parents=True)
    (package / "graph" / "_records.py").write_text("")
    (package / "shape.py").write_text("")
    (package / "rules" / "planted.py").write_text(f"def check() -> None:\n    {line}\n")
    assert len(private_imports(package)) == 1

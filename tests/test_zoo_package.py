"""Where the shipped specs are found: inside the package, or beside it; what they hold is tests/test_zoo.py's."""

import subprocess
import sys
from pathlib import Path

import pytest

from cnncalc import zoo
from tests.commands._program import environment

ROOT = Path(__file__).resolve().parents[1]


def test_every_spec_of_the_folder_has_its_name() -> None:
    assert zoo.names() == sorted(path.stem for path in (ROOT / "specs").glob("*.yaml"))


def test_names_are_words() -> None:
    for name in zoo.names():
        assert name.replace("_", "").isalnum()
        assert name.islower()


@pytest.mark.parametrize("name", ["vgg16", "alexnet_groups"])
def test_a_name_has_its_path(name: str) -> None:
    path = zoo.path(name)
    assert path is not None
    assert Path(path).is_file()
    assert Path(path).stem == name


@pytest.mark.parametrize(
    "name",
    ["nothing", "", "vgg16.yaml", "../specs/vgg16", "/vgg16", "..", "VGG16/", "vgg16\0", "~", "C:vgg16"],
)
def test_an_unknown_name_has_no_path(name: str) -> None:
    assert zoo.path(name) is None


def test_in_a_wheel_they_are_inside_the_package(tmp_path: Path) -> None:
    """As installed: `cnncalc/specs`, and no `specs` beside it."""
    package = tmp_path / "cnncalc"
    (package / "specs").mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "zoo.py").write_text((ROOT / "cnncalc" / "zoo.py").read_text())
    (package / "specs" / "mine.yaml").touch()
    code = "from cnncalc import zoo; print(zoo.names(), zoo.folder(), zoo.path('mine'))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment(PYTHONPATH=str(tmp_path)),
        capture_output=True,
    )
    specs = package / "specs"
    assert done.stdout.decode().split() == ["['mine']", str(specs), str(specs / "mine.yaml")]

"""A shipped spec's name is accepted wherever a spec is, and unknown names have messages."""

from pathlib import Path

import pytest

from cnncalc import zoo
from tests.commands._program import run

NET = "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: 4\n"
COMMANDS = [
    ("inspect", "lenet5"),
    ("validate", "lenet5"),
    ("diff", "lenet5", "vgg16"),
    ("expand", "lenet5"),
    ("explain", "lenet5"),
    ("memory", "lenet5"),
    ("fit", "lenet5", "--memory", "8GiB"),
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("arguments", COMMANDS)
def test_is_taken(arguments: tuple[str, ...]) -> None:
    ended = run(*arguments)
    assert (ended.status, ended.err) == (0, "")
    assert "lenet5" in ended.out or "LeNet-5" in ended.out or arguments[0] == "validate"


@pytest.mark.parametrize("arguments", COMMANDS)
def test_a_file_of_that_name_comes_first_and_is_reported(folder: Path, arguments: tuple[str, ...]) -> None:
    (folder / "lenet5").write_text(NET)
    ended = run(*arguments)
    assert ended.err == "note: `lenet5` is a file here; the shipped spec of that name is not read\n"
    assert "LeNet-5" not in ended.out
    assert ended.status == 0


def test_a_folder_of_that_name_does_not(folder: Path) -> None:
    (folder / "lenet5").mkdir()
    assert run("inspect", "lenet5").out.startswith("LeNet-5")
    (folder / "lenet5" / "net.yaml").write_text(NET)
    assert "checked 1 spec, 1 layer: " in run("validate", "lenet5").out


@pytest.mark.parametrize("option", ["--fix", "--diff", "--add-ignore"])
def test_is_never_changed(option: str) -> None:
    before = Path(zoo.folder(), "lenet5.yaml").read_bytes()
    ended = run("validate", option, "lenet5")
    assert ended.status == 2
    assert "lenet5 is a shipped spec, which is not changed; `cnncalc new --like lenet5 -o FILE`" in ended.err
    assert Path(zoo.folder(), "lenet5.yaml").read_bytes() == before


@pytest.mark.parametrize("arguments", COMMANDS)
def test_that_is_unknown_suggests_several_of_both_kinds(folder: Path, arguments: tuple[str, ...]) -> None:
    (folder / "resnet5.yaml").write_text(NET)
    (folder / "other.yaml").write_text(NET)
    ended = run(*(word.replace("lenet5", "resnet5") for word in arguments))
    output = ended.out + ended.err
    assert ended.status == 2
    assert "help: there is `resnet5.yaml` here; there are shipped specs `resnet50`, " in output
    assert "`resnet18`" in output
    assert "other" not in output


def test_files_are_sought_where_the_path_leads(folder: Path) -> None:
    (folder / "nets").mkdir()
    (folder / "nets" / "small.yml").write_text(NET)
    assert "help: there is `nets/small.yml` here\n" in run("validate", "nets/smal.yaml").out


def test_a_file_that_cannot_be_read_is_not_taken_for_a_typing_error(folder: Path) -> None:
    (folder / "resnet5").mkdir()
    assert "shipped" not in run("inspect", "resnet5").err


def test_both_sides_of_a_diff_are_not_standard_input() -> None:
    assert run("diff", "-", "-", stdin=NET).status == 2
    assert run("diff", "-", "lenet5", stdin=NET).status == 0

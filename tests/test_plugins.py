"""Packages whose modules are their members."""

import sys
from pathlib import Path
from types import ModuleType

import pytest

from cnncalc import plugins


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package of its own with two members, each of which tells when it is imported."""
    folder = tmp_path / "aviary" / "birds"
    (folder / "_nest").mkdir(parents=True)
    (tmp_path / "aviary" / "__init__.py").touch()
    (folder / "__init__.py").touch()
    for name in ("wren", "owl", "_egg"):
        (folder / f"{name}.py").write_text(f"name = {name!r}\n")
    (folder / "notes.txt").touch()
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.partition(".")[0] == "aviary"]:
        del sys.modules[name]
    plugins.names.cache_clear()
    return "aviary.birds"


def test_names_are_those_of_the_files_sorted(package: str) -> None:
    assert plugins.names(package) == ("owl", "wren")


def test_names_are_listed_without_importing_a_member(package: str) -> None:
    plugins.names(package)
    assert [name for name in sys.modules if name.startswith("aviary.")] == []


def test_a_member_is_loaded_alone(package: str) -> None:
    assert plugins.load(package, "owl").name == "owl"
    assert "aviary.birds.wren" not in sys.modules


def test_all_members_by_name(package: str) -> None:
    assert {name: module.name for name, module in plugins.load_all(package).items()} == {
        "owl": "owl",
        "wren": "wren",
    }


@pytest.mark.parametrize("name", ["egg", "_egg", "__init__", "notes", "owl.wren", "", ".", "os"])
def test_a_private_module_is_not_loaded(package: str, name: str) -> None:
    with pytest.raises(ModuleNotFoundError):
        plugins.load(package, name)


def test_a_package_that_is_not_there(package: str) -> None:
    with pytest.raises(ModuleNotFoundError):
        plugins.names("aviary.fish")


def test_a_member_defines_one_class_of_its_kind() -> None:
    module = ModuleType("aviary.birds.owl")

    class Bird:
        pass

    with pytest.raises(TypeError, match=r"aviary.birds.owl must define one bird class, not 0"):
        plugins.only(module, Bird)
    owl = type("Owl", (Bird,), {"__module__": module.__name__})
    vars(module).update(Owl=owl, Bird=Bird)
    assert plugins.only(module, Bird) is owl


def test_a_package_exports_names_of_its_modules(package: str) -> None:
    assert plugins.offered(package, {"name": "owl"}, "name") == "owl"
    assert "aviary.birds.wren" not in sys.modules


def test_a_name_that_is_not_exported_is_not_an_attribute(package: str) -> None:
    with pytest.raises(AttributeError, match=r"module 'aviary\.birds' has no attribute 'egg'"):
        plugins.offered(package, {"name": "owl"}, "egg")

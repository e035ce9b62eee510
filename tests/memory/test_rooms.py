"""The rooms of memory: what leaves a room is exported by it, and is imported from it."""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MEMORY = ROOT / "cnncalc" / "memory"
ROOMS = sorted(path.parent.name for path in MEMORY.glob("*/__init__.py"))
# A room within a room, whose members are found by name.
INNER = ("cnncalc.memory.allocated.optimizers", "cnncalc.memory.advice.remedies")


@pytest.mark.parametrize("room", ["", *ROOMS])
def test_every_export_is_there(room: str) -> None:
    module = import_module(".".join(filter(None, ("cnncalc.memory", room))))
    assert set(module.__all__) == set(module._EXPORTS)
    for name in module.__all__:
        assert getattr(module, name) is not None


def test_a_name_that_is_not_exported_is_not_an_attribute() -> None:
    with pytest.raises(AttributeError, match=r"cnncalc\.memory\.device"):
        import_module("cnncalc.memory.device").nothing  # noqa: B018


def imports(path: Path) -> Iterator[str]:
    """The modules of memory that a file imports from."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("cnncalc.memory"):
            yield node.module
        elif isinstance(node, ast.Import):
            yield from (name.name for name in node.names if name.name.startswith("cnncalc.memory"))


def test_other_rooms_import_from_the_room() -> None:
    rooms = {"cnncalc.memory", *(f"cnncalc.memory.{room}" for room in ROOMS), *INNER}
    inside = [
        f"{path.relative_to(ROOT)}: {module}"
        for folder in ("cnncalc", "benchmarks", "docs")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if not path.is_relative_to(MEMORY)
        for module in imports(path)
        if module not in rooms
    ]
    assert inside == []


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_another_by_what_it_exports(room: str) -> None:
    others = [f"cnncalc.memory.{other}" for other in ROOMS if other != room]
    inside = [
        f"{path.relative_to(ROOT)}: {module}"
        for path in sorted((MEMORY / room).rglob("*.py"))
        for module in imports(path)
        if module.startswith(tuple(f"{other}." for other in others)) and module not in INNER
    ]
    assert inside == []

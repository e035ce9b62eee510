"""What Windows cannot import is not collected there, and nothing else is left out."""

import ast
from pathlib import Path

import pytest

from tests._posix import MODULES, ONLY

FOLDER = Path(__file__).parent
PACKAGE = FOLDER.parent / "cnncalc"


def imported(path: Path) -> set[str]:
    """The modules that a file imports when it is itself imported."""
    names = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def test_the_package_needs_no_such_module_to_be_imported() -> None:
    assert [path.name for path in PACKAGE.rglob("*.py") if imported(path) & MODULES] == []


def test_every_test_that_needs_one_is_listed() -> None:
    needing = {path.relative_to(FOLDER) for path in FOLDER.rglob("*.py") if imported(path) & MODULES}
    assert {path for path in needing if not any(path.match(pattern) for pattern in ONLY)} == set()


@pytest.mark.parametrize("pattern", ONLY)
def test_every_listed_file_needs_one(pattern: str) -> None:
    assert any(imported(path) & MODULES for path in FOLDER.glob(pattern))

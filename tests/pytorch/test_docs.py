"""The Python on the page about PyTorch does what it says."""

import doctest
from pathlib import Path
from types import ModuleType

PAGE = Path(__file__).resolve().parents[2] / "docs" / "pytorch.md"


def test_examples(torch: ModuleType) -> None:
    done = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert done.attempted > 0
    assert done.failed == 0

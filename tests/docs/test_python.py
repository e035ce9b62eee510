"""The Python in the documentation does what it says."""

import doctest
from pathlib import Path

import pytest

import cnncalc

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("page", ["README.md", "docs/python.md"])
def test_examples_of_a_page(page: str) -> None:
    done = doctest.testfile(str(ROOT / page), module_relative=False, encoding="utf-8")
    assert done.attempted > 0
    assert done.failed == 0


def test_examples_of_the_package() -> None:
    done = doctest.testmod(cnncalc)
    assert done.attempted > 0
    assert done.failed == 0

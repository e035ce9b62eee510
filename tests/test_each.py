"""Cases in one test: every one is run, and those that fail are named."""

from inspect import signature
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests import _each
from tests._each import each


def check_is_small(value: int, tmp_path: Path | None = None) -> None:
    assert value < 3


def test_all_that_fail_are_named() -> None:
    with pytest.raises(ExceptionGroup) as caught:
        each("value", [1, 4, pytest.param(7, id="seven")])(check_is_small)()
    assert str(caught.value) == "2 of 3 cases fail (2 sub-exceptions)"
    assert [error.__notes__ for error in caught.value.exceptions] == [
        ["In the case 4"],
        ["In the case seven"],
    ]


def test_fixtures_are_still_asked_for() -> None:
    assert list(signature(each("value", [1])(check_is_small)).parameters) == ["tmp_path"]


def test_several_values_are_one_case() -> None:
    seen = []

    def see(first: int, second: str) -> None:
        seen.append((first, second))

    each(("first", "second"), [(1, "a"), (2, "b")])(see)()
    assert seen == [(1, "a"), (2, "b")]


def test_a_case_may_have_no_mark() -> None:
    with pytest.raises(AssertionError, match="may have no mark"):
        each("value", [pytest.param(1, marks=pytest.mark.long)])


def test_a_case_that_is_skipped_is_reported() -> None:
    def skip(value: int) -> None:
        pytest.skip("never run")

    with pytest.raises(BaseExceptionGroup, match="1 of 1 cases fail"):
        each("value", [1])(skip)()


@pytest.mark.parametrize(
    ("keyword", "paths", "apart"),
    [
        ("", [], False),
        ("", ["tests/layers"], False),
        ("conv", ["tests/layers"], True),
        ("", ["tests/test_each.py::test"], True),
    ],
)
def test_where_tests_are_chosen_by_name_each_is_a_test(
    monkeypatch: pytest.MonkeyPatch, keyword: str, paths: list[str], apart: bool
) -> None:
    monkeypatch.setattr(_each, "_apart", None)
    config: Any = SimpleNamespace(option=SimpleNamespace(keyword=keyword), args=paths)
    _each.configure(config)

    def test(value: int) -> None:
        pass

    each("value", [pytest.param(1, id="first"), 2])(test)
    marks = getattr(test, "pytestmark", [])
    assert [[param.id for param in mark.args[1]] for mark in marks] == [["first", "2"]] * apart

"""Every public name has a docstring and is on the page of the library; and the check finds one that is missing."""

import inspect
from enum import IntEnum
from pathlib import Path
from typing import NamedTuple

import cnncalc
from docs import api
from tests._each import each

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
EVERY = api.public()


def undocumented(public: api.Public) -> list[str]:
    """The public names of a function or a class that have no docstring."""
    own = public.item.__doc__ if not inspect.isclass(public.item) else vars(public.item).get("__doc__")
    # Records that say nothing are given their signature.
    missing = [public.name] if not own or own.startswith(f"{public.item.__name__}(") else []
    if inspect.isclass(public.item):
        # What a record's fields are is said by its own docstring, or above each.
        missing += [
            f"{public.name}.{each.name}"
            for each in api.members(public.item)
            if not (each.text or each.is_field)
        ]
    return missing


@each("public", EVERY, ids=[public.name for public in EVERY])
def test_every_public_name_has_a_docstring(public: api.Public) -> None:
    assert undocumented(public) == []


@each("public", EVERY, ids=[public.name for public in EVERY])
def test_every_public_name_is_on_the_page(public: api.Public) -> None:
    _, heading, section = PAGE.partition(f"\n### {public.name}\n")
    assert heading
    section = section.partition("\n### ")[0]
    if inspect.isclass(public.item):
        assert all(f"\n- `{each.signature}`" in section for each in api.members(public.item))


def test_all_that_the_package_offers_is_public() -> None:
    names = {public.name for public in EVERY}
    assert {f"cnncalc.{name}" for name in cnncalc.__all__ if not name.startswith("_")} <= names
    assert "### cnncalc.pytorch.build" in PAGE


def test_dir_shows_what_exists() -> None:
    shown = {name for name in dir(cnncalc) if not name.startswith("__")}
    assert shown == {*cnncalc.__all__, "pytorch"} - {"__version__"}
    assert all(getattr(cnncalc, name) is not None for name in shown)


class Silent(NamedTuple):
    number: int

    def double(self) -> int:
        return 2 * self.number


class WithWord(IntEnum):
    """It says what it is."""

    A = 1

    @property
    def word(self) -> str:
        return "a"


@each(("kind", "missing"), [(Silent, {"x", "x.double"}), (WithWord, {"x.word"}), (cnncalc.load, set())])
def test_the_check_finds_what_has_no_docstring(kind: object, missing: set[str]) -> None:
    assert set(undocumented(api.Public("x", kind))) == missing


def test_a_field_has_the_comment_above_it() -> None:
    from cnncalc.graph import Graph

    assert api.field_comments(Graph)["strict"] == "Whether every remainder of a window is an error."
    assert api.field_comments(cnncalc.Node)["owner"] == ""

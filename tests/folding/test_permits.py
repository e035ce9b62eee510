"""A fold that gives another network is left out, and all others are made."""

from typing import Any

import pytest

import cnncalc
from cnncalc.folding import fold
from cnncalc.folding import majority as defaults_of_types
from cnncalc.folding.permits import Permits, largest
from cnncalc.importers import document, matching, text
from tests.importers.drafts import draft_of

SPEC = """
cnncalc: 1
input: 32x32x3
layers:
  - conv: {filters: 8, kernel: 3, padding: 1}
  - bn
  - relu
  - conv: {filters: 8, kernel: 3, padding: 1}
  - bn
  - relu
  - maxpool: {kernel: 3, stride: 2, padding: 1, rounding: ceil}
  - maxpool: {kernel: 2, stride: 1, rounding: ceil}
"""


def test_those_in_the_way_are_left_out() -> None:
    names = [f"fold {number}" for number in range(40)]
    wrong = {"fold 3", "fold 17", "fold 18"}
    tries = []

    def proves(allowed: frozenset[str]) -> bool:
        tries.append(allowed)
        return not wrong & allowed

    assert largest(names, proves) == frozenset(names) - wrong
    assert len(tries) < 40


def test_what_is_not_permitted_is_asked_for() -> None:
    permits = Permits(frozenset(("a",)))
    assert permits("a")
    assert not permits("b")
    assert list(permits.asked) == ["a", "b"]


def test_a_wrong_fold_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = draft_of(cnncalc.load(SPEC))
    shared = defaults_of_types._shared

    def wrong(kind: str, *others: Any) -> dict[str, Any]:
        fields = shared(kind, *others)
        return {**fields, "rounding": "floor"} if kind == "maxpool" else fields

    monkeypatch.setattr(defaults_of_types, "_shared", wrong)
    folded = text(fold(draft))
    assert matching(cnncalc.load(document(draft)), cnncalc.load(folded)) is not None
    assert "conv: {filters: 8, kernel: 3, padding: half, norm: bn, act: relu}" in folded
    assert "rounding: floor" not in folded

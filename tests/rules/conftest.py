"""What a rule finds in a spec."""

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

import cnncalc
from cnncalc.diagnostic import Diagnostic
from cnncalc.rules import Choice, Rule, Selection, check, rules

Found: TypeAlias = Callable[..., list[Diagnostic]]


@pytest.fixture(scope="session")
def diagnose() -> Found:
    """The findings of the rules in a spec, which must have no other errors.

    Of the rules in preview, only the requested one counts.
    """
    preview = [rule.fault.code for rule in rules() if rule.fault.preview]

    def checked(text: str, *, asked: Rule | None = None, **options: Any) -> list[Diagnostic]:
        graph = cnncalc.load(text, **options)
        assert graph.ok, [item.message for item in graph.diagnostics]
        others = tuple(code for code in preview if asked is None or code != asked.fault.code)
        selection = Selection((Choice(ignore=others),), preview=True)
        return list(check(cnncalc.analyse(graph), selection))

    return checked

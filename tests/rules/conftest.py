"""What a rule finds in a spec."""

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

import cnncalc
from cnncalc.diagnostic import Diagnostic
from cnncalc.rules import check

Found: TypeAlias = Callable[..., list[Diagnostic]]


@pytest.fixture(scope="session")
def found() -> Found:
    """The findings of the rules in a spec, which must have no fault of another kind."""

    def told(text: str, **options: Any) -> list[Diagnostic]:
        graph = cnncalc.load(text, **options)
        assert graph.ok, [item.message for item in graph.diagnostics]
        return list(check(cnncalc.analyse(graph)))

    return told

"""G006: `flatten` of features."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.diagnostic import Diagnostic, edited
from cnncalc.rules.flatten_of_flat import FlattenOfFlat
from tests.rules._alone import alone

Found: TypeAlias = Callable[..., list[Diagnostic]]
HEAD = "cnncalc: 1\ninput: 32x32x16\nlayers:\n"


@pytest.fixture
def diagnose() -> Found:
    return alone(FlattenOfFlat)


def test_says_what_is_flat(diagnose: Found) -> None:
    text = HEAD + "  - flatten\n  - fc: 10\n  - flatten\n  - relu\n"
    (item,) = diagnose(text)
    assert (item.message, item.span.line) == ("`flatten2` reads 10 features, which are already flat", 6)
    (fix,) = item.fixes
    assert edited(text, fix) == HEAD + "  - flatten\n  - fc: 10\n  - relu\n"


def test_a_volume_of_one_position_is_not_flat(diagnose: Found) -> None:
    assert diagnose(HEAD + "  - global_avgpool\n  - flatten\n  - fc: 10\n") == []

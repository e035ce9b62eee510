"""D103: outputs that a loss takes as they were before."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.diagnostic import Diagnostic, edited
from cnncalc.rules.design.softmax_before_loss import SoftmaxBeforeLoss
from tests.rules._alone import alone

Found: TypeAlias = Callable[..., list[Diagnostic]]
HEAD = "cnncalc: 1\ninput: 32x32x16\nlayers:\n"


@pytest.fixture
def diagnose() -> Found:
    return alone(SoftmaxBeforeLoss)


NET = "  - global_avgpool\n  - fc: 10\n"


@pytest.mark.parametrize("kind", ["softmax", "log_softmax", "sigmoid"])
def test_reports_what_the_loss_would_read(diagnose: Found, kind: str) -> None:
    text = HEAD + NET + f"  - {kind}\n"
    (item,) = diagnose(text)
    assert (
        item.message
        == f"`{kind}1` is an output in training too, but the loss must read its input: the 10 features of `fc1`"
    )
    assert "takes logits" in item.notes[0].text
    assert diagnose(text, mode="training") == [item]
    (fix,) = item.fixes
    assert edited(text, fix) == HEAD + NET + f"  - {kind}:\n    only: inference\n"
    assert diagnose(edited(text, fix)) == diagnose(edited(text, fix), mode="training") == []


def test_within_a_network_it_is_fine(diagnose: Found) -> None:
    assert diagnose(HEAD + "  - mul: [[], [global_avgpool, conv: {filters: 16, act: sigmoid}]]\n") == []


def test_of_two_networks_the_trained_one_is_reported(diagnose: Found) -> None:
    text = HEAD + NET + "  - softmax\n  - relu:\n    only: inference\n"
    assert diagnose(text) == []
    assert [item.span.line for item in diagnose(text, mode="training")] == [6]


def test_where_it_has_other_keys_it_is_left_as_it_is(diagnose: Found) -> None:
    (item,) = diagnose(HEAD + NET + "  - softmax:\n    name: scores\n")
    assert item.fixes == ()

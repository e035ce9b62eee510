"""C005: the receptive field and its budget."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.diagnostic import Diagnostic
from cnncalc.rules.budget.receptive_field_budget import ReceptiveFieldBudget
from tests.rules._alone import alone
from tests.rules._budgets import spec

Found: TypeAlias = Callable[..., list[Diagnostic]]
# Fields of 3, 4 and 12 pixels: a 5x5 over every second pixel adds 4*2.
NET = (
    "layers:\n  - conv: {filters: 16, kernel: 3, padding: 1, act: relu}\n  - maxpool: 2\n"
    "  - conv: {filters: 32, kernel: 5, padding: 2, act: relu}\n  - global_avgpool\n  - fc: 10\n"
)


@pytest.fixture
def diagnose() -> Found:
    return alone(ReceptiveFieldBudget)


def test_says_how_many_pixels_are_missing(diagnose: Found) -> None:
    (item,) = diagnose(spec("receptive_field: 20", NET))
    assert (item.code, item.span.line) == ("C005", 3)
    assert item.message == "the receptive field is 12 px: 8 (40.0%) under the budget of at least 20"
    assert [note.text for note in item.notes] == ["this is the field of `conv2` (line 7)"]
    assert item.help == "with kernel 9 instead of 5 in `conv2` it is 20 px"


def test_the_larger_kernel_keeps_it(diagnose: Found) -> None:
    assert (
        diagnose(spec("receptive_field: 20", NET.replace("kernel: 5, padding: 2", "kernel: 9, padding: 4")))
        == []
    )


def test_so_do_more_layers(diagnose: Found) -> None:
    (item,) = diagnose(spec("receptive_field: 43", NET))
    assert item.help == "8 more convolutions of kernel 3 after `conv2` make it 44 px: 4 px each"
    more = "  - conv: {filters: 32, kernel: 3, padding: 1, act: relu}\n    repeat: 8\n"
    assert diagnose(spec("receptive_field: 44", NET.replace("  - global", more + "  - global"))) == []


@pytest.mark.parametrize("limit", ["12", "'>= 12'", "<= 12", "'> 11'", "< 13"])
def test_a_budget_that_is_kept_is_silent(diagnose: Found, limit: str) -> None:
    assert diagnose(spec(f"receptive_field: {limit}", NET)) == []


def test_one_that_is_too_large_has_no_help(diagnose: Found) -> None:
    (item,) = diagnose(spec("receptive_field: < 12", NET))
    assert item.message == "the receptive field is 12 px: 1 (8.3%) over the budget of less than 12"
    assert item.help is None


def test_the_axis_that_misses_it_counts(diagnose: Found) -> None:
    net = NET.replace("kernel: 5, padding: 2", "kernel: [5, 3], padding: half")
    (item,) = diagnose(spec("receptive_field: 12", net))
    assert item.message == "the receptive field is 8 px: 4 (33.3%) under the budget of at least 12"
    assert item.help == "with kernel 5 instead of 3 in `conv2` it is 12 px"


def test_through_a_merge_the_widest_path_is_followed(diagnose: Found) -> None:
    net = (
        "layers:\n  - concat:\n      - [conv: {filters: 4, act: relu}]\n"
        "      - [conv: {filters: 4, kernel: 5, padding: 2, dilation: 1, act: relu}]\n"
    )
    (item,) = diagnose(spec("receptive_field: 7", net))
    assert item.help == "with kernel 7 instead of 5 in `conv2` it is 7 px"


def test_a_field_that_is_not_known_keeps_no_budget(diagnose: Found) -> None:
    (item,) = diagnose(spec("receptive_field: 3", "layers:\n  - permute: [channels, height, width]\n"))
    assert item.message == "the receptive field is not known from `permute1` on, but the budget is at least 3"


def test_where_positions_differ_the_one_that_sees_least_counts(diagnose: Found) -> None:
    """A stride that is undone: positions see 3 pixels or 5 of them."""
    net = (
        "layers:\n  - conv: {filters: 4, kernel: 3, stride: 2, padding: {top: 1, left: 1}}\n"
        "  - conv_transpose: {filters: 4, kernel: 2, stride: 2}\n  - conv: {filters: 4, kernel: 2}\n"
    )
    assert diagnose(spec("receptive_field: 3", net)) == []
    (item,) = diagnose(spec("receptive_field: 4", net))
    assert item.message == (
        "the receptive field is 3 px (3 to 5 by position): 1 (25.0%) under the budget of at least 4"
    )
    (item,) = diagnose(spec("receptive_field: < 5", net))
    assert item.message.startswith("the receptive field is 5 px (3 to 5 by position)")


def test_a_gate_that_sees_all_keeps_the_budget(diagnose: Found) -> None:
    assert diagnose(spec("receptive_field: 12", "layers:\n  - mul: [[], [global_avgpool]]\n")) == []


def test_a_field_that_is_a_bound_keeps_no_lower_limit(diagnose: Found) -> None:
    net = "layers:\n  - fractional_maxpool: {kernel: 2, output_size: 14}\n"
    (item,) = diagnose(spec("receptive_field: 2", net))
    assert item.message == "the receptive field is at most 2 px, but the budget is at least 2"
    assert diagnose(spec("receptive_field: <= 3", net)) == []

"""D004: padding that pooling is worse off with."""

import pytest

from tests.rules._design import HEAD, alone, corrected, notes, output, pointed

CONV = f"{HEAD}layers:\n  - conv: {{filters: 8, kernel: 3, padding: 1}}\n"
POOL = CONV + "  - maxpool: {kernel: 2, stride: 2, padding: 1}\n"
BLOCK = CONV + "  - avgpool:\n      kernel: 3\n      stride: 1\n      padding: half  # as published\n"
MEAN = POOL.replace("maxpool: {kernel: 2, stride: 2", "avgpool: {kernel: 3, stride: 1")


def test_windows_that_are_padding_for_the_most_part() -> None:
    (item,) = alone("D004", POOL)
    assert (
        item.message == "the corner windows of `maxpool1` read 1 of the input's values and 3 of the padding"
    )
    assert item.help == "without padding it gives 16x16, and every value is still read"
    assert notes(item) == ["the input is 32x32x8, from `conv1` (line 4)"]
    assert pointed(POOL, item) == "1"


def test_without_it_the_size_is_what_it_says() -> None:
    assert [output(analysis) for analysis in corrected("D004", POOL)] == ["16x16x8"]


def test_where_something_would_go_unread_it_does_not_ask_for_less() -> None:
    (item,) = alone("D004", POOL.replace("32x32x3", "31x31x3"))
    assert item.help is None
    assert item.fixes == ()


def test_means_that_count_zeros() -> None:
    (item,) = alone("D004", MEAN)
    assert item.message == (
        "`avgpool1` divides by 9 in the corners too, where its windows read 4 values and 5 zeros of padding"
    )
    assert (
        item.help
        == "`count_include_pad: false` divides by the number of input values in the window, and changes no size"
    )


@pytest.mark.parametrize("text", [MEAN, BLOCK])
def test_its_fix_is_unsafe_though_no_figure_changes(text: str) -> None:
    (analysis,) = corrected("D004", text)
    assert output(analysis) == "32x32x8"


@pytest.mark.parametrize(
    "pool",
    [
        "maxpool: {kernel: 3, stride: 2, padding: 1}",
        "maxpool: {kernel: 3, stride: 1, padding: half}",
        "maxpool: 2",
        # Over half of the kernel: S012 reports it.
        "maxpool: {kernel: 3, stride: 2, padding: 2}",
        "avgpool: {kernel: 3, stride: 1, padding: 1, count_include_pad: false}",
        "avgpool: {kernel: 2, padding: valid}",
    ],
)
def test_is_not_reported(pool: str) -> None:
    assert alone("D004", f"{CONV}  - {pool}\n") == []

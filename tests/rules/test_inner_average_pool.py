"""D011: average pooling that halves a volume inside a network."""

import pytest

from tests.rules._design import HEAD, alone, corrected, output, pointed

CONV = "  - conv: {filters: 8, kernel: 3, padding: 1}\n"
POOL = f"{HEAD}layers:\n{CONV}  - avgpool: {{kernel: 2, stride: 2}}\n{CONV}"


def test_says_where_it_stands() -> None:
    (item,) = alone("D011", POOL)
    assert item.message == "`avgpool1` averages 32x32x8 to 16x16x8, and 1 of 2 convolutions comes after it"
    assert item.help == "`maxpool` with the same windows of 2x2 also gives 16x16x8"
    assert pointed(POOL, item) == "avgpool"


def test_its_fix_gives_the_same_volume() -> None:
    (analysis,) = corrected("D011", POOL)
    assert output(analysis) == "16x16x8"
    assert "maxpool" in analysis.by_kind


def test_what_only_means_know_is_not_carried_over() -> None:
    (item,) = alone("D011", POOL.replace("stride: 2", "stride: 2, count_include_pad: false"))
    assert item.fixes == ()


@pytest.mark.parametrize(
    "pool",
    [
        "avgpool: {kernel: 3, stride: 1, padding: 1}",
        "avgpool: {kernel: 1, stride: 2}",
        "avgpool: 32",
        "maxpool: 2",
    ],
)
def test_is_not_reported(pool: str) -> None:
    assert alone("D011", f"{HEAD}layers:\n{CONV}  - {pool}\n{CONV}") == []


def test_at_the_end_it_is_not_reported() -> None:
    assert alone("D011", POOL.removesuffix(CONV) + "  - conv: 10\n") == []
    assert alone("D011", "googlenet", mode="training") == []

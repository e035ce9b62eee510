"""D003: pooling windows wider than 3 that step."""

import pytest

from tests.rules._design import HEAD, alone, corrected, notes, output, pointed

CONV = "  - conv: {filters: 8, kernel: 3, padding: 1}\n"
POOL = f"{HEAD}layers:\n{CONV}  - maxpool: {{kernel: 4, stride: 4}}\n{CONV}"


def test_says_what_is_left() -> None:
    (item,) = alone("D003", POOL)
    assert item.message == "`maxpool1` keeps 6% of the positions with windows of 4x4: 32x32 to 8x8"
    assert item.help == "2 pools of 2x2 with stride 2 also give 8x8, and allow layers between them"
    assert notes(item) == ["the input is 32x32x8, from `conv1` (line 4)"]
    assert pointed(POOL, item) == "4"


@pytest.mark.parametrize(
    ("pool", "says"),
    [
        ("{kernel: 4, stride: 4}", "kernel: 2, stride: 2, repeat: 2"),
        ("{kernel: 8}", "kernel: 2, stride: 2, repeat: 3"),
        ("4", "kernel: 2, stride: 2, repeat: 2"),
        ("{kernel: 4, stride: 2, padding: 1}", "kernel: 3, stride: 2, padding: 1"),
    ],
)
def test_its_fix_gives_the_same_volume(pool: str, says: str) -> None:
    text = POOL.replace("{kernel: 4, stride: 4}", pool)
    (item,) = alone("D003", text)
    assert [fix.text for fix in item.fixes] == [says]
    (analysis,) = corrected("D003", text)
    assert output(analysis) == {"{kernel: 8}": "4x4x8", "{kernel: 4, stride: 2, padding: 1}": "16x16x8"}.get(
        pool, "8x8x8"
    )


def test_where_nothing_smaller_gives_the_size_there_is_no_help() -> None:
    (item,) = alone("D003", POOL.replace("{kernel: 4, stride: 4}", "{kernel: 5, stride: 3}"))
    assert item.message == "`maxpool1` keeps 10% of the positions with windows of 5x5: 32x32 to 10x10"
    assert item.help is None
    assert item.fixes == ()


@pytest.mark.parametrize(
    "pool",
    [
        "maxpool: {kernel: 3, stride: 2, padding: 1}",
        "maxpool: {kernel: 5, stride: 1, padding: 2}",
        "maxpool: 32",
        "global_maxpool",
        "adaptive_avgpool: 2",
    ],
)
def test_is_not_reported(pool: str) -> None:
    assert alone("D003", f"{HEAD}layers:\n{CONV}  - {pool}\n{CONV}") == []


def test_at_the_end_it_is_not_reported() -> None:
    """GoogLeNet's heads for training take means of 5x5 before a 1x1 convolution."""
    assert alone("D003", POOL.removesuffix(CONV) + "  - conv: 4\n  - flatten\n  - fc: 10\n") == []
    assert alone("D003", "googlenet", mode="training") == []


def test_along_one_axis_as_many_values_as_in_a_plane_are_fine() -> None:
    line = "cnncalc: 1\ninput: {channels: 12, length: 4096}\nlayers:\n  - conv: {filters: 8, kernel: 3, padding: 1}\n"
    behind = "  - conv: {filters: 8, kernel: 3, padding: 1}\n"
    assert alone("D003", f"{line}  - maxpool: 4\n{behind}") == []
    (item,) = alone("D003", f"{line}  - maxpool: 16\n{behind}")
    assert item.help is not None
    assert item.help.startswith("4 pools of 2 with stride 2 also give 256")

"""The flatten before an fc, which patterns leave out."""

from typing import Any

import pytest

from tests.pattern._graphs import loaded


def kinds(text: str, **options: Any) -> str:
    return " ".join(node.kind for node in loaded(text, **options).layers)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("INPUT 8x8x3 -> FC 10", "flatten fc"),
        ("INPUT 8x8x3 -> POOL -> FC 5 -> RELU -> FC 10", "maxpool flatten fc relu fc"),
        ("INPUT 8x8x3 -> POOL -> DROPOUT -> FC 10", "maxpool dropout flatten fc"),
        ("INPUT 8x8x3 -> FLATTEN -> DROPOUT -> FC 10", "flatten dropout fc"),
        ("INPUT 8x8x3 -> CONV 4 -> GAP -> FC 10", "conv global_avgpool fc"),
        ("INPUT 8x8x3 -> CONV 4 -> ADAPTIVE_AVGPOOL 1 -> FC 10", "conv adaptive_avgpool fc"),
        ("INPUT 8x8x3 -> ADAPTIVE_AVGPOOL 2 -> FC 10", "adaptive_avgpool flatten fc"),
        ("INPUT 100 -> FC 10", "fc"),
        ("INPUT 50x3 -> CONV 4 -> FC 10", "conv flatten fc"),
        ("INPUT 4x8x8x3 -> CONV 4 -> FC 10", "conv flatten fc"),
        ("INPUT 8x8x3 -> [FC 5 -> RELU]*3", "flatten fc relu fc relu fc relu"),
        ("INPUT 8x8x3 -> [[FC 5]*2 -> RELU]*2", "flatten fc fc relu fc fc relu"),
        ("INPUT 8x8x3 -> [DROPOUT -> FC 5 -> RELU]*2", "flatten dropout fc relu dropout fc relu"),
        ("INPUT 8x8x3 -> [FC 5]? -> FC 10", "flatten fc fc"),
        ("INPUT 8x8x3 -> [FC 5]*0 -> FC 10", "flatten fc"),
        (
            "INPUT 8x8x3 -> [CONV 4 -> FC 64 -> RESHAPE channels=4 height=4 width=4]*2",
            "conv flatten fc reshape conv flatten fc reshape",
        ),
        ("INPUT 1x1x8 -> FC 10 flatten=false", "fc"),
        ("INPUT 8x8x3 -> MEAN -> FC 10", "mean fc"),
    ],
)
def test_stands_where_a_volume_is_read_and_nowhere_else(pattern: str, expected: str) -> None:
    assert kinds(pattern) == expected


def test_stands_there_for_every_value_of_a_letter() -> None:
    text = "INPUT 8x8x3 -> [CONV 4]*N -> [FC 5 -> RELU]*K -> FC 10"
    assert kinds(text, values={"N": 0, "K": 0}) == "flatten fc"
    assert kinds(text, values={"N": 1, "K": 2}) == "conv flatten fc relu fc relu fc"

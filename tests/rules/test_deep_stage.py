"""D014: more layers in a row than the notes' pattern has."""

import pytest

from tests.rules._design import HEAD, alone, pointed

CONV = "conv: {filters: 8, kernel: 3, padding: 1, act: relu}"


def spec(*items: str) -> str:
    return f"{HEAD}layers:\n" + "".join(f"  - {item}\n" for item in items)


def test_says_how_many_convolutions_are_in_a_row() -> None:
    text = spec(f"{CONV}\n    repeat: 5", "maxpool: 2")
    (item,) = alone("D014", text)
    assert item.message == (
        "there are 5 convolutions in a row (`conv1` to `conv5`), with no pooling between them; "
        "the usual pattern has at most 3"
    )
    assert item.help == (
        "put a pooling layer between them, or remove 2 layers; many published networks have more, so you can also "
        "accept it"
    )
    assert alone("D014", spec(f"{CONV}\n    repeat: 3", "maxpool: 2", f"{CONV}\n    repeat: 2")) == []
    assert alone("D014", spec(f"{CONV}\n    repeat: 3", "maxpool: 2")) == []
    assert pointed(text, item) == "conv"


def test_says_how_many_hidden_layers_there_are() -> None:
    (item,) = alone("D014", "INPUT 8x8x3 -> [FC 20 -> RELU]*3 -> FC 10")
    assert item.message == (
        "there are 3 hidden fully-connected layers (`fc1` to `fc3`); the usual pattern has at most 2"
    )


@pytest.mark.parametrize(
    "pattern",
    [
        "INPUT 32x32x3 -> [[CONV 8 -> BN -> RELU]*3 -> POOL]*2 -> [FC 20 -> RELU]*2 -> FC 10",
        "INPUT 32x32x3 -> [CONV 8 -> RELU]*3 -> CONV 8 4x4/4 -> RELU -> [CONV 8 -> RELU]*2 -> GAP -> FC 10",
        "INPUT 32x32x3 -> [CONV 8 -> RELU -> CONV1-8 -> RELU]*2 -> [CONV 8 1x1 -> RELU]*9",
        "INPUT 32x32x3 -> [FC 20]*4 -> FC 10",
        "INPUT 32x32x3 -> [FC 20 -> DROPOUT]*4 -> FC 10 -> SOFTMAX",
        "INPUT 1x1x3 -> [CONV 8 -> RELU]*9",
    ],
)
def test_what_the_pattern_has_is_not_reported(pattern: str) -> None:
    assert alone("D014", pattern) == []


def test_a_residual_block_begins_a_new_row() -> None:
    body = f"residual:\n      - {CONV}\n      - {CONV}\n    shortcut: project"
    assert alone("D014", spec(body, body, body)) == []


def test_norms_and_dropout_end_no_row() -> None:
    pattern = "INPUT 32x32x3 -> [CONV 8 -> BN -> RELU -> DROPOUT]*4 -> POOL"
    assert len(alone("D014", pattern)) == 1

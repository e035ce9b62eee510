"""G001: layers and inputs that no output depends on."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from cnncalc.diagnostic import Diagnostic

Found: TypeAlias = Callable[..., list[Diagnostic]]
HEAD = "cnncalc: 1\ninput: 8x8x3\n"
SIDE = (
    "layers:\n  - conv: {filters: 4, kernel: 3}\n    name: stem\n  - conv: 8\n    name: side\n"
    "  - relu:\n    from: stem\n"
)


def summary(diagnostics: list[Diagnostic]) -> list[tuple[str, int, str]]:
    return [(item.code, item.span.line, item.message) for item in diagnostics]


def test_names_the_layer_and_what_it_costs(diagnose: Found) -> None:
    (item,) = diagnose(HEAD + SIDE)
    assert summary([item]) == [("G001", 6, "no output depends on `side`: 40 parameters and 1,152 MACs")]
    assert item.help == "use it, name it in `outputs`, or remove it"


def test_costs_nothing_without_parameters(diagnose: Found) -> None:
    assert summary(diagnose(HEAD + SIDE.replace("conv: 8", "tanh:")))[0][2] == "no output depends on `side`"


def test_a_branch_is_reported_once(diagnose: Found) -> None:
    text = HEAD + SIDE.replace("  - relu:\n", "  - tanh\n  - conv: 2\n  - relu:\n")
    (item,) = diagnose(text)
    assert summary([item]) == [
        (
            "G001",
            6,
            "no output depends on `side`, nor on the 2 layers after it up to `conv1`: 58 parameters and 1,728 MACs",
        )
    ]
    (item,) = diagnose(HEAD + SIDE.replace("  - relu:\n", "  - tanh\n  - relu:\n"))
    assert "nor on the layer after it up to `tanh1`: " in item.message


def test_branches_that_join_are_one(diagnose: Found) -> None:
    side = "  - sigmoid\n    name: a\n  - tanh:\n    name: b\n    from: stem\n  - add: [a, b]\n"
    text = (
        HEAD
        + SIDE.split("  - conv: 8")[0]
        + side.replace("- sigmoid", "- sigmoid:")
        + "  - relu:\n    from: stem\n"
    )
    (item,) = diagnose(text)
    assert summary([item]) == [
        ("G001", 6, "no output depends on `a`, nor on the 2 layers after it up to `add1`")
    ]


def test_branches_apart_are_two(diagnose: Found) -> None:
    text = HEAD + SIDE.replace("  - relu:\n", "  - tanh:\n    from: stem\n  - relu:\n")
    assert [line for _, line, _ in summary(diagnose(text))] == [6, 8]


def test_an_output_that_others_read_on_from_is_shown(diagnose: Found) -> None:
    text = (
        HEAD
        + "outputs: [stem]\nlayers:\n  - conv: {filters: 4, kernel: 3}\n    name: stem\n  - conv: 8\n  - relu\n"
    )
    (item,) = diagnose(text)
    assert [note.text for note in item.notes] == ["it reads the output `stem` (line 5)"]


def test_what_an_output_depends_on_is_used(diagnose: Found) -> None:
    assert diagnose(HEAD + "outputs: [side, relu1]\n" + SIDE) == []
    assert diagnose(HEAD + SIDE + "  - concat: [prev, side]\n") == []


def test_an_input_that_nothing_reads(diagnose: Found) -> None:
    text = "cnncalc: 1\ninputs: {left: 8x8x3, right: 8x8x1}\nlayers:\n  - relu:\n    from: left\n"
    (item,) = diagnose(text)
    assert summary([item]) == [("G001", 2, "no output depends on `right`")]
    assert text.splitlines()[1][item.span.column - 1 : item.span.end_column - 1] == "8x8x1"


def test_weights_that_are_shared_are_used_through_the_layer_that_uses_them(diagnose: Found) -> None:
    """The layer itself is still computed for nothing."""
    text = HEAD + "layers:\n  - conv: 3\n    name: one\n  - conv: 3\n    from: input\n    share: one\n"
    assert [line for _, line, _ in summary(diagnose(text))] == [4]


@pytest.mark.parametrize("where", ["    name: side\n", "    name: side\n    from: stem\n"])
def test_is_allowed_where_it_says_why(diagnose: Found, where: str) -> None:
    text = HEAD + SIDE.replace("    name: side\n", where + "    allow: {G001: for a figure of the paper}\n")
    assert diagnose(text) == []


def test_in_training_heads_are_outputs(diagnose: Found) -> None:
    text = (
        HEAD + "outputs: [scores, early]\nlayers:\n  - conv: 4\n    name: stem\n  - global_avgpool\n"
        "  - fc: 10\n    name: scores\n  - sequence: [global_avgpool, fc: 10]\n    from: stem\n    name: early\n"
        "    only: training\n"
    )
    assert diagnose(text) == diagnose(text, mode="training") == []

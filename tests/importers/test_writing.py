"""The text of a spec as a person writes it."""

import cnncalc
from cnncalc.importers import text
from cnncalc.text import from_text, load

LONG = {f"branch{number}": 100 + number for number in range(9)}


def test_expressions_have_no_quotes_unless_they_need_them() -> None:
    written = text(
        {
            "cnncalc": 1,
            "name": "A net: two words",
            "input": {"channels": 3, "height": 32, "width": 24},
            "layers": [
                {"conv": {"filters": "$width * 4"}},
                {"conv": "round_to($width, 8)"},
                {"dropout": 0.5},
            ],
        }
    )
    assert written == (
        'cnncalc: 1\nname: "A net: two words"\ninput: 32x24x3\nlayers:\n'
        '  - conv: {filters: $width * 4}\n  - conv: "round_to($width, 8)"\n  - dropout: 0.5\n'
    )


def test_one_default_is_on_the_line_and_several_are_below() -> None:
    single = {"defaults": {"conv": {"padding": "half"}}}
    assert text(single) == "defaults: {conv: {padding: half}}\n"
    assert text({"defaults": {**single["defaults"], "bn": {"eps": 0.001}}}) == (
        "defaults:\n  conv: {padding: half}\n  bn: {eps: 0.001}\n"
    )


def test_long_arguments_are_wrapped() -> None:
    written = text({"layers": [{"inception": LONG}]})
    lines = written.splitlines()
    assert len(lines) == 3
    assert all(len(line) <= 100 for line in lines)
    assert lines[2].index("branch") == lines[1].index("branch")
    root, faults = load(from_text(written, "net.yaml")[0])  # type: ignore[arg-type]
    assert root is not None
    assert not faults


def test_branches_and_items_with_control_keys_are_below_each_other() -> None:
    written = text(
        {
            "cnncalc": 1,
            "input": {"channels": 8, "height": 8, "width": 8},
            "layers": [{"concat": [[], [{"conv": 8, "repeat": 2}, "relu"]]}, {"add": [[{"conv": 16}], []]}],
        }
    )
    assert written.splitlines()[3:] == [
        "  - concat:",
        "      - []",
        "      - - conv: 8",
        "          repeat: 2",
        "        - relu",
        "  - add: [[conv: 16], []]",
    ]
    assert cnncalc.load(written).ok

"""JSON of a report: whole, stable, encoded once (tests/commands/test_inspect.py holds its keys)."""

import json
from collections.abc import Callable
from typing import TypeAlias

from cnncalc.render.report.json import CHUNK

Rendered: TypeAlias = Callable[..., str]
NET = """\
cnncalc: 1
name: 網
input: 8x8x3
layers:
  - conv: 3
  - conv: 3
    share: conv1
  - conv_transpose: {filters: 2, kernel: 2, stride: 2}
"""


def test_has_a_row_for_every_layer(rendered: Rendered) -> None:
    many = f"cnncalc: 1\ninput: 8x8x3\nlayers:\n  - relu:\n    repeat: {2 * CHUNK + 7}\n"
    rows = json.loads(rendered(many, "json"))["rows"]
    assert [row["name"] for row in rows] == ["input", *(f"relu{n}" for n in range(1, 2 * CHUNK + 8))]


def test_names_the_owner_of_shared_weights(rendered: Rendered) -> None:
    rows = {row["name"]: row for row in json.loads(rendered(NET, "json"))["rows"]}
    assert (rows["conv1"]["shared_with"], rows["conv2"]["shared_with"]) == (None, "conv1")


def test_fractions_are_decimals(rendered: Rendered) -> None:
    field = json.loads(rendered(NET, "json"))["rows"][-1]["receptive_field"]
    assert (field["size"], field["stride"], field["start"]) == ([1, 1], [0.5, 0.5], [0, 0])


def test_of_a_field_by_position(rendered: Rendered) -> None:
    """What positions see that are alike, phase by phase; and what is further on."""
    layers = "  - {upsample: 2}\n  - conv: {filters: 1, kernel: [1, 2]}\n"
    rows = json.loads(rendered(f"cnncalc: 1\ninput: 8x8x1\nlayers:\n{layers}", "json"))["rows"]
    assert rows[-1]["receptive_field"] == {
        "size": [1, 1], "stride": [0.5, 0.5], "start": [0, 0], "largest": [1, 2],
        "phases": [[[0, 0], [0, 0]], [[0, 0], [0, 1]]], "shift": [1, 1],
    }  # fmt: skip
    assert rows[0]["receptive_field"] == {"size": [1, 1], "stride": [1, 1], "start": [0, 0]}


def test_of_a_field_that_every_position_shares(rendered: Rendered) -> None:
    layers = "  - mul: [[], [global_avgpool]]\n"
    rows = json.loads(rendered(f"cnncalc: 1\ninput: 8x9x1\nlayers:\n{layers}", "json"))["rows"]
    assert rows[-1]["receptive_field"] == {
        "size": [8, 9], "stride": [1, 1], "start": [0, 0],
        "fixed": [[0, 7], [0, 8]], "whole_input": [True, True],
    }  # fmt: skip


def test_a_field_that_is_not_exact_says_why(rendered: Rendered) -> None:
    layers = "  - fractional_maxpool: {kernel: 2, output_size: 5}\n  - permute: [channels, height, width]\n"
    rows = json.loads(rendered(f"cnncalc: 1\ninput: 8x8x1\nlayers:\n{layers}", "json"))["rows"]
    assert "inexact" not in rows[0]
    bound = {"status": "bound", "layer": "fractional_maxpool1", "at_most": 3}
    assert rows[1]["inexact"] == {"receptive_field": bound}
    assert rows[2]["inexact"] == {"receptive_field": {"status": "unknown", "layer": "permute1"}}
    assert rows[2]["receptive_field"] is None


def test_unknown_is_null(rendered: Rendered) -> None:
    data = json.loads(
        rendered(NET.replace("conv: 3\n    share: conv1", "conv: {filters: 3, kernel: 9}"), "json")
    )
    row = data["rows"][2]
    assert (row["output"], row["activations"], row["params"], row["macs"], row["receptive_field"]) == (
        None,
    ) * 5
    assert data["totals"]["macs"] is None
    assert data["not_checked"] == 1


def test_names_that_look_like_rows_break_nothing(rendered: Rendered) -> None:
    """Rows are put on lines of their own by their separators."""
    text = NET.replace("name: 網", 'name: "}, {\\"name\\": "')
    data = json.loads(rendered(text, "json"))
    assert data["name"] == '}, {"name": '
    assert len(data["rows"]) == 4


def test_has_the_sentences_and_the_diagnostics(rendered: Rendered) -> None:
    data = json.loads(rendered(NET + "params: {unused: 1}\n", "json"))
    assert [item["code"] for item in data["diagnostics"] if item["severity"] == "warning"] == ["L016"]
    assert isinstance(data["sentences"], list)


def test_folds_only_blocks(rendered: Rendered) -> None:
    text = "cnncalc: 1\ninput: 8x8x3\nblocks:\n  unit:\n    layers: [conv: 3, relu]\nlayers:\n  - unit\n  - relu\n"
    assert [row["name"] for row in json.loads(rendered(text, "json"))["rows"]] == [
        "input", "unit1.conv1", "unit1.relu1", "relu1",
    ]  # fmt: skip
    folded = json.loads(rendered(text, "json", depth=0))["rows"]
    assert [(row["name"], row["inputs"]) for row in folded] == [
        ("input", []), ("unit1", ["input"]), ("relu1", ["unit1"]),
    ]  # fmt: skip


UNKNOWN = """\
cnncalc: 1
input: 8x8x3
blocks:
  unit:
    layers: [conv: 3, conv: {filters: 3, kernel: 3x3}, relu]
layers:
  - conv: 2
  - unit
  - relu
"""


def test_totals_that_are_unknown_say_why_and_what_they_are_at_least(rendered: Rendered) -> None:
    totals = json.loads(rendered(UNKNOWN, "json"))["totals"]
    inexact = totals.pop("inexact")
    assert set(totals.values()) == {None}
    assert inexact.keys() == totals.keys()
    assert inexact["params"] == {"status": "unknown", "layer": "unit1.conv2", "at_least": 2 * 4 + 3 * 3}
    assert inexact["work"] == {"status": "unknown", "layer": "unit1.conv2"}


def test_rows_that_are_unknown_name_the_layer_that_made_them_so(rendered: Rendered) -> None:
    rows = {row["name"]: row for row in json.loads(rendered(UNKNOWN, "json"))["rows"]}
    unknown = {"status": "unknown", "layer": "unit1.conv2"}
    for name in ("unit1.conv2", "unit1.relu1", "relu1"):
        figures = {"activations", "params", "weights", "macs"}
        assert {figure: rows[name]["inexact"][figure] for figure in figures} == dict.fromkeys(
            figures, unknown
        )
        assert {rows[name][figure] for figure in figures} == {None}
    assert "inexact" not in rows["unit1.conv1"]


def test_of_a_block_the_sum_of_the_others_is_the_least(rendered: Rendered) -> None:
    rows = {row["name"]: row for row in json.loads(rendered(UNKNOWN, "json", depth=0))["rows"]}
    assert rows["unit1"]["params"] is None
    assert rows["unit1"]["inexact"]["params"] == {"status": "unknown", "layer": "unit1.conv2", "at_least": 9}


def test_nothing_is_said_of_what_is_exact(rendered: Rendered) -> None:
    data = json.loads(rendered(NET, "json"))
    assert data["totals"]["inexact"] == {}
    assert not any("params" in row.get("inexact", {}) for row in data["rows"])

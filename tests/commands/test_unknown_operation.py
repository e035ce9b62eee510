"""Commands with a network that has an operation without a layer: each says by name what it can't compute."""

import json
from pathlib import Path

import pytest

from tests.commands._program import run

NET = """cnncalc: 1
input: 8x8x3
layers:
  - conv: 8
  - unknown: {op: RoPE, params: 1234, note: rotary positions}
  - conv: 4
"""


@pytest.fixture
def net(tmp_path: Path) -> str:
    path = tmp_path / "net.yaml"
    path.write_text(NET)
    return str(path)


@pytest.mark.parametrize(
    "words",
    [
        ("memory",),
        ("fit", "--memory", "8GiB"),
        ("verify", "--meta"),
        ("rewrite", "--fold-norm"),
        ("expand", "--pattern"),
        ("explain", "--symbols"),
    ],
    ids=lambda words: words[0],
)
def test_says_by_name_what_is_not_known(net: str, words: tuple[str, ...]) -> None:
    command, *options = words
    ended = run(command, net, *options)
    assert ended.status in (1, 2)
    assert "unknown1" in ended.out + ended.err


def test_inspect_shows_what_is_known(net: str) -> None:
    out = run("inspect", net).out
    assert "parameters 1,302" in out
    assert "? (at least 3,584)" in out
    assert "unknown1 is an operation without a layer here" in " ".join(out.split())
    totals = json.loads(run("inspect", net, "--format", "json").out)
    assert totals["totals"]["params"] == 1302
    assert totals["totals"]["macs"] is None
    row = next(row for row in totals["rows"] if row["name"] == "unknown1")
    assert (row["params"], row["macs"]) == (1234, None)


def test_memory_in_json_says_which_layer(net: str) -> None:
    output = json.loads(run("memory", net, "--format", "json").out)
    assert output["peak_bytes"] is None
    assert output["inexact"]["peak_bytes"] == {"status": "unknown", "layer": "unknown1"}


def test_explain_shows_its_note(net: str) -> None:
    out = run("explain", net, "unknown1").out
    assert "RoPE, which has no layer here" in out
    assert "rotary positions" in out
    assert "1,234" in out


def test_sizes_are_those_of_its_neighbours(net: str) -> None:
    assert run("sizes", net).status == 0

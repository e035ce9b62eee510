"""`cnncalc gpus`: the table of GPUs, whole or in part."""

import json

from tests.commands._program import run


def test_lists_all_with_their_memory() -> None:
    ended = run("gpus")
    assert ended.status == 0
    assert any(line.split() == ["Tesla", "T4", "15.00", "GiB", "7.5"] for line in ended.out.splitlines())
    assert all(line == line.rstrip() for line in ended.out.splitlines())


def test_a_pattern_lists_those_that_have_it() -> None:
    lines = run("gpus", "a100").out.splitlines()
    assert [line.split()[:2] for line in lines[1:3]] == [["A100", "40GB"], ["A100", "80GB"]]


def test_json_has_what_is_reported_and_what_is_sold() -> None:
    (data,) = json.loads(run("gpus", "tesla t4", "--format", "json").out)
    assert (data["memory_bytes"], data["sold_bytes"]) == (15360 << 20, 16 << 30)
    assert data["reported_by"].startswith("https://")
    assert data["source"].startswith("https://")


def test_a_pattern_of_none_is_a_usage_error() -> None:
    ended = run("gpus", "zzzz")
    assert (ended.status, ended.out) == (2, "")
    assert "no GPU has 'zzzz' in its name" in ended.err

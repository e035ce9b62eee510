"""`cnncalc rules`: every code."""

import json

import pytest

from cnncalc import describe
from tests.commands._program import run


def test_lists_every_code() -> None:
    lines = run("rules").out.splitlines()
    told = {line.split()[0]: line for line in lines}
    assert told.keys() >= describe.faults().keys()
    for code, fault in describe.faults().items():
        assert fault.name in told[code]
        assert fault.severity.word in told[code]
        assert ("preview" in told[code].split()) is fault.preview


def test_as_json() -> None:
    told = json.loads(run("rules", "--format", "json").out)
    assert [one["code"] for one in told["rules"]] == list(describe.faults())
    (one,) = [one for one in told["rules"] if one["code"] == "Y018"]
    assert one.keys() == {"code", "name", "family", "severity", "preview", "fix", "finds", "url"}
    assert (one["fix"], one["family"]) == ("safe", "the text as YAML")


def test_of_some() -> None:
    told = json.loads(run("rules", "L1", "S001", "--format", "json").out)["rules"]
    assert {one["code"] for one in told} == {"L101", "L102", "L103", "L104", "S001"}


@pytest.mark.parametrize(("word", "help"), [("Q", ""), ("s001", "; did you mean `S001`?")])
def test_an_unknown_code_is_a_usage_error(word: str, help: str) -> None:
    ended = run("rules", word)
    assert ended.status == 2
    assert f"no diagnostic has a code that starts with `{word}`{help}" in ended.err

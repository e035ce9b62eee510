"""`cnncalc rules`: every code."""

import json

import pytest

from cnncalc import describe
from tests.commands._program import run


def test_lists_every_code() -> None:
    lines = run("rules").out.splitlines()
    by_code = {line.split()[0]: line for line in lines}
    assert by_code.keys() >= describe.faults().keys()
    for code, fault in describe.faults().items():
        assert fault.name in by_code[code]
        assert fault.severity.word in by_code[code]
        assert ("preview" in by_code[code].split()) is fault.preview


def test_as_json() -> None:
    data = json.loads(run("rules", "--format", "json").out)
    assert [entry["code"] for entry in data["rules"]] == list(describe.faults())
    (fixable,) = [fixable for fixable in data["rules"] if fixable["code"] == "Y018"]
    assert fixable.keys() == {"code", "name", "family", "severity", "preview", "fix", "finds", "url"}
    assert (fixable["fix"], fixable["family"]) == ("safe", "the text as YAML")


def test_of_some() -> None:
    data = json.loads(run("rules", "L1", "S001", "--format", "json").out)["rules"]
    assert {entry["code"] for entry in data} == {"L101", "L102", "L103", "L104", "S001"}


@pytest.mark.parametrize(("word", "help"), [("Q", ""), ("s001", "; did you mean `S001`?")])
def test_an_unknown_code_is_a_usage_error(word: str, help: str) -> None:
    ended = run("rules", word)
    assert ended.status == 2
    assert f"no diagnostic has a code that starts with `{word}`{help}" in ended.err

"""SARIF, held to its official JSON schema.

`sarif-schema-2.1.0.json` is OASIS's own, errata 01, as it is: sarif-2.1/schema/sarif-schema-2.1.0.json of
github.com/oasis-tcs/sarif-spec at e0583813964ec43cea53b6b531b402866095ed1f. (No package on PyPI ships it.)
"""

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from jsonschema import Draft4Validator, FormatChecker

from cnncalc import describe
from cnncalc.diagnostic import Diagnostic, Span, edited
from cnncalc.text import Source
from tests.render._formats import render
from tests.render.findings._cases import AWAY, BROKEN, EVERY, FILE, SOURCES, TEXT

SCHEMA = json.loads((Path(__file__).parent / "sarif-schema-2.1.0.json").read_text(encoding="utf-8"))


def read(diagnostics: tuple[Diagnostic, ...], sources: dict[str, Source] = SOURCES) -> dict[str, Any]:
    """The run of a log that the schema takes."""
    log = json.loads("".join(render(diagnostics, sources, "sarif")))
    Draft4Validator(SCHEMA, format_checker=FormatChecker()).validate(log)
    assert log["$schema"] == SCHEMA["id"]
    (run,) = log["runs"]
    return dict(run)


@pytest.mark.parametrize("count", range(len(EVERY) + 1))
def test_is_what_the_schema_asks_for(count: int) -> None:
    assert len(read(EVERY[:count])["results"]) == count


def test_every_kind_of_diagnostic_fits_the_schema() -> None:
    faults = describe.faults().values()
    rules = read(tuple(fault.at(AWAY, "message") for fault in faults))["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted(fault.code for fault in faults)
    for rule, fault in zip(rules, sorted(faults), strict=True):
        assert rule["helpUri"].endswith(f"docs/diagnostics/{fault.code}.md")
        assert rule["help"]["text"] == fault.why


def test_a_result_knows_its_rule() -> None:
    run = read(EVERY)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["X001", "X002", "X003"]
    for result, item in zip(run["results"], EVERY, strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == item.code
    # What is said of the rule is not changed by one result that weighs less.
    assert rules[0]["defaultConfiguration"]["level"] == "error"
    assert run["results"][4]["level"] == "warning"


def test_addresses_are_from_the_root_and_escaped() -> None:
    run = read(EVERY)
    location = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": "nets/my%20net.yaml", "uriBaseId": "%SRCROOT%"}
    assert "%SRCROOT%" in run["originalUriBaseIds"]
    # A colon would make the first part of a relative address a scheme.
    other = run["results"][5]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert ":" not in other
    assert unquote(other) == "base,100%:a.yaml"


def test_an_address_elsewhere_is_whole() -> None:
    (result,) = read((BROKEN.at(Span("/else where/a.yaml", 1, 1, 1, 2), "message"),))["results"]
    location = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location == {"uri": "file:///else%20where/a.yaml"}


def stretch(line: str, region: dict[str, int]) -> str:
    """What a region of one line is, counted in UTF-16 code units as `columnKind` says."""
    units = line.encode("utf-16-le")
    return units[2 * region["startColumn"] - 2 : 2 * region["endColumn"] - 2].decode("utf-16-le")


@pytest.mark.parametrize(("word", "line"), [("🍵", 2), ("tea", 2), ("☕ 🍵 t", 2), ("8", 4)])
def test_columns_are_utf_16_code_units(word: str, line: int) -> None:
    text = TEXT.split("\n")[line - 1]
    column = text.index(word) + 1
    item = BROKEN.at(Span(FILE, line, column, line, column + len(word)), "message")
    run = read((item,))
    assert run["columnKind"] == "utf16CodeUnits"
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert stretch(text, region) == word


def test_a_fix_as_sarif_states_it_makes_the_same_text() -> None:
    run = read(EVERY)
    fixes = run["results"][0]["fixes"]
    for fix, way in zip(fixes, EVERY[0].fixes, strict=True):
        assert fix["description"]["text"] == way.text
        change = fix["artifactChanges"][0]
        assert unquote(change["artifactLocation"]["uri"]) == FILE
        own = way._replace(edits=tuple(edit for edit in way.edits if edit.span.file == FILE))
        assert applied(TEXT, change["replacements"]) == edited(TEXT, own)
    assert [unquote(entry["artifactLocation"]["uri"]) for entry in fixes[1]["artifactChanges"]] == [
        FILE,
        "base,100%:a.yaml",
    ]


def applied(text: str, replacements: list[dict[str, Any]]) -> str:
    """A text after replacements of one line each."""
    lines = [line.encode("utf-16-le") for line in text.split("\n")]
    for edit in reversed(replacements):
        region = edit["deletedRegion"]
        column = region["startLine"] - 1
        new = edit["insertedContent"]["text"].encode("utf-16-le")
        line = lines[column]
        lines[column] = line[: 2 * region["startColumn"] - 2] + new + line[2 * region["endColumn"] - 2 :]
    return "\n".join(line.decode("utf-16-le") for line in lines)


def test_a_note_with_a_place_is_a_related_location() -> None:
    related = read(EVERY)["results"][0]["relatedLocations"]
    assert [entry["message"]["text"] for entry in related] == ["the first is here", "and line 1 here"]


def test_partial_fingerprints_are_unique() -> None:
    words = [result["partialFingerprints"]["cnncalcFinding/v1"] for result in read(EVERY)["results"]]
    assert len(set(words)) == len(words)


def test_the_schema_refuses_what_is_wrong() -> None:
    log = json.loads("".join(render(EVERY, SOURCES, "sarif")))
    log["runs"][0]["results"][0]["level"] = "fatal"
    assert not Draft4Validator(SCHEMA).is_valid(log)

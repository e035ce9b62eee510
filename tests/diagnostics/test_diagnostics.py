"""Every diagnostic as a person reads it: `CODE-case.out` is what `validate` prints for the spec `CODE-case.yaml`.

tests/render/_golden.py says how to write the files again.
"""

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import cnncalc
from cnncalc import describe
from cnncalc.diagnostic import Diagnostic, Severity, edited
from cnncalc.graph import Graph
from cnncalc.rules import Selection, check
from tests._each import each
from tests.commands._program import program, run
from tests.render._golden import hold

HERE = Path(__file__).parent
HEAD = b"cnncalc: 1\ninput: 32x32x3\nlayers: [relu]\n"

# Specs that a file of text can't show as they are, or that are too long to read.
BYTES = {
    "Y002-not-utf-8": "name: Réseau\n".encode("latin-1") + HEAD,
    "Y002-utf-16": HEAD.decode().encode("utf-16"),
    "Y003-control-character": b'name: "Le\x07Net"\n' + HEAD,
    "Y003-escaped": b'name: "Le\\x1b[31mNet"\n' + HEAD,
    "Y004-file-too-large": HEAD + b"#" * (1 << 20),
    "Y007-too-many-nodes": HEAD.replace(b"[relu]", b"[" + b"a," * 200_000 + b"a]"),
    "Y018-crlf-line-endings": HEAD.replace(b"\n", b"\r\n"),
    "Y019-byte-order-mark": b"\xef\xbb\xbf" + HEAD,
}
# What has no text at all: there is no such file, or it is a folder.
NO_TEXT = {"Y001-unreadable-file", "Y001-folder"}
# What `validate` does not look for: other commands do (tests/commands/test_verify.py, test_rewrite.py, test_slide.py).
ELSEWHERE = {code for code in describe.faults() if code[0] in "TRI"}
# Rules that run only on request.
IN_PREVIEW = {code for code, fault in describe.faults().items() if fault.preview}
TEXTS = sorted(path.stem for path in HERE.glob("*.yaml"))
CASES = sorted({*TEXTS, *BYTES, *NO_TEXT})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: empty, for the specs of one test."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(case: str, folder: Path) -> str:
    """The spec of a case, put into a folder; its name there."""
    name = f"{case}.yaml"
    if case in BYTES:
        (folder / name).write_bytes(BYTES[case])
    elif case in TEXTS:
        shutil.copy(HERE / name, folder)
    return name


def alone(case: str, folder: Path) -> Path:
    """A folder of its own for a case, which is the current one."""
    (folder / case).mkdir()
    os.chdir(folder / case)
    return folder / case


def preview(case: str) -> tuple[str, ...]:
    return ("--preview",) if case.partition("-")[0] in IN_PREVIEW else ()


def validated(case: str, folder: Path, *arguments: str, **env: str) -> tuple[int, str]:
    if case == "Y001-folder":
        # `validate` would search a folder for specs; `inspect` reports it as a folder.
        (folder / f"{case}.yaml").mkdir()
        ended = run("inspect", f"{case}.yaml", *arguments, **env)
        return ended.status, ended.out + ended.err
    ended = run("validate", put(case, folder), "--show-notes", *preview(case), *arguments, **env)
    assert not ended.err
    return ended.status, ended.out


def as_json(case: str, folder: Path) -> list[dict[str, Any]]:
    """The diagnostics of a case as JSON."""
    diagnostics = json.loads(validated(case, folder, "--format", "json")[1])["diagnostics"]
    return list(diagnostics)


@pytest.mark.parametrize("case", CASES)
def test_matches_its_golden_file(case: str, folder: Path) -> None:
    hold(HERE / f"{case}.out", validated(case, folder)[1])


def test_every_diagnostic_has_a_case() -> None:
    shown = {case.partition("-")[0] for case in CASES}
    assert shown | ELSEWHERE == describe.faults().keys()
    assert not shown & ELSEWHERE


def test_no_output_is_left_over() -> None:
    assert sorted(path.stem for path in HERE.glob("*.out")) == CASES


@each("case", CASES)
def test_a_case_shows_what_it_is_named_for(case: str) -> None:
    code = case.partition("-")[0]
    fault = describe.faults()[code]
    text = (HERE / f"{case}.out").read_text(encoding="utf-8")
    assert re.search(rf"^(info|warning|error)\[{code}\] {fault.name}: ", text, re.MULTILINE)


@each("case", [case for case in CASES if case != "Y001-folder"])
def test_the_status_is_that_of_the_worst(case: str, folder: Path) -> None:
    status, text = validated(case, alone(case, folder))
    matches = re.findall(r"^(info|warning|error)\[(\w+)\]", text, re.MULTILINE)
    assert matches
    unreadable = any(code == "Y001" for _, code in matches)
    assert status == (2 if unreadable else 1 if any(word != "info" for word, _ in matches) else 0)


@each("case", CASES)
def test_a_message_is_a_fact_on_one_line(case: str) -> None:
    text = (HERE / f"{case}.out").read_text(encoding="utf-8")
    for line in text.splitlines():
        assert line.isprintable()
        assert line == line.rstrip()
    for message in re.findall(r"^\w+\[\w+\] [a-z0-9-]+: (.+)$", text, re.MULTILINE):
        assert not message.endswith((".", "!")), message
    for said in re.findall(r"^(?:note|help): (.*)$", text, re.MULTILINE):
        assert said
        assert not said.removesuffix("...").endswith((".", "!")), said
        assert " 1 more repetitions" not in said
        assert not re.search(r"\b(None|True|False)\b|Fraction|Shape\(|Sides\(", said), said


@each("case", CASES)
def test_colour_changes_no_character(case: str, folder: Path) -> None:
    plain = (HERE / f"{case}.out").read_text(encoding="utf-8")
    coloured = validated(case, alone(case, folder), FORCE_COLOR="1", TERM="xterm-256color")[1]
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


@each("case", [case for case in CASES if case not in NO_TEXT])
def test_a_place_is_in_the_text(case: str, folder: Path) -> None:
    folder = alone(case, folder)
    diagnostics = as_json(case, folder)
    data = (folder / f"{case}.yaml").read_bytes()
    lines = data.decode("utf-8", "replace").removeprefix("\ufeff").split("\n")
    for item in diagnostics:
        assert item["file"] == f"{case}.yaml"
        start, end = (item["line"], item["column"]), (item["end_line"], item["end_column"])
        assert (1, 1) <= start <= end
        for line, column in (start, end):
            assert line <= len(lines)
            assert column <= len(lines[line - 1]) + 1 or (line, column) == start


def errors(diagnostics: Iterator[Diagnostic] | tuple[Diagnostic, ...]) -> set[tuple[str, tuple[int, int]]]:
    return {(item.code, item.span.start) for item in diagnostics if item.severity > Severity.INFO}


def findings(graph: Graph, case: str) -> tuple[Diagnostic, ...]:
    analysis = cnncalc.analyse(graph)
    return (*graph.diagnostics, *check(analysis, Selection(preview=bool(preview(case)))))


@pytest.mark.parametrize("case", [case for case in TEXTS if case.partition("-")[0] != "L019"])
def test_a_fix_works(case: str) -> None:
    """Every fix, by itself: it removes its finding, and makes no new one at an earlier place."""
    text = (HERE / f"{case}.yaml").read_text(encoding="utf-8")
    before = findings(cnncalc.load(text), case)
    for item in before:
        for fix in item.fixes:
            after = findings(cnncalc.load(edited(text, fix)), case)
            assert (item.code, item.span.start) not in errors(after), f"{item.code}: {fix.text}"
            new = {code for code, _ in errors(after)} - {code for code, _ in errors(before)}
            # Findings that the error had hidden may appear; new errors of the text itself may not.
            assert not any(code.startswith("Y") for code in new), f"{item.code}: {fix.text} gives {new}"


@pytest.mark.parametrize("case", ["S001-in-a-block", "Y005-quote", "Y002-not-utf-8", "Y001-unreadable-file"])
def test_a_process_of_its_own_says_the_same(case: str, folder: Path) -> None:
    ended = program("validate", "--show-notes", put(case, folder), cwd=folder, NO_COLOR="1")
    assert ended.out == (HERE / f"{case}.out").read_text(encoding="utf-8")
    assert ended.err == ""

"""What is written to standard output: readable in every encoding, and never a command of a CI system."""

import json
import re
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cnncalc.program.spelling import BY_NAME, TEXT
from cnncalc.program.streams import Output
from tests.commands._program import program, run

COMMAND = re.compile(r"^\s*(?:\x1b\[[0-9;]*m)*::|##\w*\[", re.MULTILINE)
HOSTILE = """\
cnncalc: 1
name: "::error::é · 網 \\n::error::two ##vso[task.x] ##[error]x ##teamcity[x]"
source: "::warning::hello × ##[group]x 🚀"
input: 8x8x3
params: {k: 3}
layers:
  - conv: {filters: 4, kernel: $k}   # ##vso[task.y] é
    allow: {S001: "::error::x ##[error]y é"}
"""
FAULTY = HOSTILE.replace("kernel: $k", 'kernel: "::error::x ##[error]y", "::error::k\\n::é": 1')
RUNS = [
    f"{command} {file}.yaml {options}"
    for file in ("sound", "faulty")
    for command, options in (
        ("inspect", ""), ("inspect", "--format json"), ("inspect", "--format markdown"), ("inspect", "--format csv"),
        ("validate", ""), ("validate", "--format json"), ("validate", "--format sarif"),
        ("validate", "--format gitlab"),
        ("validate", "--format junit"), ("validate", "--format concise"), ("memory", ""), ("memory", "--format json"),
        ("fit", "--memory 1GiB"), ("fit", "--memory 1GiB --format json"), ("diff", "lenet5"), ("expand", ""),
        ("diff", "lenet5 --format markdown"), ("diff", "lenet5 --format json"), ("explain", "conv1"),
        ("validate", "--diff --unsafe-fixes"),
    )
] + ["layers", "layers conv", "rules", "rules --format json", "schema", "specs lenet5", "specs lenet5 --format json",
     "explain S001", "window 10 -k 3 -s 2", "window 10 -k 3 --format json", "--help", "validate --help"]  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "sound.yaml").write_text(HOSTILE, encoding="utf-8")
    (tmp_path / "faulty.yaml").write_text(FAULTY, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("line", RUNS)
def test_no_line_is_a_command(line: str) -> None:
    for colour in ({}, {"FORCE_COLOR": "1", "TERM": "xterm-256color"}):
        ended = run(*line.split(), **colour)
        assert ended.status in (0, 1)
        assert not COMMAND.search(ended.out + "\n" + ended.err)


@pytest.mark.parametrize("line", RUNS)
def test_an_encoding_without_the_characters_works(line: str) -> None:
    whole = run(*line.split())
    ended = run(*line.split(), encoding="ascii")
    assert ended.status == whole.status
    assert ended.out.count("?") == whole.out.count("?")
    if "json" in line or "sarif" in line or "gitlab" in line or line == "schema":
        assert json.loads(ended.out) == json.loads(whole.out)
    if line.startswith("expand sound"):
        assert yaml.safe_load(ended.out) == yaml.safe_load(whole.out)


@pytest.mark.parametrize(
    "line", ["inspect sound.yaml", "memory sound.yaml", "specs lenet5", "inspect sound.yaml --format json"]
)
def test_under_the_c_locale_all_is_ascii(line: str, folder: Path) -> None:
    ended = program(*line.split(), cwd=folder, LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert ended.status == 0
    assert ended.err == ""
    assert ended.out.isascii()
    assert "?" not in ended.out


def test_a_file_is_utf_8_whatever_the_locale(folder: Path) -> None:
    ended = program("inspect", "sound.yaml", "-o", "out.txt", cwd=folder, LC_ALL="C", PYTHONUTF8="0")
    assert (ended.status, ended.out) == (0, "")
    assert "é · 網" in (folder / "out.txt").read_text(encoding="utf-8")


def test_workflow_commands_are_those_of_the_format_alone(folder: Path) -> None:
    ended = run("validate", "faulty.yaml", "--format", "github")
    assert re.findall(r"^::\w+ file=faulty\.yaml,", ended.out, re.MULTILINE)
    assert len(re.findall(r"^\s*::", ended.out, re.MULTILINE)) == len(ended.out.splitlines())
    assert not re.search(r"##\w*\[", ended.out)


def output(encoding: str = "utf-8") -> tuple[Output, BytesIO]:
    buffer = BytesIO()
    return Output(TextIOWrapper(buffer, encoding=encoding, newline="")), buffer


PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "::",
                ":",
                "##",
                "#",
                "[",
                "##[",
                "##vso[",
                " ",
                "\n",
                "\r",
                "x",
                "\x1b[1m",
                "\xa0",
                "vso",
                "\u3000",
            ]
        ),
        st.text(max_size=3),
    ),
    max_size=12,
)


@given(PIECES)
def test_a_command_in_pieces_is_none(pieces: list[str]) -> None:
    stream, buffer = output()
    for piece in pieces:
        stream.write(piece)
    stream.flush()
    written = buffer.getvalue().decode()
    for line in re.split(r"[\r\n]", written):
        assert not re.match(r"(?:\s|\x1b\[[0-9;]*m)*::", line)
    assert not re.search(r"##\w{0,24}\[", written)


@given(st.text())
def test_text_that_is_not_a_command_is_written_unchanged(text: str) -> None:
    stream, buffer = output()
    plain = text.replace(":", "").replace("#", "").encode("utf-8", "replace").decode()
    stream.write(plain)
    stream.flush()
    assert buffer.getvalue().decode() == plain


@given(st.text(), st.sampled_from(["ascii", "latin-1", "cp1252", "utf-8"]))
def test_json_means_the_same_in_every_encoding(text: str, encoding: str) -> None:
    stream, buffer = output(encoding)
    stream.spell(BY_NAME["json"])
    stream.write(json.dumps({"a": text}, ensure_ascii=False))
    stream.flush()
    assert json.loads(buffer.getvalue().decode(encoding)) == {"a": text}


@given(st.text())
def test_text_is_never_replaced_by_question_marks(text: str) -> None:
    stream, buffer = output("ascii")
    stream.write(text)
    stream.flush()
    assert buffer.getvalue().count(b"?") == text.count("?")


def test_signs_have_stand_ins() -> None:
    stream, buffer = output("ascii")
    stream.spell(TEXT)
    stream.write("a · b × c – d → e … ≤ │─┼█ ✓✗ \N{LATIN SMALL LETTER E WITH ACUTE}")
    stream.flush()
    assert buffer.getvalue() == b"a - b x c - d -> e ... <= |-+# +x \\xe9"

"""The order and length of what `validate` prints: errors in full, notes short, harmless remainders counted."""

from pathlib import Path

import pytest

from tests.commands._program import run

NOTES = """\
cnncalc: 1
input: 32x32x3
layers:
  - conv: {filters: 8, kernel: 3, stride: 2, padding: 1, bias: true}
  - bn
  - conv: {filters: 8, kernel: 3, stride: 2, padding: 1, bias: true}
  - bn
  - conv: {filters: 8, kernel: 3, padding: 1, bias: true}
  - bn
  - conv: {filters: 8, kernel: 3, padding: 1, bias: true}
  - bn
  - relu
  - relu
"""
REMAINDERS = """\
cnncalc: 1
input: 32x32x3
layers:
  - conv: {filters: 8, kernel: 3, stride: 2, padding: 1, act: relu}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.yaml").write_text(NOTES)
    (tmp_path / "remainders.yaml").write_text(REMAINDERS)
    return tmp_path


@pytest.mark.usefixtures("folder")
class TestText:
    def test_warnings_come_first_and_whole(self) -> None:
        lines = run("validate", "notes.yaml").out.splitlines()
        assert lines[0].startswith("warning[G005]")
        assert lines[1].endswith("notes.yaml:13:5")
        assert lines[4].strip(" |").startswith("^")

    def test_notes_take_one_line_and_repeated_ones_share_it(self) -> None:
        output = run("validate", "notes.yaml", "--select", "D101").out
        (line,) = [line for line in output.splitlines() if "D101" in line]
        assert line.startswith("notes.yaml:4:64: info[D101] bias-before-norm: ")
        assert line.endswith("(and 3 more, at lines 6, 8, 10)")

    def test_remainders_that_lose_nothing_are_counted(self) -> None:
        ended = run("validate", "remainders.yaml")
        assert ended.status == 0
        assert ended.out == (
            "checked 1 spec, 2 layers: all clean; 1 window with a remainder that loses no input (--show-notes)\n"
        )

    def test_all_of_them_whole_on_request(self) -> None:
        output = run("validate", "remainders.yaml", "--show-notes").out
        assert output.startswith("info[S002] stride-drops-padding: ")
        assert "-->" in output
        assert output.endswith("checked 1 spec, 2 layers: 1 note\n")

    def test_under_strict_they_are_errors_and_whole(self) -> None:
        ended = run("validate", "remainders.yaml", "--strict")
        assert ended.status == 1
        assert ended.out.startswith("error[S002]")

    def test_a_file_gets_what_the_terminal_gets(self, folder: Path) -> None:
        ended = run("validate", "notes.yaml", "--output", "text=out.txt")
        assert (folder / "out.txt").read_text() == ended.out


@pytest.mark.usefixtures("folder")
class TestOtherFormats:
    def test_json_has_every_finding(self) -> None:
        assert run("validate", "remainders.yaml", "--format", "json").out.count('"code": "S002"') == 1

    def test_github_gets_the_worst_first(self, folder: Path) -> None:
        broken = NOTES.replace(
            "  - relu\n  - relu\n", "  - relu\n  - conv: {filters: 8, kernel: 2, stride: 2}\n"
        )
        (folder / "broken.yaml").write_text(broken.replace("input: 32x32x3", "input: 36x36x3"))
        lines = run("validate", "--format", "github", ".").out.splitlines()
        kinds = [line[2 : line.index(" ")] for line in lines if line.startswith("::")]
        assert kinds == sorted(kinds, key=["error", "warning", "notice"].index)
        assert "error" in kinds
        notices = [line for line in lines if line.startswith("::notice")]
        assert ["S002" in line for line in notices] == sorted("S002" in line for line in notices)

"""`cnncalc validate --fix`, `--diff` and `--add-ignore`: what is written, and what is reported."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from cnncalc.commands import _check
from cnncalc.lint.engine import check
from tests.commands._program import Ended, run

HEAD = "cnncalc: 1\ninput: 32x32x3\n"
SOUND = f"{HEAD}layers:\n  - conv: {{filters: 8, kernel: 3, padding: 1}}  # 3x3\n"
CORRECTED = f"{SOUND}  - relu\n"
FAULTY = f"{SOUND}  - relu  # cnncalc: ignore[S999]\n"
TYPO = SOUND.replace("kernel", "kernal")
LOSES = f"{HEAD}layers:\n  - conv: {{filters: 8, kernel: 4, stride: 3}}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: empty."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(**files: str | bytes) -> None:
    for name, text in files.items():
        Path(f"{name}.yaml").write_bytes(text.encode() if isinstance(text, str) else text)


def text(name: str) -> str:
    return Path(f"{name}.yaml").read_bytes().decode()


def validate(*arguments: str, **options: Any) -> Ended:
    return run("validate", *arguments, **options)


class TestFix:
    def test_fixes_and_reports_what_is_left(self) -> None:
        put(a=FAULTY, b=TYPO, c=SOUND)
        ended = validate("--fix")
        assert ended.status == 1
        assert ended.out.endswith(
            "Found 2 findings (1 fixed, 1 remaining)\nchecked 3 specs, 4 layers: 1 error\n"
        )
        assert (text("a"), text("b"), text("c")) == (CORRECTED, TYPO, SOUND)
        assert validate("a.yaml", "--fix") == (0, "checked 1 spec, 2 layers: all clean\n", "")

    def test_unsafe_ones_when_asked(self) -> None:
        put(b=TYPO)
        ended = validate("--fix", "--unsafe-fixes")
        assert ended.out.startswith("Found 1 finding (1 fixed, 0 remaining)\n")
        assert (ended.status, text("b")) == (0, SOUND)

    def test_keeps_line_ends_and_mode(self) -> None:
        put(a=("\ufeff" + FAULTY.replace("\n", "\r\n")).encode())
        Path("a.yaml").chmod(0o600)
        validate("--fix", "--ignore", "Y018,Y019")
        assert text("a") == "\ufeff" + CORRECTED.replace("\n", "\r\n")
        assert Path("a.yaml").stat().st_mode & 0o777 == 0o600
        validate("--fix")
        assert text("a") == CORRECTED

    def test_writes_nothing_that_does_not_change(self) -> None:
        put(c=SOUND)
        before = os.stat("c.yaml")
        validate("--fix")
        after = os.stat("c.yaml")
        assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)

    def test_leaves_files_that_are_not_text(self) -> None:
        put(a=b"\xff\xfe", b=SOUND.encode() + b"\x07")
        assert validate("a.yaml", "b.yaml", "none.yaml", "--fix").status == 2
        assert Path("a.yaml").read_bytes() == b"\xff\xfe"

    def test_of_standard_input_prints_the_text(self) -> None:
        ended = validate("-", "--fix", stdin=FAULTY)
        assert (ended.status, ended.out) == (0, CORRECTED)
        assert ended.err.startswith("Found 1 finding (1 fixed, 0 remaining)\n")
        assert validate("-", "--fix", stdin=SOUND).out == SOUND
        assert validate("-", "--fix", stdin=SOUND + "\x07").out == SOUND + "\x07"

    def test_a_read_only_file_is_left_and_reported_as_it_is(self) -> None:
        put(a=FAULTY, b=FAULTY)
        Path("a.yaml").chmod(0o444)
        ended = validate("--fix")
        assert ended.status == 2
        assert ended.err == "error: a.yaml can't be written: the file is read-only\n"
        assert "warning[L102]" in ended.out
        assert "Found 2 findings (1 fixed, 1 remaining)\n" in ended.out
        assert (text("a"), text("b")) == (FAULTY, CORRECTED)
        assert json.loads(validate("--fix", "--format", "json").out)["failures"] == [
            {"file": "a.yaml", "message": "a.yaml can't be written: the file is read-only"}
        ]

    def test_a_file_that_changes_while_it_is_checked_is_left(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def changed(*arguments: Any, **options: Any) -> Any:
            put(a=SOUND)
            return check(*arguments, **options)

        monkeypatch.setattr("cnncalc.commands._fix_files.check", changed)
        put(a=FAULTY)
        ended = validate("--fix")
        assert (ended.status, text("a")) == (2, SOUND)
        assert ended.err == "error: a.yaml can't be written: it has changed since it was read\n"

    def test_reads_a_file_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What is changed is the text that was checked, whatever stands there when it is looked at again."""
        from cnncalc.text import source

        texts = iter((FAULTY.encode(), b"\xff"))
        monkeypatch.setattr(source, "read_bytes", lambda path, limit: (next(texts), 1))
        put(a=FAULTY)
        assert validate("a.yaml", "--fix").status == 0
        assert text("a") == CORRECTED

    def test_of_hard_links_changes_all(self) -> None:
        put(a=FAULTY)
        os.link("a.yaml", "b.yaml")
        assert validate("--fix").status == 0
        assert text("b") == CORRECTED
        assert Path("a.yaml").samefile("b.yaml")

    def test_of_a_link_changes_what_it_leads_to(self) -> None:
        put(a=FAULTY)
        Path("b.yaml").symlink_to("a.yaml")
        assert validate("--fix").status == 0
        assert Path("b.yaml").is_symlink()
        assert text("a") == CORRECTED

    def test_in_several_processes_it_is_the_same(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_check, "_processes", lambda files: 2)
        put(**{f"n{index:02}": FAULTY for index in range(40)})
        assert "Found 40 findings (40 fixed, 0 remaining)" in validate("--fix").out
        assert {text(f"n{index:02}") for index in range(40)} == {CORRECTED}

    def test_says_so_in_json(self) -> None:
        put(a=FAULTY)
        assert json.loads(validate("--fix", "--format", "json").out)["fixed"] == 1

    def test_of_a_spec_that_is_extended_fixes_each_separately(self) -> None:
        put(base=FAULTY, net="cnncalc: 1\nextends: base.yaml\n")
        validate("net.yaml", "--fix")
        assert text("base") == FAULTY
        validate("--fix")
        assert text("base") == CORRECTED


class TestDiff:
    def test_shows_and_writes_nothing(self) -> None:
        put(a=FAULTY, b=TYPO)
        ended = validate("--diff")
        assert ended.status == 1
        assert ended.err == "would fix 1 finding in 1 file\n"
        assert ended.out.splitlines()[:2] == ["--- a.yaml", "+++ a.yaml"]
        assert "-  - relu  # cnncalc: ignore[S999]\n+  - relu\n" in ended.out
        assert text("a") == FAULTY
        assert "+  - conv: {filters: 8, kernel: 3" in validate("--diff", "--unsafe-fixes").out

    def test_of_nothing_is_clean(self) -> None:
        put(b=TYPO)
        assert validate("--diff") == (0, "", "nothing would change\n")

    def test_of_what_cannot_be_read(self) -> None:
        assert validate("--diff", "none.yaml").status == 2

    def test_of_standard_input(self) -> None:
        ended = validate("-", "--diff", stdin=FAULTY.rstrip("\n"))
        assert ended.status == 1
        assert "--- <stdin>" in ended.out
        assert "\\ No newline at end of file" in ended.out


class TestAddIgnore:
    def test_accepts_what_is_found(self) -> None:
        put(a=LOSES, b=SOUND)
        ended = validate("--add-ignore=older than the rules")
        assert ended == (
            0, "Accepted 1 finding by comments in 1 file\nchecked 2 specs, 2 layers: all clean\n", "",
        )  # fmt: skip
        assert text("a") == LOSES.rstrip("\n") + "  # cnncalc: ignore[S001] older than the rules\n"
        assert validate().status == 0

    def test_takes_no_path_for_a_reason(self) -> None:
        put(a=LOSES)
        assert validate("--add-ignore", "a.yaml").status == 0
        assert text("a").endswith("  # cnncalc: ignore[S001]\n")

    def test_leaves_what_no_comment_accepts(self) -> None:
        put(a=TYPO)
        ended = validate("--add-ignore")
        assert ended.status == 1
        assert "error[L001]" in ended.out
        assert text("a") == TYPO

    @pytest.mark.parametrize("reason", ["a # b", "a\x07"])
    def test_a_reason_is_one_line(self, reason: str) -> None:
        assert validate(f"--add-ignore={reason}").status == 2

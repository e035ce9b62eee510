"""Files are changed where they are to be changed, and nowhere else."""

import os
from pathlib import Path

import pytest

from cnncalc.diagnostic import Edit, Span
from cnncalc.lint.written import Written, decoded, write


def edit(line: int, column: int, end_line: int, end_column: int, text: str) -> Edit:
    return Edit(Span("net.yaml", line, column, end_line, end_column), text)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_stay(end: str) -> None:
    written = Written(end.join(("a: 1", "b: 2", "c: 3", "")))
    after = written.edited([edit(1, 4, 1, 5, "é"), edit(2, 1, 3, 1, ""), edit(3, 5, 3, 5, "\nd: 4")])
    assert after.text == end.join(("a: é", "c: 3", "d: 4", ""))


def test_of_mixed_line_ends_each_stays() -> None:
    assert Written("a\r\nb\nc\r\nd").edited([edit(2, 1, 2, 2, "x\ny")]).text == "a\r\nx\r\ny\nc\r\nd"


def test_the_last_line_may_be_without_one() -> None:
    assert Written("a\nb").edited([edit(2, 1, 3, 1, "")]).text == "a\n"


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    data = "\ufeffa: é\r\n".encode()
    written = decoded(data)
    assert written == Written("a: é\r\n", True)
    assert written.encoded() == data
    assert decoded(b"\xff") is None


class TestWriting:
    def test_keeps_the_mode(self, tmp_path: Path) -> None:
        path = tmp_path / "net.yaml"
        path.write_bytes(b"a")
        path.chmod(0o640)
        write(path, b"b", instead_of=b"a")
        assert path.read_bytes() == b"b"
        assert path.stat().st_mode & 0o777 == 0o640

    def test_a_new_file_has_the_usual_one(self, tmp_path: Path) -> None:
        usual = tmp_path / "usual"
        usual.touch()
        write(tmp_path / "new", b"b")
        assert (tmp_path / "new").stat().st_mode == usual.stat().st_mode

    def test_a_link_stays_a_link(self, tmp_path: Path) -> None:
        (tmp_path / "net.yaml").write_bytes(b"a")
        (tmp_path / "link.yaml").symlink_to("net.yaml")
        write(tmp_path / "link.yaml", b"b")
        assert (tmp_path / "link.yaml").is_symlink()
        assert (tmp_path / "net.yaml").read_bytes() == b"b"

    def test_what_has_changed_meanwhile_is_left(self, tmp_path: Path) -> None:
        path = tmp_path / "net.yaml"
        path.write_bytes(b"other")
        with pytest.raises(OSError, match="changed in the meantime"):
            write(path, b"b", instead_of=b"a")
        assert path.read_bytes() == b"other"
        assert os.listdir(tmp_path) == ["net.yaml"]

    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(OSError, match="No such file"):
            write(tmp_path / "nowhere" / "net.yaml", b"b")

    def test_a_device_is_written_to(self) -> None:
        write("/dev/null", b"b")
        assert not os.path.isfile("/dev/null")

"""A file that is written is put in place whole, or the old one stays as it was, alone."""

import os
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cnncalc.files import _beside, writing


def write(path: "Path | str", data: bytes) -> None:
    with writing(str(path)) as stream:
        stream.write(data)


@pytest.fixture(params=["nameless", "hidden"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """How the new file is made: without a name, or, where a system has no such files, with a hidden one."""
    if request.param == "hidden":
        monkeypatch.setattr(_beside, "_OPEN", "/nowhere")


@pytest.mark.usefixtures("way")
class TestAFile:
    def test_that_is_new_has_the_usual_mode(self, tmp_path: Path) -> None:
        before = os.umask(0o027)
        try:
            write(tmp_path / "new", b"1")
        finally:
            os.umask(before)
        assert (tmp_path / "new").read_bytes() == b"1"
        assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640
        assert os.listdir(tmp_path) == ["new"]

    def test_that_must_be_new_takes_no_place(self, tmp_path: Path) -> None:
        with writing(str(tmp_path / "new"), new=True) as stream:
            stream.write(b"1")

        def written(path: Path, meanwhile: bool) -> None:
            with writing(str(path), new=True) as stream:
                stream.write(b"2")
                if meanwhile:
                    path.write_bytes(b"another's")

        with pytest.raises(FileExistsError):
            written(tmp_path / "new", meanwhile=False)
        assert (tmp_path / "new").read_bytes() == b"1"
        with pytest.raises(FileExistsError):
            written(tmp_path / "late", meanwhile=True)
        assert (tmp_path / "late").read_bytes() == b"another's"
        assert sorted(os.listdir(tmp_path)) == ["late", "new"]

    def test_keeps_its_mode(self, tmp_path: Path) -> None:
        (tmp_path / "old").write_bytes(b"1")
        (tmp_path / "old").chmod(0o751)
        write(tmp_path / "old", b"2")
        assert (tmp_path / "old").read_bytes() == b"2"
        assert stat.S_IMODE((tmp_path / "old").stat().st_mode) == 0o751
        assert os.listdir(tmp_path) == ["old"]

    def test_is_another_one(self, tmp_path: Path) -> None:
        """Whoever has the old one open goes on reading it."""
        (tmp_path / "old").write_bytes(b"1")
        with (tmp_path / "old").open("rb") as before:
            write(tmp_path / "old", b"2")
            assert before.read() == b"1"

    def test_that_a_link_points_to_is_replaced_and_the_link_stays(self, tmp_path: Path) -> None:
        (tmp_path / "folder").mkdir()
        (tmp_path / "folder" / "old").write_bytes(b"1")
        (tmp_path / "link").symlink_to("folder/old")
        (tmp_path / "nowhere").symlink_to("folder/new")
        write(tmp_path / "link", b"2")
        write(tmp_path / "nowhere", b"3")
        assert os.readlink(tmp_path / "link") == "folder/old"
        assert os.readlink(tmp_path / "nowhere") == "folder/new"
        assert (tmp_path / "folder" / "old").read_bytes() == b"2"
        assert (tmp_path / "folder" / "new").read_bytes() == b"3"
        assert sorted(os.listdir(tmp_path / "folder")) == ["new", "old"]

    @pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, MemoryError])
    def test_stays_where_making_the_text_fails(self, tmp_path: Path, error: type[BaseException]) -> None:
        (tmp_path / "old").write_bytes(b"1")

        def half() -> None:
            with writing(str(tmp_path / "old")) as stream:
                stream.write(b"2" * 100_000)
                raise error

        with pytest.raises(error):
            half()
        assert (tmp_path / "old").read_bytes() == b"1"
        assert os.listdir(tmp_path) == ["old"]

    def test_stays_where_the_disk_is_full(self, tmp_path: Path) -> None:
        (tmp_path / "old").write_bytes(b"1")
        with _files_of_at_most(4096), pytest.raises(OSError, match="large"):
            write(tmp_path / "old", b"2" * 100_000)
        assert (tmp_path / "old").read_bytes() == b"1"
        assert os.listdir(tmp_path) == ["old"]

    def test_that_is_read_only_stays(self, tmp_path: Path) -> None:
        (tmp_path / "old").write_bytes(b"1")
        (tmp_path / "old").chmod(0o444)
        with pytest.raises(PermissionError, match="the file is read-only"):
            write(tmp_path / "old", b"2")
        assert (tmp_path / "old").read_bytes() == b"1"

    def test_in_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(OSError, match="there is no such folder"):
            write(tmp_path / "nowhere" / "new", b"1")

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
    def test_in_a_folder_that_is_read_only(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o555)
        with pytest.raises(PermissionError):
            write(tmp_path / "new", b"1")

    def test_with_a_name_that_no_file_can_have(self, tmp_path: Path) -> None:
        with pytest.raises(OSError, match="too long"):
            write(tmp_path / ("x" * 300), b"1")
        with pytest.raises(ValueError, match="null"):
            write(f"{tmp_path}/a\0b", b"1")
        assert os.listdir(tmp_path) == []


@contextmanager
def _files_of_at_most(size: int) -> Iterator[None]:
    """As on a full disk, no file can grow beyond a size."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


class TestWhatIsNoFile:
    def test_a_folder_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(IsADirectoryError, match="it is a folder"):
            write(tmp_path, b"1")

    def test_a_loop_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "loop").symlink_to("loop")
        with pytest.raises(OSError, match="symbolic links"):
            write(tmp_path / "loop", b"1")
        assert os.listdir(tmp_path) == ["loop"]

    def test_a_device_is_written_to(self) -> None:
        write("/dev/null", b"1")
        assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
        with pytest.raises(OSError, match="No space"):
            write("/dev/full", b"1")

    def test_a_pipe_is_written_to(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        with open(os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK), "rb") as reader:
            write(tmp_path / "pipe", b"1")
            assert reader.read() == b"1"
        assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)

    def test_what_is_open_already_is_written_to_where_it_is(self, tmp_path: Path) -> None:
        """As `-o /dev/stdout` after `>> log`: nothing of what is there is lost."""
        with (tmp_path / "log").open("ab") as log:
            log.write(b"1")
            log.flush()
            write(f"/dev/fd/{log.fileno()}", b"2")
            write(f"/proc/self/fd/{log.fileno()}", b"3")
        assert (tmp_path / "log").read_bytes() == b"123"

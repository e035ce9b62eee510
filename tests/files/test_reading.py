"""Files are read, and anything that could make a reader wait is refused."""

import os
import socket
from pathlib import Path

import pytest

from cnncalc.files import NotAFile, descriptor, read_bytes, regular


def test_reads_up_to_a_limit(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    assert read_bytes(str(tmp_path / "a"), 3) == (b"123", 5)


def test_reads_through_links(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    (tmp_path / "link").symlink_to("a")
    assert read_bytes(str(tmp_path / "link"), 9) == (b"12345", 5)
    assert regular(str(tmp_path / "link"))


def special_file(folder: Path, kind: str) -> Path:
    """Something that is not a regular file."""
    path = folder / kind
    match kind:
        case "fifo":
            os.mkfifo(path)
        case "socket":
            with socket.socket(socket.AF_UNIX) as listener:
                listener.bind(os.path.relpath(path))
        case "device":
            path.symlink_to("/dev/zero")
        case "link":
            os.mkfifo(folder / "other")
            path.symlink_to("other")
    return path


@pytest.mark.parametrize(
    ("kind", "said"),
    [("fifo", "a named pipe"), ("socket", "a socket"), ("device", "a device"), ("link", "a named pipe")],
)
def test_refuses_what_is_not_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    path = str(special_file(tmp_path, kind))
    with pytest.raises(NotAFile, match=f"it is {said}, not a file"):
        read_bytes(path, 9)
    assert not regular(path)


def test_refuses_a_pipe_that_takes_the_place_of_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the check of a path and its opening. The pipe has no writer: a reader would wait for ever."""
    (tmp_path / "a").write_bytes(b"1")
    os.mkfifo(tmp_path / "pipe")
    looked = os.stat(tmp_path / "a")
    monkeypatch.setattr(os, "stat", lambda path: looked)
    with pytest.raises(NotAFile):
        read_bytes(str(tmp_path / "pipe"), 9)


def test_refuses_a_folder_and_a_loop(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        read_bytes(str(tmp_path), 9)
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(OSError, match="symbolic links"):
        read_bytes(str(tmp_path / "loop"), 9)
    assert not regular(str(tmp_path / "loop"))
    assert not regular("a\0b")


def test_reads_what_is_open_already() -> None:
    begin, end = os.pipe()
    try:
        os.write(end, b"12345")
        os.close(end)
        assert read_bytes(f"/dev/fd/{begin}", 9) == (b"12345", 5)
    finally:
        os.close(begin)


@pytest.mark.parametrize(
    ("path", "number"),
    [
        ("/dev/stdin", 0),
        ("/dev/stdout", 1),
        ("/dev/fd/3", 3),
        ("/proc/self/fd/12", 12),
        ("/dev//fd/./3", 3),
        ("/dev/null", None),
        ("/dev/fd", None),
        ("stdin", None),
        ("a\0b", None),
    ],
)
def test_knows_the_names_of_descriptors(path: str, number: int | None) -> None:
    assert descriptor(path) == number


def test_knows_them_through_links(tmp_path: Path) -> None:
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("/dev/stdout")
    (tmp_path / "loop").symlink_to("loop")
    assert descriptor(str(tmp_path / "one")) == 1
    assert descriptor(str(tmp_path / "loop")) is None

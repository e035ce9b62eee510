"""Files are written where the system has only what Windows has, and refuses what Windows refuses."""

import os
from pathlib import Path

import pytest

from cnncalc.files import Changed, replacing, rewrite, writing

# What Python has on Linux, and not on Windows.
LACKED = (
    "O_CLOEXEC", "O_NONBLOCK", "O_TMPFILE", "fchmod", "fchown", "getxattr", "listxattr", "posix_fallocate", "pwrite",
    "setxattr",
)  # fmt: skip


def is_open(path: str) -> bool:
    """Whether this process has the file open."""
    return any(
        os.path.realpath(f"/proc/self/fd/{number}") == os.path.realpath(path)
        for number in os.listdir("/proc/self/fd")
    )


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> None:
    replace = os.replace

    def refuse_open(source: str, target: str) -> None:
        if is_open(source) or is_open(target):
            raise PermissionError(13, "The process cannot access the file because it is being used")
        replace(source, target)

    for name in LACKED:
        monkeypatch.delattr(os, name, raising=False)
    monkeypatch.setattr(os, "replace", refuse_open)
    monkeypatch.setattr(replacing, "_REPLACES_OPEN", False)
    monkeypatch.setattr(replacing, "_WITHOUT_WAITING", 0)


pytestmark = [
    pytest.mark.usefixtures("windows"),
    pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="what is open is read from /proc"),
]


@pytest.mark.parametrize("before", [None, b"a longer text that was there before\n"])
def test_a_file_is_written(tmp_path: Path, before: bytes | None) -> None:
    path = tmp_path / "out.json"
    if before is not None:
        path.write_bytes(before)
    with writing(str(path)) as stream:
        stream.write(b"new\n")
    assert path.read_bytes() == b"new\n"
    assert os.listdir(tmp_path) == ["out.json"]


def test_a_new_file_is_written_where_none_may_be(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    with writing(str(path), new=True) as stream:
        stream.write(b"new\n")
    assert path.read_bytes() == b"new\n"
    with pytest.raises(FileExistsError), writing(str(path), new=True):
        pass


def fail_inside(path: str) -> None:
    with writing(path) as stream:
        stream.write(b"new\n")
        raise RuntimeError


def test_an_error_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    path.write_bytes(b"old\n")
    with pytest.raises(RuntimeError):
        fail_inside(str(path))
    assert path.read_bytes() == b"old\n"
    assert os.listdir(tmp_path) == ["out.json"]


@pytest.mark.parametrize("after", [b"new\r\n", b"a longer text, which needs more room\n"])
def test_a_spec_is_fixed(tmp_path: Path, after: bytes) -> None:
    path = tmp_path / "net.yaml"
    path.write_bytes(b"old text\r\n")
    rewrite(str(path), after, instead_of=b"old text\r\n")
    assert path.read_bytes() == after
    with pytest.raises(Changed):
        rewrite(str(path), b"another\n", instead_of=b"old text\r\n")

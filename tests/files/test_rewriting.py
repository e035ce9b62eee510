"""A changed file keeps its properties, and a file that has changed since it was read is not written."""

import errno
import os
import resource
import stat
from pathlib import Path
from typing import Any

import pytest

from cnncalc.files import Changed, NotAFile, _beside, rewrite


@pytest.fixture
def net(tmp_path: Path) -> Path:
    path = tmp_path / "net.yaml"
    path.write_bytes(b"before")
    return path


def test_changes_what_was_read(net: Path) -> None:
    net.chmod(0o640)
    rewrite(str(net), b"after", instead_of=b"before")
    assert net.read_bytes() == b"after"
    assert stat.S_IMODE(net.stat().st_mode) == 0o640
    assert os.listdir(net.parent) == ["net.yaml"]


def test_leaves_what_has_changed_since(net: Path) -> None:
    with pytest.raises(Changed, match="it has changed since it was read"):
        rewrite(str(net), b"after", instead_of=b"other")
    assert net.read_bytes() == b"before"
    assert os.listdir(net.parent) == ["net.yaml"]


def test_leaves_what_changes_while_the_new_text_is_written(
    net: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def changed(self: object) -> None:
        net.write_bytes(b"another's")

    monkeypatch.setattr(_beside.Beside, "finish", changed)
    with pytest.raises(Changed):
        rewrite(str(net), b"after", instead_of=b"before")
    assert net.read_bytes() == b"another's"
    assert os.listdir(net.parent) == ["net.yaml"]


def test_an_equal_text_is_not_a_change(net: Path) -> None:
    """Two names of one file: the second one finds what the first has written."""
    before = net.stat()
    rewrite(str(net), b"before", instead_of=b"x")
    assert (net.stat().st_ino, net.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_link_stays_a_link(net: Path) -> None:
    (net.parent / "link.yaml").symlink_to("net.yaml")
    rewrite(str(net.parent / "link.yaml"), b"after", instead_of=b"before")
    assert (net.parent / "link.yaml").is_symlink()
    assert net.read_bytes() == b"after"


def test_a_read_only_file_is_left(net: Path) -> None:
    net.chmod(0o444)
    with pytest.raises(PermissionError):
        rewrite(str(net), b"after", instead_of=b"before")
    assert net.read_bytes() == b"before"


def test_what_is_not_a_file_is_not_changed(net: Path) -> None:
    os.mkfifo(net.parent / "pipe")
    for path in (net.parent / "pipe", Path("/dev/null")):
        with pytest.raises(NotAFile):
            rewrite(str(path), b"after", instead_of=b"")
    with pytest.raises(IsADirectoryError):
        rewrite(str(net.parent), b"after", instead_of=b"")


@pytest.mark.parametrize(("before", "after"), [(b"before", b"the longer text"), (b"before", b"short")])
class TestOtherNames:
    """Hard links: a new file would leave them with the old text."""

    def test_stay_those_of_one_file(self, net: Path, before: bytes, after: bytes) -> None:
        os.link(net, net.parent / "other.yaml")
        rewrite(str(net), after, instead_of=before)
        assert (net.parent / "other.yaml").read_bytes() == after
        assert net.samefile(net.parent / "other.yaml")
        assert sorted(os.listdir(net.parent)) == ["net.yaml", "other.yaml"]

    @pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt()])
    def test_keep_the_old_text_where_writing_fails(
        self,
        net: Path,
        monkeypatch: pytest.MonkeyPatch,
        before: bytes,
        after: bytes,
        error: BaseException,
    ) -> None:
        os.link(net, net.parent / "other.yaml")
        calls = iter((3, error))
        real = os.pwrite

        def pwrite(number: int, data: bytes, index: int) -> int:
            written = next(calls, None)
            if isinstance(written, BaseException):
                raise written
            return real(number, data[:written], index)

        monkeypatch.setattr(os, "pwrite", pwrite)
        with pytest.raises(type(error)):
            rewrite(str(net), after, instead_of=before)
        assert net.read_bytes() == before


def test_a_full_disk_leaves_the_old_text(net: Path) -> None:
    for name in ("net.yaml", "other.yaml"):
        limit = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limit[1]))
        try:
            with pytest.raises(OSError, match="large"):
                rewrite(str(net), b"after" * 10_000, instead_of=b"before")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        assert net.read_bytes() == b"before", name
        # Once as a file of its own, once as one of two names.
        if not (net.parent / "other.yaml").exists():
            assert os.listdir(net.parent) == ["net.yaml"]
            os.link(net, net.parent / "other.yaml")


def test_an_owner_that_cannot_be_kept_is_kept_by_writing_in_place(
    net: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(self: object, *arguments: Any) -> None:
        raise PermissionError(errno.EPERM, "not permitted")

    monkeypatch.setattr(_beside.Beside, "take_after", refused)
    before = net.stat()
    rewrite(str(net), b"after", instead_of=b"before")
    assert net.stat().st_ino == before.st_ino
    assert net.read_bytes() == b"after"
    assert os.listdir(net.parent) == ["net.yaml"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_another_owner_is_kept(net: Path) -> None:
    os.chown(net, 12_345, 12_346)
    net.chmod(0o644)
    rewrite(str(net), b"after", instead_of=b"before")
    assert (net.stat().st_uid, net.stat().st_gid) == (12_345, 12_346)


def test_extended_attributes_are_kept(net: Path) -> None:
    try:
        os.setxattr(net, "user.of", b"mine")
    except OSError:
        pytest.skip("this file system has none")
    rewrite(str(net), b"after", instead_of=b"before")
    assert os.getxattr(net, "user.of") == b"mine"

"""Folders and globs: what is not a file is skipped, no link is followed twice, and no depth is too great."""

import errno
import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from glob import iglob
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cnncalc.commands._folders import files_below, matching
from cnncalc.lint.patterns import Segment, is_named
from tests.commands._program import Ended, program, run

SOUND = "cnncalc: 1\ninput: 32x32x3\nlayers:\n  - conv: 8\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: empty."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(*names: str, text: str = SOUND) -> None:
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")


def refuse(folder: str, error: OSError) -> None:
    raise error


def glob(pattern: str) -> list[str]:
    return list(matching(pattern, refuse))


def below(folder: str) -> list[str]:
    return list(files_below(folder, (".yaml",), lambda path: True, refuse))


def make_fifo(name: str) -> None:
    os.mkfifo(name)


def make_socket(name: str) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(name)


def make_device(name: str) -> None:
    os.symlink("/dev/zero", name)


def make_loop(name: str) -> None:
    os.symlink(name, name)


KINDS = {
    "fifo": (make_fifo, "is a named pipe, not a file"),
    "socket": (make_socket, "is a socket, not a file"),
    "device": (make_device, "is a device, not a file"),
    "loop": (make_loop, "too many levels of symbolic links"),
}


@pytest.mark.parametrize("kind", KINDS)
class TestWhatIsNoFile:
    """Each of these runs in a process of its own with a timeout: a program that opens a pipe waits for ever."""

    @pytest.fixture
    def special_file(self, kind: str) -> str:
        put("net.yaml")
        make, says = KINDS[kind]
        make("other.yaml")
        return says

    @pytest.mark.usefixtures("special_file")
    @pytest.mark.parametrize("path", [".", "*.yaml", "**/*.yaml"])
    def test_is_skipped(self, folder: Path, path: str) -> None:
        ended = program("validate", path, cwd=folder)
        assert ended == (0, "checked 1 spec, 1 layer: all clean\n", "")

    @pytest.mark.parametrize("command", ["validate", "inspect"])
    def test_that_is_named_is_refused(self, folder: Path, special_file: str, command: str) -> None:
        ended = program(command, "other.yaml", cwd=folder)
        assert ended.status == 2
        assert special_file in ended.out + ended.err

    def test_that_is_extended_is_refused(self, folder: Path, special_file: str) -> None:
        put("extending.yaml", text="cnncalc: 1\nextends: other.yaml\n")
        ended = program("validate", "extending.yaml", cwd=folder)
        assert ended.status == 1
        assert "error[L019] bad-extends: `other.yaml` " in ended.out
        # A link to a device leads out of the folder, and is refused for that.
        assert any(
            said in ended.out for said in (special_file, "leads out of the spec's folder", "is not a path")
        )

    def test_that_is_a_configuration_is_skipped_or_refused(self, folder: Path, special_file: str) -> None:
        os.rename("other.yaml", "cnncalc.toml")
        if special_file.startswith("too many"):
            os.unlink("cnncalc.toml")
            make_loop("cnncalc.toml")
        assert program("validate", "net.yaml", cwd=folder).status == 0
        ended = program("validate", "net.yaml", "--config", "cnncalc.toml", cwd=folder)
        assert ended.status == 2
        assert special_file.removeprefix("is ") in ended.err


class TestOpenAlready:
    @pytest.mark.parametrize("path", ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"])
    @pytest.mark.parametrize("command", ["validate", "inspect"])
    def test_standard_input_is_read_by_all_its_names(self, folder: Path, command: str, path: str) -> None:
        assert program(command, path, stdin=SOUND, cwd=folder).status == 0

    def test_it_can_extend_nothing(self, folder: Path) -> None:
        ended = program("validate", "/dev/stdin", stdin="cnncalc: 1\nextends: 1\n", cwd=folder)
        assert ended.status == 1


class TestLinks:
    def test_deep_globs_go_through_each_folder_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        put("a/net.yaml", "a/b/net.yaml")
        for name in ("a/up", "a/b/up", "a/b/again"):
            os.symlink("..", name)
        os.symlink("a", "first")
        seen: list[str] = []
        scandir = os.scandir

        def counted(path: str) -> "os._ScandirIterator[str]":
            seen.append(os.path.realpath(path))
            return scandir(path)

        monkeypatch.setattr(os, "scandir", counted)
        assert glob("**/*.yaml") == ["a/net.yaml", "a/b/net.yaml"]
        assert len(seen) == len(set(seen)) == 3

    def test_deep_globs_go_through_links_to_other_places(
        self, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        other = tmp_path_factory.mktemp("other")
        put(str(other / "sub" / "net.yaml"), "own/net.yaml")
        os.symlink(other, "linked")
        assert glob("**/net.yaml") == ["own/net.yaml", "linked/sub/net.yaml"]

    def test_links_that_are_named_are_followed(self) -> None:
        put("a/net.yaml")
        os.symlink("a", "b")
        assert glob("*/net.yaml") == ["a/net.yaml", "b/net.yaml"]
        assert glob("b/*.yaml") == ["b/net.yaml"]
        assert below("b") == ["b/net.yaml"]


class TestDepth:
    @pytest.fixture
    def deep(self, folder: Path) -> Iterator[Callable[[int, str], None]]:
        def make(levels: int, name: str) -> None:
            for _ in range(levels):
                os.mkdir(name)
                os.chdir(name)
            put("net.yaml")
            os.chdir(folder)

        yield make
        os.chdir(folder)
        # Python's own way to remove folders is recursive: pytest would fail when it cleans up, runs later.
        subprocess.run(["rm", "-rf", *folder.iterdir()], check=True)

    @pytest.mark.parametrize("path", [".", "**/*.yaml"])
    def test_a_thousand_folders_are_searched(
        self, deep: Callable[[int, str], None], folder: Path, path: str
    ) -> None:
        deep(1000, "d")
        put("cnncalc.toml", text='exclude = ["nothing/**/at/**/all"]\n')
        assert run("validate", path) == (0, "checked 1 spec, 1 layer: all clean\n", "")

    @pytest.mark.parametrize("path", [".", "**/*.yaml"])
    def test_where_the_system_refuses_is_a_sentence(
        self, deep: Callable[[int, str], None], folder: Path, path: str
    ) -> None:
        deep(1000, "folder")
        put("net.yaml")
        ended = run("validate", path)
        assert (ended.status, ended.out) == (2, "checked 1 spec, 1 layer: all clean\n")
        (line,) = ended.err.splitlines()
        assert line.startswith("error: the folder ")
        assert line.endswith("can't be read: file name too long")
        assert len(line) < 300


class TestGlobs:
    @pytest.mark.parametrize(
        ("pattern", "files"),
        [
            ("*", ["a.yaml"]),
            ("**", ["a.yaml", "b/c.yaml", "b/d/e.yaml"]),
            ("**/", []),
            ("b/**", ["b/c.yaml", "b/d/e.yaml"]),
            ("**/d/*", ["b/d/e.yaml"]),
            ("./*.yaml", ["./a.yaml"]),
            ("*/../a.yaml", ["b/../a.yaml"]),
            ("*/../a.y*", ["b/../a.yaml"]),
            ("*/./c.yaml", ["b/c.yaml"]),
            (".*", [".hidden.yaml"]),
            (".*/*", [".h/f.yaml"]),
            ("[ab].yaml", ["a.yaml"]),
            ("[!b].yaml", ["a.yaml"]),
            ("?.yaml", ["a.yaml"]),
            ("nowhere/*", []),
            ("a.yaml/*", []),
        ],
    )
    def test_match_files(self, pattern: str, files: list[str]) -> None:
        put("a.yaml", "b/c.yaml", "b/d/e.yaml", ".h/f.yaml", ".hidden.yaml", "b/.h/g.yaml")
        paths = list(matching(pattern, lambda folder, error: None))
        assert paths == files

    def test_take_absolute_paths(self, folder: Path) -> None:
        put("a.yaml")
        assert glob(f"{folder}/*.yaml") == [f"{folder}/a.yaml"]

    @pytest.mark.parametrize("pattern", ["[z-a]*", "[", "\udcff*", "a\0*"])
    def test_that_match_nothing_are_reported(self, pattern: str) -> None:
        ended = run("validate", pattern)
        assert ended.status == 2
        assert len((ended.err + ended.out).splitlines()) >= 1

    names = st.sampled_from(["a", "b", "ab", "ba", ".a"])

    @given(
        st.lists(st.lists(names, min_size=1, max_size=4), min_size=1, max_size=8),
        st.lists(st.sampled_from(["a", "b", "*", "**", "a*", "?", "*b", "[ab]*"]), min_size=1, max_size=4),
    )
    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
    def test_match_what_python_says(
        self, tmp_path_factory: pytest.TempPathFactory, paths: list[list[str]], pattern: list[str]
    ) -> None:
        root = tmp_path_factory.mktemp("tree")
        for path in paths:
            place = root.joinpath(*path)
            if not place.exists() and all(not parent.is_file() for parent in place.parents):
                put(str(place))
        text = f"{root}/{'/'.join(pattern)}"
        if not any(sign in text for sign in "*?["):
            return
        said = sorted({name for name in iglob(text, recursive=True) if os.path.isfile(name)})
        assert sorted(matching(text, lambda folder, error: None)) == said

    def test_take_a_step_for_each_folder_and_place(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """`**` many times over: Python's own walks go through the tree once for each of them within the others."""
        put(*(f"{'d/' * depth}net.yaml" for depth in range(30)))
        steps: list[int] = []

        def counted(segment: Segment, name: str) -> bool:
            steps.append(1)
            return is_named(segment, name)

        monkeypatch.setattr("cnncalc.commands._folders.is_named", counted)
        assert glob("**/*/" * 10 + "no") == []
        # A name against each place at most; a folder has two names.
        assert len(steps) <= 60 * 21


def test_a_folder_that_may_not_be_read_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    put("a/net.yaml", "b/net.yaml")
    scandir = os.scandir

    def refused(path: str) -> "os._ScandirIterator[str]":
        if path.rstrip("/").endswith("a"):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refused)
    for path in (".", "**/*.yaml"):
        ended: Ended = run("validate", path)
        assert (ended.status, ended.out) == (2, "checked 1 spec, 1 layer: all clean\n")
        assert "can't be read: permission denied" in ended.err

"""Where commands write: the width and the colour are rich's, and rich is imported for colour alone."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest

from cnncalc import plugins
from cnncalc.commands._terminal import Terminal, rich_console
from cnncalc.render.piece import Piece
from tests.commands._program import environment, modules_of

ROOT = Path(__file__).resolve().parents[2]
# Command lines of every command, in text and in another format.
PLAIN = {
    "conv": [
        "conv 8x8x3 -k 3 --filters 4 --at 1,2",
        "conv 8x8x3 -k 3 --filters 4 --symbols C --format markdown",
    ],
    "diff": ["diff lenet5 alexnet", "diff lenet5 alexnet --format markdown"],
    "draw": ["draw lenet5 --format svg", "draw lenet5 --kind bars --format svg"],
    "expand": ["expand lenet5"],
    "explain": [
        "explain lenet5",
        "explain lenet5 conv1",
        "explain resnet50 bottleneck4",
        "explain lenet5 conv2 --field-of conv1",
        "explain S001",
        "explain S001 --format json",
        "explain S001 --format markdown",
        "explain lenet5 conv1 --at 1,2 --format markdown",
        "explain lenet5 --symbols",
    ],
    "export": ["export lenet5 --to mermaid"],
    "fc": ["fc 400 --units 120"],
    "fit": ["fit lenet5 --memory 12GiB"],
    "gpus": ["gpus", "gpus --format json"],
    "import": ["import docs/examples/tiny.cfg"],
    "inspect": ["inspect vgg16", "inspect vgg16 --format json", "inspect resnet50 --depth 0"],
    "layers": ["layers", "layers conv"],
    "memory": ["memory vgg16"],
    "new": ["new"],
    "pool": ["pool 8x8x3 -k 2", "pool 8x8x3 -k 2 --format json"],
    "report": ["report lenet5 -o /dev/null"],
    "rewrite": ["rewrite lenet5 --fc-to-conv"],
    "rules": ["rules", "rules S --format json"],
    "schema": ["schema"],
    "sizes": ["sizes lenet5"],
    "slide": ["slide lenet5 --image 36"],
    "specs": ["specs lenet", "specs lenet5"],
    "validate": ["validate specs/vgg16.yaml", "validate docs/examples/alexnet_224.yaml"],
    "verify": ["verify lenet5 --meta"],
    "window": ["window 10 -k 3 -s 2"],
}
LINES = ["--version", "--help", *(line for lines in PLAIN.values() for line in lines)]


def test_every_command_is_among_these() -> None:
    assert tuple(PLAIN) == plugins.names("cnncalc.commands")


# Runs command lines one after another, and prints which of them import rich.
IMPORTS = """
import json, sys
from tests.commands._program import run
importing = []
for line in json.loads(sys.argv[1]):
    assert run(*line.split(), **json.loads(sys.argv[2])).status in (0, 1), line
    loaded = [name for name in sys.modules if name.partition(".")[0] == "rich"]
    for name in loaded:
        del sys.modules[name]
    importing += [line] * bool(loaded)
print(json.dumps(importing))
"""


def importing_rich(lines: list[str], **env: str) -> list[str]:
    """Those of the command lines that import rich, run in a process that has not imported it."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORTS, json.dumps(lines), json.dumps(env)],
        env=environment(PYTHONPATH=str(ROOT)),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def test_plain_text_needs_no_rich() -> None:
    lines = [line for line in LINES if line not in PLAIN["verify"]]
    assert not importing_rich([*lines, *(f"{name} --help" for name in PLAIN)])


@pytest.mark.long
def test_what_starts_pytorch_needs_no_rich() -> None:
    assert not importing_rich(PLAIN["verify"])


def test_colour_needs_rich() -> None:
    lines = ["inspect vgg16", "memory vgg16"]
    assert importing_rich(["schema", *lines], FORCE_COLOR="1") == lines


@pytest.mark.parametrize("line", ["--version", "window 10 -k 3"])
def test_what_reads_no_spec_needs_no_yaml(line: str) -> None:
    assert not {"yaml", "json"} & modules_of(line)


@pytest.mark.parametrize("line", ["inspect vgg16", "window 10 -k 3", "memory vgg16", "explain vgg16"])
def test_a_text_needs_no_json_and_no_hashes(line: str) -> None:
    assert not {"json", "hashlib", "cnncalc.render.findings.text"} & modules_of(line)


@pytest.mark.parametrize("columns", [None, "40", "007", "wide", "-3", "999"])
@pytest.mark.parametrize("stderr", [False, True])
def test_is_as_wide_as_rich_has_it(
    monkeypatch: pytest.MonkeyPatch, columns: str | None, stderr: bool
) -> None:
    for name in ("COLUMNS", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    if columns is not None:
        monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setattr(sys, "stdout", StringIO())
    monkeypatch.setattr(sys, "stderr", StringIO())
    assert Terminal(stderr=stderr).width == rich_console(stderr=stderr).width


@pytest.mark.parametrize("stream", [0, 1, 2])
def test_is_as_wide_as_the_first_stream_that_is_a_terminal(
    monkeypatch: pytest.MonkeyPatch, stream: int
) -> None:
    def size(asked: int) -> os.terminal_size:
        if asked != stream:
            raise OSError("not a terminal")
        return os.terminal_size((57, 24))

    for name in ("COLUMNS", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "stdout", StringIO())
    monkeypatch.setattr(os, "get_terminal_size", size)
    assert Terminal().width == 57


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"FORCE_COLOR": "1"},
        {"FORCE_COLOR": ""},
        {"FORCE_COLOR": "1", "NO_COLOR": "1"},
        {"FORCE_COLOR": "1", "TERM": "dumb"},
        {"TTY_COMPATIBLE": "1"},
        {"TTY_COMPATIBLE": "0", "FORCE_COLOR": "1"},
    ],
)
def test_is_in_colour_where_rich_is(monkeypatch: pytest.MonkeyPatch, asked: dict[str, str]) -> None:
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in asked.items():
        monkeypatch.setenv(name, value)
    written = StringIO()
    monkeypatch.setattr(sys, "stdout", written)
    coloured = rich_console().color_system is not None
    Terminal().write(["plain ", Piece("bold", "bold")])
    assert ("\x1b[" in written.getvalue()) is coloured
    assert coloured is (
        asked in ({"FORCE_COLOR": "1"}, {"TTY_COMPATIBLE": "1"}) or asked.get("NO_COLOR") == "1"
    )


def test_the_environment_of_these_tests_asks_for_no_colour() -> None:
    assert not {"FORCE_COLOR", "TTY_COMPATIBLE"} & environment().keys()

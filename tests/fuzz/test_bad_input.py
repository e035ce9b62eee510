"""Bad input through the command line: a coded diagnostic with its place, and nothing else."""

import json
import os
import re
from pathlib import Path
from random import Random
from typing import Any

import pytest

import cnncalc
from cnncalc.describe import faults
from cnncalc.sizing import advice
from tests._depth import DEEP, long_but
from tests.commands import _program
from tests.fuzz import _hostile
from tests.fuzz._hold import UNSAFE, hold
from tests.fuzz._program import Ended, run

# A finding as `inspect` and `validate` begin it.
FINDING = re.compile(r"(?:error|warning|info)\[[A-Z]\d{3}\] [a-z0-9-]+: .")

# More than a second each: many faults, each with a search for its fix or for a similar name; or a text of a megabyte.
LONG = {
    "1 MB of carriage returns", "1 MB of directives", "2,000 different strides", "2,000 faults on one line",
    "2,000 fcs over volumes", "2,000 unknown fields", "2,000 unknown keys", "2,000 unknown layers",
    "2,000 unknown names", "2,000 unknown parameters", "2,000 unused blocks", "2,000 wrong values", "3,000 cycles",
    "300,000 words", "a cycle of 10,000 blocks", "a million NULs", "channels that double each time",
    "volumes that grow by 10^17 each time",
}  # fmt: skip


def diagnostics(ended: Ended) -> list[dict[str, Any]]:
    """The output of `validate --format json`, which is all that it prints."""
    assert not ended.err
    assert not UNSAFE.search(ended.out)
    data = json.loads(ended.out)
    for item in data["diagnostics"]:
        assert item["code"] in faults()
        assert min(item["line"], item["column"]) >= 1
    return list(data["diagnostics"])


def codes(diagnostics: list[dict[str, Any]]) -> set[str]:
    return {item["code"] for item in diagnostics if item["severity"] != "info"}


def run_text(*words: str, folder: Path) -> Ended:
    """`cnncalc WORDS` in a folder, which is the current one."""
    return run(*words, folder=folder) if DEEP else Ended(*_program.run(*words, NO_COLOR="1", COLUMNS="100"))


def hold_findings(text: str) -> None:
    """The text is findings, one after another, and a summary at most."""
    assert FINDING.match(text)
    assert "Traceback" not in text
    assert not UNSAFE.search(text)


@pytest.mark.fuzz
@pytest.mark.parametrize("what", long_but(_hostile.TEXTS.keys() - LONG, _hostile.TEXTS))
def test_a_hostile_text_is_a_diagnostic(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In `make test-all` each run is a process of its own, which may take little time and memory."""
    text, expected = _hostile.TEXTS[what]
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    (tmp_path / "net.yaml").write_bytes(data)
    monkeypatch.chdir(tmp_path)
    checked = run_text("validate", "--format", "json", "net.yaml", folder=tmp_path)
    assert checked.status == 1, checked
    assert codes(diagnostics(checked)) == expected
    shown = run_text("inspect", "net.yaml", folder=tmp_path)
    hold_findings(shown.err)
    assert shown.status == (0 if expected <= {"Y018", "Y019", "L015"} else 1)


@pytest.mark.parametrize("what", ["nothing", "an alias bomb", "100,000 open brackets", "10 MB of spaces"])
def test_standard_input_has_the_same_limits(what: str, tmp_path: Path) -> None:
    text, expected = _hostile.TEXTS[what]
    assert isinstance(text, str)
    ended = run("validate", "--format", "json", "-", folder=tmp_path, input=text.encode())
    assert (ended.status, codes(diagnostics(ended))) == (1, expected)


@pytest.mark.parametrize(("path", "status", "code"), [("-", 1, "Y004"), ("endless", 2, "Y001")])
def test_an_endless_text_is_not_read_to_its_end(path: str, status: int, code: str, tmp_path: Path) -> None:
    """Standard input is read up to the limit; the name of a device is refused, because it is not a file."""
    (tmp_path / "endless").symlink_to("/dev/zero")
    ended = run("validate", "--format", "json", path, folder=tmp_path, input=Path("/dev/zero"))
    assert (ended.status, codes(diagnostics(ended))) == (status, {code})


@pytest.mark.parametrize("command", ["inspect", "validate"])
def test_a_missing_file(command: str, tmp_path: Path) -> None:
    ended = run(command, "net.yaml", folder=tmp_path)
    assert ended.status == 2
    hold_findings(ended.err or ended.out)
    assert "error[Y001]" in ended.err + ended.out


def test_a_folder(tmp_path: Path) -> None:
    (tmp_path / "net.yaml").mkdir()
    ended = run("inspect", "net.yaml", folder=tmp_path)
    assert ended.status == 2
    assert ended.err.startswith("error[Y001]")
    assert not ended.out


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "net.yaml"
    path.write_text("cnncalc: 1\n")
    path.chmod(0)
    if os.geteuid() == 0:
        # Root may read every file: let the system say that it may not.
        def refuse(*_: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr("builtins.open", refuse)
        (diagnostics,) = cnncalc.load(path).diagnostics
        assert (diagnostics.code, diagnostics.span.start) == ("Y001", (1, 1))
        assert "permission denied" in diagnostics.message
        return
    ended = run("inspect", "net.yaml", folder=tmp_path)
    assert ended.status == 2
    assert "permission denied" in ended.err


@pytest.mark.parametrize(
    "name", ["a" * 5000, "\udcff.yaml", "a\nb.yaml", "\x1b[31m.yaml", "[/red].yaml", "net.yaml/x"]
)
@pytest.mark.parametrize("command", ["inspect", "validate"])
def test_a_name_that_is_not_a_file(command: str, name: str, tmp_path: Path) -> None:
    (tmp_path / "net.yaml").write_text("cnncalc: 1\n")
    ended = run(command, name, folder=tmp_path)
    assert ended.status == 2
    assert "Traceback" not in ended.err
    assert not UNSAFE.search(ended.err + ended.out)


def test_a_link_out_of_the_folder_is_not_extended(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "base.yaml").write_text(_hostile.layers("relu"))
    (inside / "link.yaml").symlink_to(tmp_path / "base.yaml")
    (inside / "round.yaml").symlink_to("round.yaml")
    for name in ("link", "round"):
        (inside / "net.yaml").write_text(f"cnncalc: 1\nextends: {name}.yaml\n")
        ended = run("validate", "--format", "json", "net.yaml", folder=inside)
        assert (ended.status, codes(diagnostics(ended))) == (1, {"L019"})


def test_specs_that_extend_each_other_end(tmp_path: Path) -> None:
    for index in range(20):
        (tmp_path / f"net{index}.yaml").write_text(f"cnncalc: 1\nextends: net{(index + 1) % 20}.yaml\n")
    ended = run("validate", "--format", "json", "net0.yaml", folder=tmp_path)
    assert (ended.status, codes(diagnostics(ended))) == (1, {"L019"})


def test_names_are_shown_escaped(tmp_path: Path) -> None:
    """In the title too, where a spec without a fault has a name with markup or marks that reorder a line."""
    (tmp_path / "net.yaml").write_text('name: "[/red] [bold]x \u202e"\n' + _hostile.layers("conv: 8"))
    for format in ("text", "markdown", "json", "csv"):
        ended = run("inspect", "net.yaml", "--format", format, folder=tmp_path)
        assert ended.status == 0
        assert not UNSAFE.search(ended.out)
    assert json.loads(run("inspect", "net.yaml", "--format", "json", folder=tmp_path).out)["name"].startswith(
        "[/red]"
    )
    assert "[/red] [bold]x \\u202e" in run("inspect", "net.yaml", folder=tmp_path).out


def test_a_network_that_grows_by_what_enters_ends_at_the_limit(tmp_path: Path) -> None:
    """How often `$in` repeats is known only when it is there: what stands before the limit has to be made."""
    head = "cnncalc: 1\ninput: 8x8x1000\n"
    (tmp_path / "net.yaml").write_text(_hostile.nested(head, "$in.channels"))
    ended = run("validate", "--format", "json", "--max-nodes", "10000", "net.yaml", folder=tmp_path)
    assert (ended.status, codes(diagnostics(ended))) == (1, {"L018"})


@pytest.mark.fuzz
@pytest.mark.parametrize("size", _hostile.SIZES)
def test_numbers_of_any_size_are_computed_with_at_once(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them in `make test-all`; in `make test` some, others for each size.

    Most of the time would go into the search for another size of the input: it goes its whole way for one in ten.
    """
    whole = advice.MOST
    texts = list(_hostile.of_size(size).items())
    for index, (what, text) in enumerate(texts if DEEP else Random(size).sample(texts, 12)):
        monkeypatch.setattr(advice, "MOST", whole // 10 if index % 10 else whole)
        try:
            hold(text.encode())
        except Exception as error:
            raise AssertionError(what) from error

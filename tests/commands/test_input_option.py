"""`--input`: every command that reads a spec takes another input than it says."""

import json
from pathlib import Path

import pytest

from cnncalc.cli import cli
from tests._each import each
from tests.commands._program import run

NET = """\
cnncalc: 1
name: Net
input: 32x32x3
layers:
  - conv: {filters: 4, kernel: 3, padding: 1}
    expect: 32x32x4
  - conv: {filters: 4, kernel: 3, padding: 1}
    expect: 32x32x4
  - global_avgpool
  - fc: 10
"""
TWO = "cnncalc: 1\ninputs: {left: 32x32x3, code: 10}\nlayers:\n  - {relu: , from: left}\n"
NOTE = "2 `expect` keys are not checked: they are for an input of 32x32x3, not 48x48x3"
READERS = (
    "inspect",
    "explain",
    "expand",
    "memory",
    "fit --memory 8GiB",
    "verify --meta",
    "sizes",
    "validate",
)


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "net.yaml"
    path.write_text(NET)
    (tmp_path / "two.yaml").write_text(TWO)
    return path


def test_is_accepted_by_every_command_that_reads_a_spec() -> None:
    named = {reader.partition(" ")[0] for reader in READERS} | {"diff"}
    for name, command in cli.commands.items():
        takes = any("--input" in param.opts for param in command.params)
        reads = any("--set" in param.opts for param in command.params)
        assert takes == reads == (name in named), name


@pytest.mark.parametrize("command", READERS)
def test_is_used_and_what_is_not_checked_is_reported(spec: Path, command: str) -> None:
    ended = run(*command.split(" "), spec, "--input", "48")
    assert ended.status == 0, ended.err
    assert "--input" not in ended.err
    if command == "validate":
        assert "; 2 `expect` not checked: for another input" in ended.out
    elif command == "sizes":
        assert "the wanted size, 48x48, fits" in ended.out
    else:
        assert NOTE in ended.err
    if command in ("inspect", "expand"):
        assert "48" in ended.out
        assert "32x32" not in ended.out


@each("command", [*READERS, "diff lenet5"])
@each("text", ["0", "48x48", "big", "other=3", "3x48x48"])
def test_that_no_network_can_have_is_a_usage_error(spec: Path, command: str, text: str) -> None:
    ended = run(*command.split(" "), spec, "--input", text, COLUMNS="60")
    assert ended.status == 2
    assert "Invalid value for '--input'" in ended.err
    assert ended.out == ""


@pytest.mark.parametrize("command", ["inspect", "memory", "validate"])
def test_json_counts_what_is_not_checked(spec: Path, command: str) -> None:
    data = json.loads(run(command, spec, "--input", "48", "--format", "json").out)
    assert data["expect_not_checked"] == 2
    assert json.loads(run(command, spec, "--format", "json").out)["expect_not_checked"] == 0


def test_of_several_specs_says_which_can_not_have_it(spec: Path) -> None:
    ended = run("validate", spec, spec.parent / "two.yaml", "--input", "48")
    assert ended.status == 2
    assert "two.yaml: there are 2 inputs (left 32x32x3, code 10)" in ended.err


def test_is_checked_with_the_spec_before_it_is_fixed(spec: Path) -> None:
    ended = run("validate", spec, "--input", "left=48", "--fix")
    assert (ended.status, "no input 'left'" in ended.err) == (2, True)
    assert run("validate", spec, "--input", "48", "--fix").status == 0
    assert spec.read_text() == NET


def test_of_verify_is_for_one_spec() -> None:
    assert "--input is for one SPEC" in run("verify", "--all", "--input", "48").err


class TestOfDiff:
    def test_is_for_both(self, spec: Path) -> None:
        data = json.loads(run("diff", spec, spec, "--input", "48", "--format", "json").out)
        for side in ("old", "new"):
            assert data[side]["inputs"] == [{"channels": 3, "height": 48, "width": 48}]
            assert data[side]["expect_not_checked"] == 2

    def test_of_one_side_comes_over_that_of_both(self, spec: Path) -> None:
        asked = ("--input", "48", "--input-new", "64x64x1")
        data = json.loads(run("diff", spec, spec, *asked, "--format", "json").out)
        assert [data[side]["inputs"][0]["height"] for side in ("old", "new")] == [48, 64]
        data = json.loads(run("diff", spec, spec, "--input-old", "16", "--format", "json").out)
        assert [data[side]["inputs"][0]["height"] for side in ("old", "new")] == [16, 32]

    def test_by_name_is_for_whichever_has_it(self, spec: Path) -> None:
        two = spec.parent / "two.yaml"
        data = json.loads(run("diff", spec, two, "--input", "left=48", "--format", "json").out)
        assert data["new"]["inputs"][0]["height"] == 48
        assert data["old"]["inputs"][0]["height"] == 32
        ended = run("diff", spec, two, "--input", "right=48")
        assert (ended.status, "no input 'right'" in ended.err) == (2, True)

    @pytest.mark.parametrize("option", ["--input-old", "--input-new"])
    def test_a_wrong_one_names_its_option(self, spec: Path, option: str) -> None:
        ended = run("diff", spec, spec, option, "48x48")
        assert ended.status == 2
        assert f"'{option}'" in ended.err


def test_stays_with_the_remedies_of_fit(spec: Path) -> None:
    asked = ("--memory", "700MiB", "--batch", "4096", "--format", "json")
    data = json.loads(run("fit", spec, *asked, "--input", "48").out)
    own = json.loads(run("fit", spec, *asked).out)
    assert data["training"]["peak_bytes"] > 2 * own["training"]["peak_bytes"]
    assert data["remedies"]
    for remedy in data["remedies"]:
        assert remedy["saved_bytes"] < data["training"]["peak_bytes"]

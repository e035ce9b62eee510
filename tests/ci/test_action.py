"""The GitHub Action: its form by GitHub's own schema (check-jsonschema ships it), and its scripts run in bash."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.render._formats import render
from tests.render.findings._cases import EVERY, SOURCES

ROOT = Path(__file__).resolve().parents[2]
ACTION = ROOT / "action.yml"
MATCHER = ROOT / ".github" / "problem-matcher.json"
CLEAN = "cnncalc: 1\ninput: 11x11x3\nlayers:\n  - conv: {filters: 8, kernel: 3, stride: 2}\n"
FAULTY = CLEAN.replace("11x11", "10x10")


def fits(schema: str, path: Path) -> "subprocess.CompletedProcess[str]":
    """Check a file with a schema that check-jsonschema ships."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_action_is_what_github_accepts() -> None:
    done = fits("github-actions", ACTION)
    assert done.returncode == 0, done.stdout


def test_the_check_of_its_form_can_fail(tmp_path: Path) -> None:
    wrong = tmp_path / "action.yml"
    wrong.write_text(
        ACTION.read_text(encoding="utf-8").replace("using: composite", "using: nothing"), encoding="utf-8"
    )
    assert fits("github-actions", wrong).returncode == 1


def steps() -> dict[str, dict[str, Any]]:
    data = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
    return {step["name"]: step for step in data["runs"]["steps"]}


def script(
    step: str,
    folder: Path,
    inputs: dict[str, str],
    variables: dict[str, str] | None = None,
    others: dict[str, str] | None = None,
) -> "subprocess.CompletedProcess[str]":
    """A step's script, as the runner runs it: with bash, the inputs in the variables that the step says.

    `variables` are those that the runner sets, `others` the values of other expressions.
    """
    data = yaml.safe_load(ACTION.read_text(encoding="utf-8"))
    known = {f"inputs.{name}": entry["default"] for name, entry in data["inputs"].items()}
    known |= {f"inputs.{name}": value for name, value in inputs.items()} | {"github.action_path": str(ROOT)}
    known |= others or {}
    given = {
        name: re.sub(r"\$\{\{ (.+?) \}\}", lambda match: known[match[1]], value)
        for name, value in steps()[step]["env"].items()
    }
    # `python` and `cnncalc` of the environment that the tests run in.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, **given, "PATH": path, "GITHUB_ACTIONS": "true", "NO_COLOR": "1"}
    environment |= variables or {}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", steps()[step]["run"]]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("good nets/clean.yaml", CLEAN), ("bad/faulty.yaml", FAULTY)):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_it_checks_everything_and_annotates(folder: Path) -> None:
    done = script("Check", folder, {})
    assert done.returncode == 1
    assert done.stdout.startswith(f"::add-matcher::{ROOT}/.github/problem-matcher.json\n")
    assert "\n::error file=bad/faulty.yaml,line=4," in done.stdout
    assert "checked 2 specs" in done.stdout


@pytest.mark.parametrize(
    ("inputs", "status", "said"),
    [
        ({"paths": "good nets\n"}, 0, "checked 1 spec"),
        ({"paths": "good nets/*.yaml\nbad\n"}, 1, "checked 2 specs"),
        ({"paths": "gone"}, 2, "gone"),
        ({"args": "--severity warning --set 'a=b c'"}, 2, "no parameter 'a'"),
        ({"args": "--format concise"}, 1, "bad/faulty.yaml:4:"),
        # Neither is a command, nor an option that was not meant.
        ({"args": "--format=text; touch x"}, 2, "format"),
        ({"paths": "$(touch x)"}, 2, "touch x"),
        ({"paths": "--version"}, 2, "--version"),
    ],
)
def test_inputs_are_arguments(folder: Path, inputs: dict[str, str], status: int, said: str) -> None:
    done = script("Check", folder, inputs)
    assert (done.returncode, said in done.stdout + done.stderr) == (status, True), done.stdout + done.stderr
    assert not (folder / "x").exists()


@pytest.mark.parametrize(
    ("version", "installed"),
    [("", str(ROOT)), ("1.2.3", "cnncalc==1.2.3"), ("1; touch x", "cnncalc==1; touch x")],
)
def test_it_installs_itself_or_a_release(folder: Path, version: str, installed: str) -> None:
    before = steps()["Install cnncalc"]["run"]
    assert before.startswith("python -m pip install ")
    # The script with `echo` in the place of Python.
    echoed = before.replace("python -m pip install --quiet", "printf '%s\\n'")
    given = {"CNNCALC_VERSION": version, "CNNCALC_ACTION": str(ROOT)}
    done = subprocess.run(
        ["bash", "-c", echoed],
        cwd=folder,
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{installed}\n"


def test_the_matcher_finds_what_is_printed_concisely() -> None:
    (matcher,) = json.loads(MATCHER.read_text(encoding="utf-8"))["problemMatcher"]
    (pattern,) = matcher["pattern"]
    lines = "".join(render(EVERY, SOURCES, "concise")).splitlines()
    for line, item in zip(lines, EVERY, strict=True):
        match = re.fullmatch(pattern["regexp"], line)
        if item.severity.word == "info":
            # The runner knows no such severity.
            assert match is None
            continue
        assert match is not None
        if ":" not in item.span.file:
            assert match[pattern["file"]] == item.span.file
        assert match[pattern["line"]] == str(item.span.line)
        assert match[pattern["severity"]] == item.severity.word
        assert match[pattern["code"]] == item.code

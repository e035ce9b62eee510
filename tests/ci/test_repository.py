"""The files that GitHub reads: each fits GitHub's schema, and what it says about the project is true."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ci.test_action import ROOT, fits

GITHUB = ROOT / ".github"
WORKFLOWS = GITHUB / "workflows"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SCHEMAS = {
    **dict.fromkeys(WORKFLOWS.glob("*.yml"), "github-workflows"),
    **dict.fromkeys((GITHUB / "ISSUE_TEMPLATE").glob("*.yml"), "github-issue-forms"),
    GITHUB / "ISSUE_TEMPLATE" / "config.yml": "github-issue-config",
    ROOT / "CITATION.cff": "citation-file-format",
}


def jobs(name: str) -> dict[str, Any]:
    workflow: dict[str, Any] = yaml.safe_load((WORKFLOWS / name).read_text(encoding="utf-8"))["jobs"]
    return workflow


def commands(job: dict[str, Any]) -> str:
    return "\n".join(step.get("run", "") for step in job["steps"])


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_fits_its_schema(path: Path) -> None:
    done = fits(SCHEMAS[path], path)
    assert done.returncode == 0, done.stdout


def test_every_file_of_github_s_is_checked() -> None:
    others = {path for path in GITHUB.rglob("*") if path.is_file()} - SCHEMAS.keys()
    assert {path.name for path in others} == {"problem-matcher.json"}


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("workflows/tests.yml", "runs-on:", "runs-where:"),
        ("ISSUE_TEMPLATE/bug.yml", "type: textarea", "type: novel"),
    ],
)
def test_the_check_can_fail(name: str, right: str, wrong: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.yml"
    path.write_text((GITHUB / name).read_text(encoding="utf-8").replace(right, wrong), encoding="utf-8")
    assert fits(SCHEMAS[GITHUB / name], path).returncode == 1


def test_the_tests_run_on_every_python_that_the_package_names() -> None:
    prefix = "Programming Language :: Python :: 3."
    named = [
        line.removeprefix(prefix[:-2])
        for line in PROJECT["classifiers"]
        if re.fullmatch(prefix + r"\d+", line)
    ]
    assert PROJECT["requires-python"] == f">={named[0]}"
    tested = jobs("tests.yml")
    for job in ("linux", "others"):
        assert tested[job]["strategy"]["matrix"]["python"] == named
    assert tested["linux"]["runs-on"] == "ubuntu-latest"
    assert tested["others"]["strategy"]["matrix"]["system"] == ["macos-latest", "windows-latest"]


def test_macos_and_windows_need_no_make() -> None:
    tested = jobs("tests.yml")
    assert "make test " in commands(tested["linux"])
    assert "pytest" in commands(tested["others"])
    assert "make " not in commands(tested["others"])


def test_every_target_that_a_workflow_makes_is_there() -> None:
    targets = set(re.findall(r"^([.a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    made_targets = {
        target
        for path in WORKFLOWS.glob("*.yml")
        for job in jobs(path.name).values()
        for target in re.findall(r"\bmake ([a-z-]+)", commands(job))
    }
    assert made_targets
    assert made_targets <= targets


def test_a_release_is_published_without_a_secret() -> None:
    release = jobs("release.yml")
    assert release["publish"]["permissions"] == {"id-token": "write"}
    assert release["publish"]["environment"]["name"] == "pypi"
    assert "secrets." not in (WORKFLOWS / "release.yml").read_text(encoding="utf-8")
    # What is given reaches a script as a variable: text in the script itself would be run.
    for path in WORKFLOWS.glob("*.yml"):
        for job in jobs(path.name).values():
            assert not re.search(r"\$\{\{ *github\.", commands(job)), path.name


def test_the_citation_has_the_version_of_the_package() -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert (cited["title"], cited["version"]) == (PROJECT["name"], PROJECT["version"])
    assert cited["abstract"] == PROJECT["description"]
    assert cited["license"] == PROJECT["license"]

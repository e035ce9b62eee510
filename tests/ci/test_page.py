"""The files that docs/ci.md gives: each is valid by the schema of the program that reads it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.ci.test_action import fits

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
WORKFLOWS = [text for text in BLOCKS if "runs-on:" in text]
GITLAB = [text for text in BLOCKS if "codequality:" in text]
PRE_COMMIT = [text for text in BLOCKS if text.startswith("repos:")]


def test_the_page_has_all_of_them() -> None:
    assert (len(WORKFLOWS), len(GITLAB), len(PRE_COMMIT)) == (4, 1, 1)


@pytest.mark.parametrize(
    ("schema", "text"),
    [*(("github-workflows", text) for text in WORKFLOWS), *(("gitlab-ci", text) for text in GITLAB)],
)
def test_a_file_is_what_its_reader_accepts(schema: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "file.yml"
    path.write_text(text, encoding="utf-8")
    done = fits(schema, path)
    assert done.returncode == 0, done.stdout


def test_the_configuration_of_pre_commit_names_hooks_there_are(tmp_path: Path) -> None:
    path = tmp_path / ".pre-commit-config.yaml"
    path.write_text(PRE_COMMIT[0], encoding="utf-8")
    command = [sys.executable, "-m", "pre_commit", "validate-config", str(path)]
    assert subprocess.run(command, check=False).returncode == 0
    offered = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
    named = {hook["id"] for repo in yaml.safe_load(PRE_COMMIT[0])["repos"] for hook in repo["hooks"]}
    assert named <= offered
    assert set(re.findall(r"`(cnncalc(?:-fix)?)` in place", PAGE)) <= offered


def test_the_inputs_of_the_action_are_as_the_page_says() -> None:
    inputs = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["inputs"]
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (.*?) \|", PAGE, re.MULTILINE))
    assert rows.keys() == inputs.keys()
    for name, description in rows.items():
        if description.startswith("`"):
            assert description.strip("`") == inputs[name]["default"]
    for text in WORKFLOWS:
        for job in yaml.safe_load(text)["jobs"].values():
            for step in job["steps"]:
                if step.get("uses", "").startswith("cnncalc/"):
                    assert step.get("with", {}).keys() <= inputs.keys()

"""`cnncalc validate` as a linter: what is checked, and what is reported."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.commands._program import Ended, run

HEAD = "cnncalc: 1\ninput: 32x32x3\n"
SOUND = f"{HEAD}layers:\n  - conv: {{filters: 8, kernel: 3, padding: 1}}\n"
WARNED = f"{SOUND}params: {{unused: 1}}\n"
LOSES = f"{HEAD}layers:\n  - conv: {{filters: 8, kernel: 4, stride: 3}}\n"
INFORMED = SOUND.replace("kernel: 3", "kernel: 3, stride: 2")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: empty."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(**files: str) -> None:
    """Files; `__` in a name stands for the folders' separator, `_` for the dot."""
    for name, text in files.items():
        path = Path(name.replace("__", "/").replace("_", "."))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def validate(*arguments: str, **options: Any) -> Ended:
    return run("validate", *arguments, **options)


def codes(*arguments: str, **options: Any) -> list[str]:
    data = json.loads(validate(*arguments, "--format", "json", **options).out)["diagnostics"]
    return [item["code"] for item in data]


class TestSelecting:
    @pytest.mark.parametrize(
        ("options", "expected"),
        [
            ([], ["L016", "S002"]),
            (["--select", "S"], ["S002"]),
            (["--select", "S,L016"], ["L016", "S002"]),
            (["--select", "D"], []),
            (["--ignore", "S002"], ["L016"]),
            (["--ignore", "S", "--ignore", "L"], []),
            (["--select", "ALL", "--ignore", "S"], ["L016"]),
            (["--select", "S", "--extend-select", "L"], ["L016", "S002"]),
        ],
    )
    def test_by_codes_and_their_beginnings(self, options: list[str], expected: list[str]) -> None:
        put(net_yaml=INFORMED + "params: {unused: 1}\n")
        assert sorted(codes("net.yaml", *options)) == expected

    def test_what_is_not_checked_is_accepted(self) -> None:
        put(net_yaml=f"{LOSES}  - nothing\n")
        assert codes("net.yaml", "--ignore", "S001") == ["L002"]

    def test_what_cannot_be_read_is_reported_whatever_is_selected(self) -> None:
        put(net_yaml=f"{LOSES}  - nothing\n")
        assert codes("net.yaml", "--select", "D") == ["L002"]

    @pytest.mark.parametrize(("word", "help"), [("Q", ""), ("s001", "; did you mean `S001`?"), ("", "")])
    def test_an_unknown_code_is_a_usage_error(self, word: str, help: str) -> None:
        put(net_yaml=SOUND)
        ended = validate("net.yaml", "--select", word)
        assert (ended.status, ended.out) == (2, "")
        assert f"no diagnostic has a code that starts with `{word}`{help}" in ended.err


class TestFailOn:
    @pytest.mark.parametrize(
        ("word", "statuses"), [("error", (0, 0, 1)), ("warning", (0, 1, 1)), ("info", (1, 1, 1)), ("never", (0, 0, 0))]
    )  # fmt: skip
    def test_says_what_fails(self, word: str, statuses: tuple[int, ...]) -> None:
        for text, status in zip((INFORMED, WARNED, LOSES), statuses, strict=True):
            put(net_yaml=text)
            assert validate("net.yaml", "--fail-on", word).status == status

    def test_what_cannot_be_read_fails_always(self) -> None:
        assert validate("nothing.yaml", "--fail-on", "never").status == 2


class TestConfiguration:
    def test_is_the_nearest(self) -> None:
        put(a__net_yaml=LOSES, b__net_yaml=LOSES, cnncalc_toml='ignore = ["S001"]', b__cnncalc_toml="")
        assert codes("a") == []
        assert codes("b") == ["S001"]
        assert codes() == ["S001"]

    def test_has_another_severity(self) -> None:
        put(net_yaml=INFORMED, cnncalc_toml='severity = {S = "info", S002 = "error"}')
        assert validate("net.yaml").status == 1
        put(net_yaml=LOSES)
        ended = validate("net.yaml")
        assert ended.status == 0
        # What is no error does not stop the check.
        assert ended.out.endswith("checked 1 spec, 1 layer: 1 note\n")

    def test_of_patterns(self) -> None:
        put(a_yaml=LOSES, old__b_yaml=LOSES, cnncalc_toml='[per-file."old/*"]\nignore = ["S001"]')
        assert codes() == ["S001"]
        assert codes("old/b.yaml") == []

    def test_strict_and_fail_on(self) -> None:
        put(net_yaml=INFORMED, cnncalc_toml="strict = true")
        assert "error[S002]" in validate("net.yaml").out
        put(net_yaml=WARNED, cnncalc_toml='fail-on = "error"')
        assert validate("net.yaml").status == 0
        assert validate("net.yaml", "--fail-on", "warning").status == 1

    def test_budgets(self) -> None:
        put(net_yaml=SOUND, cnncalc_toml='[budget]\nparams = "<= 100"\n[per-file."b*".budget]\nparams = "1K"')
        put(b_yaml=SOUND)
        ended = validate()
        assert ended.status == 1
        assert ended.out.count("[C001]") == 1
        assert "note: the budget is set by cnncalc.toml" in ended.out

    def test_of_a_spec_comes_first(self) -> None:
        put(net_yaml=SOUND + "budget: {params: <= 1K}\n", cnncalc_toml='[budget]\nparams = "<= 100"')
        assert validate().status == 0

    def test_leaves_files_out(self) -> None:
        put(
            a_yaml=SOUND,
            old__b_yaml=LOSES,
            draft__c_yaml=LOSES,
            cnncalc_toml='exclude = ["old", "dr*/c.yaml"]',
        )
        assert validate().status == 0
        assert validate("*/*.yaml").status == 2
        assert "(2 paths excluded)" in validate("*/*.yaml").err
        assert codes("old/b.yaml") == ["S001"]
        assert validate("a.yaml", "old/b.yaml", "--force-exclude").status == 0

    def test_can_be_another_or_none(self) -> None:
        put(
            net_yaml=LOSES,
            cnncalc_toml='ignore = ["S001"]',
            shared__lint_toml='[per-file."net.yaml"]\nignore=["S"]',
        )
        assert codes("--isolated") == ["S001"]
        assert codes("--config", "shared/lint.toml") == []
        put(shared__lint_toml="")
        assert codes("--config", "shared/lint.toml") == ["S001"]
        assert validate("--config", "no.toml").err.startswith("error: no.toml: the file cannot be read")

    def test_of_standard_input_is_that_of_the_folder(self) -> None:
        put(cnncalc_toml='ignore = ["S001"]')
        assert validate("-", stdin=LOSES).status == 0

    @pytest.mark.parametrize("options", [[], ["--fix"], ["--diff"], ["--add-ignore"], ["--format", "json"]])
    def test_that_is_broken_stops_all(self, options: list[str]) -> None:
        text = f"{SOUND}  - relu  # cnncalc: ignore[S999]\n"
        put(a_yaml=text, sub__b_yaml=text, sub__cnncalc_toml="preview = 1\nselct = []\n")
        assert validate(*options) == (
            2,
            "",
            "error: sub/cnncalc.toml:1: `preview` must be true or false, not 1\n"
            "error: sub/cnncalc.toml:2: there is no setting `selct` in the configuration; did you mean `select`?\n",
        )
        assert Path("a.yaml").read_text() == text

    def test_reads_no_toml_where_there_is_none(self) -> None:
        put(net_yaml=SOUND, pyproject_toml="[tool.ruff]\nbroken = ")
        assert validate().status == 0

    def test_costs_no_import_where_there_is_none(self, monkeypatch: pytest.MonkeyPatch) -> None:
        put(net_yaml=SOUND)
        for name in (
            "tomllib",
            "cnncalc.lint.toml",
            "cnncalc.lint.configuration",
            "cnncalc.lint.suppressions",
        ):
            monkeypatch.delitem(sys.modules, name, raising=False)
        assert validate().status == 0
        assert not {"tomllib", "cnncalc.lint.configuration", "cnncalc.lint.suppressions"} & sys.modules.keys()


class TestOutput:
    def test_statistics(self) -> None:
        put(a_yaml=INFORMED + "params: {unused: 1}\n", b_yaml=WARNED + "  # cnncalc: ignore[S999]\n")
        assert validate("--statistics").out == (
            "2  L016  unused-parameter\n1  L102  unknown-code  (--fix)\n1  S002  stride-drops-padding\n\n"
            "checked 2 specs, 2 layers: 3 warnings, 1 note\n"
        )
        data = json.loads(validate("--statistics", "--format", "json").out)
        assert data["statistics"][0] == {"code": "L016", "name": "unused-parameter", "count": 2}

    def test_several_files_beside_it(self) -> None:
        put(net_yaml=WARNED)
        ended = validate("--output", "json=a.json", "--output", "concise=b.txt", "--output", "text=c.txt")
        assert "warning[L016]" in ended.out
        assert json.loads(Path("a.json").read_text()) == json.loads(validate("--format", "json").out)
        assert Path("b.txt").read_text() == validate("--format", "concise").out
        assert Path("c.txt").read_text() == ended.out

    def test_that_cannot_be_written_is_reported(self) -> None:
        put(net_yaml=SOUND)
        ended = validate("--output", "json=no/where.json")
        assert (ended.status, ended.out) == (2, "checked 1 spec, 1 layer: all clean\n")
        assert ended.err == "error: no/where.json can't be written: there is no such folder\n"

    @pytest.mark.parametrize("given", ["json", "json=", "nothing=a.txt"])
    def test_a_wrong_one_is_a_usage_error(self, given: str) -> None:
        put(net_yaml=SOUND)
        assert validate("--output", given).status == 2

    def test_in_a_workflow_there_are_annotations(self) -> None:
        put(net_yaml=WARNED)
        ended = validate(GITHUB_ACTIONS="true")
        assert "\n::warning file=net.yaml,line=5," in ended.out
        assert "::" not in validate("--format", "concise", GITHUB_ACTIONS="true").out
        assert "::" not in validate("--isolated").out

    @pytest.mark.parametrize("format", ["concise", "github", "gitlab", "junit", "sarif"])
    def test_of_every_format(self, format: str) -> None:
        put(net_yaml=WARNED)
        ended = validate("--format", format)
        assert ended.status == 1
        assert "L016" in ended.out


@pytest.mark.skipif("__import__('os').geteuid() == 0", reason="root may read every folder")
def test_a_folder_that_may_not_be_read_is_reported() -> None:
    put(net_yaml=SOUND, sub__net_yaml=SOUND)
    Path("sub").chmod(0)
    ended = validate()
    Path("sub").chmod(0o700)
    assert ended.status == 2
    assert ended.err == "error: the folder ./sub can't be read: permission denied\n"
    assert "checked 1 spec" in ended.out


@pytest.mark.parametrize(
    "options",
    [
        ["--unsafe-fixes"],
        ["--fix", "--add-ignore"],
        ["--watch", "--fix"],
        ["--watch", "-"],
        ["--isolated", "--config", "x"],
        ["--statistics", "--format", "sarif"],
    ],
)
def test_some_options_do_not_go_together(options: list[str]) -> None:
    assert validate(*options).status == 2

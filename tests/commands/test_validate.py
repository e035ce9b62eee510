"""`cnncalc validate`: which files it checks, what it reports, and its exit status."""

import json
import os
import re
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

from cnncalc import zoo
from cnncalc.commands import _check
from tests._depth import DEEP
from tests.commands._program import Ended, interrupted, run

SOUND = "cnncalc: 1\ninput: 32x32x3\nlayers:\n  - conv: {filters: 8, kernel: 3, padding: 1}\n"
WARNED = SOUND + "params: {unused: 1}\n"
FAULTY = SOUND.replace("filters: 8", "filters: 0")
INFORMED = SOUND.replace("kernel: 3", "kernel: 3, stride: 2")
TWO_MODES = (
    "cnncalc: 1\ninput: 32x32x3\nlayers:\n  - conv: 8\n"
    "  - conv: {filters: 8, kernel: 3, stride: 2}\n    only: training\n"
    "  - maxpool: {kernel: 3, stride: 2}\n    only: inference\n"
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: empty."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(folder: Path, **files: str) -> None:
    """Files of a folder; `_` in a name stands for the folders' separator, and all end with .yaml."""
    for name, text in files.items():
        path = folder / f"{name.replace('_', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def validate(*arguments: str, **options: Any) -> Ended:
    return run("validate", *arguments, **options)


def validated(*arguments: str, **options: Any) -> dict[str, Any]:
    """The JSON of a run."""
    result: dict[str, Any] = json.loads(validate(*arguments, "--format", "json", **options).out)
    return result


def summary(*arguments: str, **options: Any) -> str:
    return validate(*arguments, **options).out.splitlines()[-1]


class TestStatus:
    @pytest.mark.parametrize(("text", "status"), [(SOUND, 0), (INFORMED, 0), (WARNED, 1), (FAULTY, 1)])
    def test_is_1_for_errors_and_warnings(self, folder: Path, text: str, status: int) -> None:
        put(folder, net=text)
        assert validate("net.yaml").status == status
        assert validate("net.yaml", "--format", "json").status == status

    def test_is_that_of_the_worst(self, folder: Path) -> None:
        put(folder, a=SOUND, b=FAULTY, c=SOUND)
        assert validate().status == 1

    def test_is_2_where_a_file_cannot_be_read(self, folder: Path) -> None:
        put(folder, a=SOUND, b=FAULTY)
        ended = validate("a.yaml", "nothing.yaml", "b.yaml")
        assert ended.status == 2
        # The others are checked all the same.
        assert "error[L003]" in ended.out
        assert "there is no file `nothing.yaml`" in ended.out

    def test_does_not_depend_on_what_is_shown(self, folder: Path) -> None:
        put(folder, net=WARNED)
        ended = validate("net.yaml", "--severity", "error")
        assert ended.status == 1
        assert "warning[" not in ended.out


class TestSeverity:
    @pytest.mark.parametrize(
        ("severity", "shown"), [("info", {"S002", "L016"}), ("warning", {"L016"}), ("error", set())]
    )
    def test_leaves_out_what_is_less_severe(self, folder: Path, severity: str, shown: set[str]) -> None:
        put(folder, net=INFORMED + "params: {unused: 1}\n")
        output = validated("net.yaml", "--severity", severity)["diagnostics"]
        assert {item["code"] for item in output} == shown

    def test_the_summary_counts_all(self, folder: Path) -> None:
        put(folder, net=INFORMED + "params: {unused: 1}\n")
        assert summary("--severity", "error", "--show-notes") == "checked 1 spec, 1 layer: 1 warning, 1 note"


class TestFolders:
    def test_are_searched_with_all_below(self, folder: Path) -> None:
        put(folder, b=FAULTY, a=FAULTY, sub_deep_c=FAULTY)
        (folder / "sub" / "d.yml").write_text(FAULTY)
        (folder / "sub" / "e.txt").write_text(FAULTY)
        files = [item["file"] for item in validated(".")["diagnostics"]]
        assert files == ["a.yaml", "b.yaml", "sub/d.yml", "sub/deep/c.yaml"]

    def test_without_a_path_it_is_the_current_one(self, folder: Path) -> None:
        put(folder, net=FAULTY, sub_net=SOUND)
        assert validate() == validate(".")
        assert summary() == "checked 2 specs, 2 layers: 1 error"

    @pytest.mark.parametrize("name", [".git", ".venv", "node_modules", "venv", "env", "__pycache__"])
    def test_hidden_and_environment_folders_are_skipped(self, folder: Path, name: str) -> None:
        put(folder, net=SOUND)
        (folder / "sub" / name).mkdir(parents=True)
        (folder / "sub" / name / "net.yaml").write_text(FAULTY)
        assert validate().status == 0

    def test_an_environment_by_another_name_is_skipped(self, folder: Path) -> None:
        put(folder, net=SOUND, mine_net=FAULTY)
        (folder / "mine" / "pyvenv.cfg").touch()
        assert validate().status == 0

    def test_one_that_is_named_is_searched(self, folder: Path) -> None:
        (folder / ".hidden").mkdir()
        (folder / ".hidden" / "net.yaml").write_text(FAULTY)
        assert validate(".hidden").status == 1

    def test_hidden_files_are_skipped(self, folder: Path) -> None:
        put(folder, net=SOUND)
        (folder / ".net.yaml").write_text(FAULTY)
        assert validate().status == 0
        assert validate(".net.yaml").status == 1

    def test_links_to_folders_are_not_followed(self, folder: Path) -> None:
        put(folder, sub_net=SOUND)
        (folder / "sub" / "round").symlink_to(folder)
        assert summary() == "checked 1 spec, 1 layer: all clean"

    def test_an_empty_folder_is_an_error(self, folder: Path) -> None:
        (folder / "empty").mkdir()
        put(folder, net=SOUND)
        assert validate("empty") == (2, "", "error: no specs found in empty\n")
        ended = validate("empty", "net.yaml")
        assert ended.status == 2
        assert ended.err == "error: no specs found in empty\n"
        assert ended.out == "checked 1 spec, 1 layer: all clean\n"

    def test_a_folder_that_is_not_there_is_an_error(self) -> None:
        ended = validate("nowhere/")
        assert ended.status == 2
        assert "there is no file `nowhere`" in ended.out


class TestFilesThatAreNoSpecs:
    NO_SPEC = "services:\n  web:\n    image: nginx\n"

    def test_in_folders_are_skipped_and_counted(self, folder: Path) -> None:
        put(folder, net=SOUND, compose=self.NO_SPEC, sub_other=self.NO_SPEC)
        ended = validate()
        assert ended == (
            0,
            "checked 1 spec, 1 layer: all clean; 2 YAML files without the key `cnncalc` skipped\n",
            "",
        )
        assert validated()["skipped_files"] == 2

    def test_of_one_it_says_file(self, folder: Path) -> None:
        put(folder, net=SOUND, compose=self.NO_SPEC)
        assert summary().endswith("; 1 YAML file without the key `cnncalc` skipped")

    def test_that_are_named_are_errors(self, folder: Path) -> None:
        put(folder, compose=self.NO_SPEC)
        ended = validate("compose.yaml")
        assert ended.status == 1
        assert re.search(r"error\[L\d+\] .*cnncalc", ended.out)

    def test_alone_in_a_folder_are_an_error(self, folder: Path) -> None:
        put(folder, compose=self.NO_SPEC)
        assert validate() == (
            2,
            "",
            "error: no specs found in . (1 YAML file without the key `cnncalc`)\n",
        )

    @pytest.mark.parametrize(
        ("text", "spec"),
        [
            ("# a comment\n\ncnncalc: 1\n", True),
            ("'cnncalc': 1\n", True),
            ('"cnncalc" : 1\n', True),
            ("{cnncalc: 1, input: 3x3x1, layers: []}\n", True),
            ("\ufeffcnncalc: 1\n", True),
            ("---\ncnncalc: 1\n", True),
            ("name: net\ncnncalc: 1\n", True),
            ("tools:\n  - cnncalc: 1\n", False),
            ("cnncalc_version: 1\n", False),
            ("# cnncalc: 1\n", False),
            ("text: cnncalc: 1\n", False),
            ("", False),
        ],
    )
    def test_are_reported_by_the_key(self, folder: Path, text: str, spec: bool) -> None:
        put(folder, net=text)
        assert (validate().status == 1) is spec

    def test_in_another_encoding_is_not_a_spec(self, folder: Path) -> None:
        """A file that cannot be read as a spec is skipped in a folder; if it is named, it is an error."""
        (folder / "net.yaml").write_bytes(SOUND.encode("utf-16"))
        assert validate().status == 2
        assert validate("net.yaml").status == 1

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
    def test_one_that_may_not_be_read_is_reported(self, folder: Path) -> None:
        put(folder, net=SOUND, other=SOUND)
        (folder / "net.yaml").chmod(0)
        ended = validate()
        assert ended.status == 2
        assert "permission denied" in ended.out

    def test_a_link_that_leads_nowhere_is_reported(self, folder: Path) -> None:
        put(folder, other=SOUND)
        (folder / "net.yaml").symlink_to("nowhere.yaml")
        ended = validate()
        assert ended.status == 2
        assert "net.yaml" in ended.out
        assert summary() == "checked 2 specs, 1 layer: 1 error"


class TestGlobs:
    def test_match_files_sorted(self, folder: Path) -> None:
        put(folder, b=FAULTY, a=FAULTY, sub_c=FAULTY)
        assert [item["file"] for item in validated("*.yaml")["diagnostics"]] == ["a.yaml", "b.yaml"]
        assert [item["file"] for item in validated("**/*.yaml")["diagnostics"]] == [
            "a.yaml",
            "b.yaml",
            "sub/c.yaml",
        ]

    def test_that_match_nothing_are_an_error(self, folder: Path) -> None:
        put(folder, a=SOUND)
        assert validate("*.yml") == (2, "", "error: no specs found in *.yml\n")
        assert validate("a.yaml", "*.yml") == (
            2,
            "checked 1 spec, 1 layer: all clean\n",
            "error: no specs found in *.yml\n",
        )

    def test_a_file_whose_name_looks_like_one_is_that_file(self, folder: Path) -> None:
        (folder / "net[1].yaml").write_text(FAULTY)
        put(folder, net1=SOUND)
        assert [item["file"] for item in validated("net[1].yaml")["diagnostics"]] == ["net[1].yaml"]


class TestTwice:
    def test_a_file_is_checked_once(self, folder: Path) -> None:
        put(folder, net=FAULTY)
        assert summary("net.yaml", ".", "*.yaml", "./net.yaml") == "checked 1 spec, 1 layer: 1 error"


class TestStdin:
    def test_is_a_spec(self) -> None:
        ended = validate("-", stdin=FAULTY)
        assert ended.status == 1
        assert " --> <stdin>:4:21\n" in ended.out
        assert summary("-", stdin=SOUND) == "checked 1 spec, 1 layer: all clean"

    def test_may_be_given_with_files(self, folder: Path) -> None:
        put(folder, net=FAULTY)
        assert summary("net.yaml", "-", stdin=FAULTY) == "checked 2 specs, 2 layers: 2 errors"

    def test_is_not_read_unless_named(self, folder: Path) -> None:
        put(folder, net=SOUND)
        assert validate("net.yaml", stdin=FAULTY).status == 0

    def test_that_is_empty_is_a_fault(self) -> None:
        assert validate("-").status == 1


class TestSummary:
    @pytest.mark.parametrize(
        ("text", "says"),
        [
            (SOUND, "checked 1 spec, 1 layer: all clean"),
            (WARNED, "checked 1 spec, 1 layer: 1 warning"),
            (INFORMED, "checked 1 spec, 1 layer: 1 note"),
            (FAULTY + "  - relu\n", "checked 1 spec, 2 layers: 1 error; 1 layer not checked, after an error"),
            (SOUND + "  - tanh:\n    repeat: 1500\n", "checked 1 spec, 1,501 layers: all clean"),
        ],
    )
    def test_counts(self, folder: Path, text: str, says: str) -> None:
        put(folder, net=text)
        assert summary("--show-notes") == says

    def test_adds_up(self, folder: Path) -> None:
        put(folder, a=FAULTY + "  - relu\n", b=FAULTY + "  - relu\n", c=WARNED, d=INFORMED, e=INFORMED)
        assert summary("--show-notes") == (
            "checked 5 specs, 7 layers: 2 errors, 1 warning, 2 notes; 2 layers not checked, after an error"
        )


class TestModes:
    """A spec that says `only` is two networks: both are checked, whatever the mode."""

    @pytest.mark.parametrize("mode", [[], ["--mode", "training"], ["--mode", "inference"]])
    def test_both_are_checked(self, folder: Path, mode: list[str]) -> None:
        put(folder, net=TWO_MODES)
        output = validated("net.yaml", *mode)["diagnostics"]
        assert [(item["code"], item["line"]) for item in output] == [("S001", 5), ("S001", 7)]

    def test_what_both_have_is_reported_once(self, folder: Path) -> None:
        put(folder, net=TWO_MODES.replace("conv: 8", "conv: 0"))
        output = validated("net.yaml")["diagnostics"]
        assert [(item["code"], item["line"]) for item in output] == [("L003", 4)]

    def test_layers_are_those_of_the_larger(self, folder: Path) -> None:
        put(folder, net=TWO_MODES.replace("stride: 2", "stride: 1") + "  - relu:\n    only: training\n")
        assert validated("net.yaml")["nodes"] == 3


class TestOptions:
    def test_strict_makes_remainders_errors(self, folder: Path) -> None:
        put(folder, net=INFORMED)
        ended = validate("net.yaml", "--strict")
        assert ended.status == 1
        assert "error[S002]" in ended.out

    def test_set_gives_parameters_values(self, folder: Path) -> None:
        put(
            folder,
            net="cnncalc: 1\ninput: 32x32x3\nparams: {k: 3}\nlayers:\n  - conv: {filters: 8, kernel: $k}\n",
        )
        assert validate("net.yaml").status == 0
        assert "error[S005]" in validate("net.yaml", "--set", "k=33").out

    def test_set_of_an_unknown_parameter_names_the_spec(self, folder: Path) -> None:
        put(folder, net=SOUND)
        ended = validate("--set", "k=3")
        assert ended.status == 2
        assert "net.yaml has no parameter 'k'" in ended.err

    def test_max_nodes(self, folder: Path) -> None:
        put(folder, net=SOUND + "  - tanh:\n    repeat: 50\n")
        assert validate("net.yaml", "--max-nodes", "60").status == 0
        assert "error[L018]" in validate("net.yaml", "--max-nodes", "40").out


class TestJson:
    def test_has_its_keys(self, folder: Path) -> None:
        put(folder, net=FAULTY + "  - relu\n")
        result = validated("net.yaml")
        assert list(result) == [
            "version", "files", "nodes", "not_checked", "expect_not_checked", "skipped_files", "diagnostics"
        ]  # fmt: skip
        assert (result["version"], result["files"], result["nodes"], result["not_checked"]) == (1, 1, 2, 1)
        (item,) = result["diagnostics"]
        assert item.keys() >= {
            "code", "name", "severity", "message", "file", "line", "column", "end_line", "end_column", "notes",
            "help", "url",
        }  # fmt: skip
        assert (item["code"], item["severity"], item["file"]) == ("L003", "error", "net.yaml")
        assert (item["line"], item["column"], item["end_line"], item["end_column"]) == (4, 21, 4, 22)
        assert item["url"].endswith("/docs/diagnostics/L003.md")

    def test_of_sound_specs_is_whole_too(self, folder: Path) -> None:
        put(folder, net=SOUND)
        assert validated() == {
            "version": 1, "files": 1, "nodes": 1, "not_checked": 0, "expect_not_checked": 0, "skipped_files": 0,
            "diagnostics": [],
        }  # fmt: skip

    def test_goes_to_standard_output_alone(self, folder: Path) -> None:
        put(folder, net=FAULTY)
        assert validate("net.yaml", "--format", "json").err == ""

    def test_edits_can_be_applied(self, folder: Path) -> None:
        text = SOUND.replace("kernel: 3", "kernal: 3")
        put(folder, net=text)
        (item,) = validated("net.yaml")["diagnostics"]
        (edit,) = item["fixes"][0]["edits"]
        assert (edit["line"], edit["end_line"]) == (4, 4)
        line = text.splitlines()[3]
        corrected = line[: edit["column"] - 1] + edit["text"] + line[edit["end_column"] - 1 :]
        put(folder, net=text.replace(line, corrected))
        assert validate("net.yaml").status == 0


class TestInParallel:
    @pytest.fixture
    def many(self, folder: Path) -> Path:
        """More specs than one process takes: sound ones and faulty ones, in folders."""
        faulty = sorted((Path(__file__).parents[1] / "diagnostics").glob("*.yaml"))
        # Without the deep profile every eleventh of them.
        faulty = faulty if DEEP else faulty[::11]
        shipped = [Path(zoo.folder(), f"{name}.yaml") for name in ("alexnet", "lenet5", "vgg16", "conv_demo")]
        for part in range(2):
            for path in [*faulty, *shipped]:
                (folder / f"part{part}").mkdir(exist_ok=True)
                shutil.copy(path, folder / f"part{part}")
        return folder

    def test_says_what_one_process_says(self, many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        assert len(list(many.rglob("*.yaml"))) > _check.PARALLEL
        monkeypatch.setattr(_check, "_processes", lambda files: 2)
        several = validate(), validate("--format", "json")
        monkeypatch.setattr(_check, "_processes", lambda files: 1)
        assert several == (validate(), validate("--format", "json"))
        assert several[0].status == 1

    def test_says_of_each_what_it_says_of_it_alone(self, many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_check, "_processes", lambda files: 2)
        # Without the key `cnncalc` it is a spec only where it is named outright.
        for path in (many / "part0").iterdir():
            if path.name.startswith(("P0", "Y017")):
                path.unlink()
        files = sorted(path.relative_to(many) for path in (many / "part0").iterdir())
        alone = [validate(str(path), "--show-notes").out.splitlines()[:-1] for path in files]
        together = validate("part0", "--show-notes").out.splitlines()[:-1]
        assert together == [line for lines in alone for line in lines]

    def test_a_usage_error_of_a_worker_is_one(self, many: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(_check, "_processes", lambda files: 2)
        ended = validate("--set", "wdth=1")
        assert (ended.status, ended.out) == (2, "")
        assert "has no parameter 'wdth'" in ended.err

    def test_pays_for_many_files_only(self) -> None:
        assert _check._processes(_check.PARALLEL - 1) == 1
        # Not every system says which cores a process may use.
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        assert 1 <= _check._processes(10_000) <= cores

    def test_an_interrupt_is_quiet(self, many: Path) -> None:
        """Ctrl-C reaches every process of a terminal."""
        for part in range(2, 12):
            shutil.copytree(many / "part0", many / f"part{part}")
        ended = interrupted("validate", stdin=b"", cwd=many, begin="cnncalc.commands._check.check_files")
        assert ended.err.strip() == "interrupted"
        assert ended.status in (130, -signal.SIGINT)


@pytest.mark.parametrize("name", ["a\x1b[31m*.yaml", "a\x1b[31mb", "\u202e.yaml"])
def test_names_hold_no_control_sequence(folder: Path, name: str) -> None:
    ended = validate(name, FORCE_COLOR="1")
    assert ended.status == 2
    assert "\x1b[31m" not in ended.out + ended.err
    assert "\u202e" not in ended.out + ended.err
    (folder / name).write_text(FAULTY)
    assert "\x1b[31m" not in validate(name).out

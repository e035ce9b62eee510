"""`cnncalc diff`: exit statuses, conditions, and specs as they were in git."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.commands._program import run

OLD = "cnncalc: 1\ninput: 8x8x3\nparams: {width: 8}\nlayers:\n  - conv: {filters: $width, kernel: 3}\n"
NEW = OLD.replace("width: 8", "width: 16")
FAULTY = "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: {filters: 8, kernel: 9}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with three specs in it."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("old", OLD), ("new", NEW), ("faulty", FAULTY)):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def git(*arguments: str) -> None:
    settings = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    subprocess.run(["git", *settings, *arguments], check=True, capture_output=True, env=environment)


@pytest.fixture
def repository(folder: Path) -> Path:
    """The folder as a repository: in its first commit `net.yaml` is the old spec, in its second the new one."""
    git("init", "-q", "-b", "main")
    (folder / "nets").mkdir()
    for text in (OLD, NEW):
        (folder / "nets" / "net.yaml").write_text(text, encoding="utf-8")
        git("add", "nets")
        git("commit", "-q", "-m", "change")
    return folder


class TestStatus:
    def test_a_difference_is_not_a_finding(self, folder: Path) -> None:
        ended = run("diff", "old.yaml", "new.yaml")
        assert (ended.status, ended.err) == (0, "")
        assert "filters 8 -> 16" in ended.out

    @pytest.mark.parametrize(
        ("condition", "status"),
        [("params > +5%", 1), ("params > +200%", 0), ("params > 1M", 0), ("layers > 0", 1)],
    )
    def test_a_condition_decides(self, folder: Path, condition: str, status: int) -> None:
        assert run("diff", "old.yaml", "new.yaml", "--fail-if", condition).status == status

    def test_one_of_several_is_enough(self, folder: Path) -> None:
        ended = run(
            "diff",
            "old.yaml",
            "new.yaml",
            "--fail-if",
            "macs > 1G",
            "--fail-if",
            "params > +5%",
            "--format",
            "json",
        )
        assert ended.status == 1
        assert [entry["fails"] for entry in json.loads(ended.out)["conditions"]] == [False, True]
        assert ended.err == "failed: params > +5%: met, 224 -> 448 (+100.0%)\n"

    @pytest.mark.parametrize("pair", [("old.yaml", "faulty.yaml"), ("faulty.yaml", "old.yaml")])
    def test_a_fault_in_either_is_shown_and_a_finding(self, folder: Path, pair: tuple[str, str]) -> None:
        ended = run("diff", *pair)
        assert ended.status == 1
        assert "error[S005]" in ended.err
        assert "unknown" in ended.out

    def test_an_unknown_figure_fails_its_condition(self, folder: Path) -> None:
        ended = run("diff", "old.yaml", "faulty.yaml", "--fail-if", "params > +900%")
        assert "can't be decided" in ended.out

    @pytest.mark.parametrize("format", ["text", "markdown", "json"])
    def test_a_file_that_is_not_there_is_2(self, folder: Path, format: str) -> None:
        ended = run("diff", "old.yaml", "gone.yaml", "--format", format)
        assert ended.status == 2
        assert "gone.yaml" in ended.out + ended.err

    def test_a_condition_that_is_none_is_usage(self, folder: Path) -> None:
        ended = run("diff", "old.yaml", "new.yaml", "--fail-if", "parms > 5")
        assert ended.status == 2
        assert "did you mean 'params'?" in ended.err


class TestOptions:
    def test_set_is_for_whichever_has_it(self, folder: Path) -> None:
        assert "no difference" in run("diff", "old.yaml", "new.yaml", "--set", "width=4").out
        assert run("diff", "old.yaml", "lenet5", "--set", "width=4").status == 0

    def test_set_of_what_neither_has_is_usage(self, folder: Path) -> None:
        ended = run("diff", "old.yaml", "new.yaml", "--set", "widht=4")
        assert ended.status == 2
        assert "Did you mean 'width'?" in ended.err

    def test_mode_is_of_both(self, folder: Path) -> None:
        ended = run("diff", "old.yaml", "new.yaml", "--mode", "training", "--format", "json")
        data = json.loads(ended.out)
        assert data["old"]["mode"] == data["new"]["mode"] == "training"

    def test_strict_is_of_both(self, folder: Path) -> None:
        (folder / "rest.yaml").write_text(OLD.replace("kernel: 3", "kernel: 1, stride: 2"), encoding="utf-8")
        assert run("diff", "rest.yaml", "old.yaml").status == 0
        assert run("diff", "rest.yaml", "old.yaml", "--strict").status == 1

    def test_standard_input_is_one_side_at_most(self, folder: Path) -> None:
        assert "no difference" in run("diff", "-", "old.yaml", stdin=OLD).out
        assert run("diff", "-", "-", stdin=OLD).status == 2

    def test_set_is_for_one_side_where_that_is_asked(self, folder: Path) -> None:
        for arguments, change in (
            (("--set-new", "width=4"), "filters 8 -> 4"),
            (("--set-old", "width=4"), "filters 4 -> 8"),
            (("--set", "width=16", "--set-new", "width=32"), "filters 16 -> 32"),
        ):
            assert change in run("diff", "old.yaml", "old.yaml", *arguments).out

    def test_values_are_named_in_the_heading(self, folder: Path) -> None:
        arguments = ("old.yaml", "old.yaml", "--set-new", "width=4")
        assert run("diff", *arguments).out.startswith("old.yaml -> old.yaml (width=4)\n")
        assert "old.yaml -> old.yaml (width=4)\n" in run("diff", *arguments, "--format", "markdown").out
        data = json.loads(run("diff", *arguments, "--format", "json").out)
        assert (data["old"]["values"], data["new"]["values"]) == ({}, {"width": 4})

    @pytest.mark.parametrize("option", ["--set-old", "--set-new"])
    def test_set_of_what_that_side_does_not_have_is_usage(self, folder: Path, option: str) -> None:
        sides = ("faulty.yaml", "new.yaml") if option == "--set-old" else ("old.yaml", "faulty.yaml")
        ended = run("diff", *sides, option, "width=4")
        assert ended.status == 2
        assert f"Invalid value for '{option}': faulty.yaml has no parameter 'width'" in ended.err


class TestRows:
    def test_equal_changes_are_one(self) -> None:
        ended = run("diff", "vgg16", "vgg16_bn")
        rows = [line for line in ended.out.splitlines() if line.startswith("  + ")]
        assert [row.split()[1:4] for row in rows] == [
            ["stage1.conv1.bn", "x2", "BN;"], ["stage2.conv1.bn", "x2", "BN;"], ["stage3.conv1.bn", "x3", "BN;"],
            ["stage4.conv1.bn", "x3", "BN;"], ["stage5.conv1.bn", "x3", "BN;"],
        ]  # fmt: skip

    def test_of_53_layers_with_another_eps_are_one(self, folder: Path) -> None:
        text = run("new", "--like", "resnet50").out
        (folder / "a.yaml").write_text(text)
        (folder / "b.yaml").write_text(text.replace("defaults:\n", "defaults:\n  bn: {eps: 0.001}\n"))
        rows = [line for line in run("diff", "a.yaml", "b.yaml").out.splitlines() if line.startswith("  ~ ")]
        assert rows == ["  ~ conv1.bn  x53  eps 1e-05 -> 0.001"]
        text = run("diff", "a.yaml", "b.yaml", "--format", "markdown").out
        assert [line for line in text.splitlines() if line.startswith("| changed")] == [
            "| changed | `conv1.bn` x53 | BN: eps 1e-05 -\\> 0.001 |  |  | 0 |  |  |"
        ]

    def test_each_of_them_where_asked(self) -> None:
        ended = run("diff", "vgg16", "vgg16_bn", "--each")
        assert sum(line.startswith("  + ") for line in ended.out.splitlines()) == 13

    def test_json_has_every_layer(self) -> None:
        whole = run("diff", "vgg16", "vgg16_bn", "--format", "json").out
        assert run("diff", "vgg16", "vgg16_bn", "--format", "json", "--depth", "0", "--top", "1").out == whole

    @pytest.mark.parametrize("format", ["text", "markdown"])
    def test_the_largest_alone(self, format: str) -> None:
        ended = run("diff", "vgg16", "vgg16_bn", "--top", "2", "--format", format).out
        assert "stage1.conv1.bn" in ended
        assert "stage5.conv1.bn" not in ended
        assert "3 more rows" in ended

    def test_the_largest_is_by_share_of_the_network(self, folder: Path) -> None:
        old = "cnncalc: 1\ninput: 8x8x3\nlayers:\n  - conv: 8\n  - flatten\n  - fc: 10\n  - fc: 20\n"
        (folder / "a.yaml").write_text(old)
        (folder / "b.yaml").write_text(old.replace("10", "1000").replace("20", "21"))
        rows = run("diff", "a.yaml", "b.yaml", "--top", "1").out
        assert "~ fc1" in rows
        assert "~ fc2" not in rows

    def test_blocks_add_up_their_layers(self) -> None:
        data = json.loads(run("diff", "resnet50", "resnext50_32x4d", "--format", "json").out)
        text = run("diff", "resnet50", "resnext50_32x4d", "--depth", "0", COLUMNS="200").out
        layers = [
            layer
            for layer in data["layers"]
            if (layer["new"] or layer["old"])["name"].startswith("bottleneck1.")
        ]
        old, new = (sum(layer[side]["params"] for layer in layers if layer[side]) for side in ("old", "new"))
        (line,) = [line for line in text.splitlines() if line.startswith("  ~ bottleneck1 ")]
        assert f"params {old:,} -> {new:,} (" in line
        changed = sum(layer["status"] == "changed" for layer in layers)
        assert f"of {len(layers)} layers: {changed} changed" in line

    def test_equal_blocks_are_one_row(self) -> None:
        text = run("diff", "resnet50", "resnet101", "--depth", "0").out
        rows = [line for line in text.splitlines() if line.startswith(("  ~ ", "  + ", "  - "))]
        assert len(rows) == 1
        assert rows[0].startswith("  + bottleneck14  x17  bottleneck; 14x14x1024; 1,117,184 params;")

    def test_a_change_that_no_figure_shows_is_a_change_of_its_block(self, folder: Path) -> None:
        text = run("new", "--like", "resnet18").out
        (folder / "a.yaml").write_text(text)
        (folder / "b.yaml").write_text(text.replace("defaults:\n", "defaults:\n  bn: {eps: 0.001}\n"))
        assert "~ basic1  x5  of 7 layers: 2 changed" in run("diff", "a.yaml", "b.yaml", "--depth", "0").out

    @pytest.mark.parametrize("width", [60, 80, 120, 200])
    @pytest.mark.parametrize("depth", [(), ("--depth", "0")])
    def test_fit_a_page(self, width: int, depth: tuple[str, ...]) -> None:
        for pair in (("vgg16", "vgg16_bn"), ("resnet50", "resnext50_32x4d"), ("lenet5", "convnext_tiny")):
            lines = run("diff", *pair, *depth, COLUMNS=str(width)).out.splitlines()
            assert max(map(len, lines)) <= width


class TestRevisions:
    def test_a_file_as_it_was(self, repository: Path) -> None:
        ended = run("diff", "git:HEAD~1:nets/net.yaml", "nets/net.yaml")
        assert ended.status == 0
        assert ended.out.startswith("git:HEAD~1:nets/net.yaml -> nets/net.yaml\n")
        assert "filters 8 -> 16" in ended.out

    def test_a_path_is_from_the_current_folder_on(
        self, repository: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(repository / "nets")
        assert run("diff", "git:HEAD~1:net.yaml", "git:HEAD:../nets/net.yaml").status == 0
        assert run("diff", f"git:HEAD~1:{repository}/nets/net.yaml", "net.yaml").status == 0

    def test_a_revision_may_have_a_colon_in_braces(self, repository: Path) -> None:
        assert run("diff", "git:HEAD@{2199-01-01 12:00}:nets/net.yaml", "nets/net.yaml").status == 0

    def test_a_fault_is_reported_where_it_was(self, repository: Path) -> None:
        (repository / "nets" / "net.yaml").write_text(FAULTY, encoding="utf-8")
        git("commit", "-q", "-a", "-m", "worse")
        ended = run("diff", "git:HEAD:nets/net.yaml", "old.yaml")
        assert ended.status == 1
        assert "--> git:HEAD:nets/net.yaml:4:5" in ended.err or "--> git:HEAD:nets/net.yaml:4:" in ended.err

    def test_what_a_spec_extends_is_of_the_revision_too(self, repository: Path) -> None:
        (repository / "nets" / "wide.yaml").write_text(
            "cnncalc: 1\nextends: net.yaml\nparams: {width: 32}\n", encoding="utf-8"
        )
        git("add", "nets")
        git("commit", "-q", "-m", "wide")
        (repository / "nets" / "net.yaml").write_text(NEW.replace("kernel: 3", "kernel: 5"), encoding="utf-8")
        ended = run("diff", "git:HEAD:nets/wide.yaml", "nets/wide.yaml")
        assert ended.status == 0
        assert "kernel 3 -> 5" in ended.out

    @pytest.mark.parametrize(
        ("reference", "message"),
        [
            ("git:nope:nets/net.yaml", "there is no revision 'nope' in this repository"),
            ("git:HEAD:nets/gone.yaml", "there is no file nets/gone.yaml in revision HEAD"),
            ("git:HEAD:nets", "nets is a folder in revision HEAD"),
            ("git:HEAD:../net.yaml", "../net.yaml is outside the repository"),
            (
                "git:--output=x:nets/net.yaml",
                "'--output=x' is not a revision: a revision cannot begin with a hyphen",
            ),
            ("git:-h:nets/net.yaml", "'-h' is not a revision"),
            ("git:HEAD", "'git:HEAD' is not git:REVISION:PATH"),
            ("git::nets/net.yaml", "is not git:REVISION:PATH"),
            ("git:HEAD:", "is not git:REVISION:PATH"),
            ("git:HEAD^{tree}:nets/net.yaml", "there is no revision 'HEAD^{tree}'"),
        ],
    )
    def test_what_is_not_there_is_one_line(self, repository: Path, reference: str, message: str) -> None:
        ended = run("diff", reference, "old.yaml")
        assert ended.status == 2
        assert message in ended.err
        assert ended.err.count("\n") == 1
        assert not (repository / "x").exists()

    @pytest.mark.parametrize(
        ("reference", "message"),
        [
            ("git:HEAD:nets/a\0b", "is not a path"),
            ("git:HE\0AD:nets/net.yaml", "there is no revision"),
            ("git:HEAD:nets/\udcff.yaml", "there is no file"),
            (f"git:HEAD:{'x' * 5000}", "there is no file"),
            (f"git:HEAD:{'x/' * 200_000}x", "there is no file"),
            (f"git:{'x' * 200_000}:nets/net.yaml", "there is no revision"),
        ],
    )
    def test_names_that_nothing_has_are_one_line(
        self, repository: Path, reference: str, message: str
    ) -> None:
        ended = run("diff", reference, "old.yaml")
        assert ended.status == 2
        assert message in ended.err
        assert ended.err.count("\n") == 1

    @pytest.mark.parametrize("name", ["a\\0b", "x" * 300, "x/" * 5000, "x/" * 200_000, "/etc/passwd", "../x"])
    def test_what_a_spec_extends_may_be_any_text(self, repository: Path, name: str) -> None:
        """A diagnostic at its place in the spec, in a revision as in a file."""
        (repository / "strange.yaml").write_text(f'cnncalc: 1\nextends: "{name}"\n', encoding="utf-8")
        git("add", "strange.yaml")
        git("commit", "-q", "-m", "strange")
        for reference in ("git:HEAD:strange.yaml", "strange.yaml"):
            ended = run("diff", reference, "old.yaml")
            assert ended.status == 1
            assert f"error[L019] bad-extends: `{name[:20].replace(chr(92), chr(92))}"[:40] in ended.err or (
                "error[L019] bad-extends: `a\\x00b` is not a path" in ended.err
            )
            assert f"{reference}:2:10" in ended.err

    def test_a_file_that_no_folder_can_hold_is_one_line(self, repository: Path) -> None:
        """Git keeps names that are longer than those of a file system."""
        blob = subprocess.run(
            ["git", "rev-parse", "HEAD:nets/net.yaml"], capture_output=True, text=True, check=True
        ).stdout.strip()
        name = "n" * 300 + ".yaml"
        git("update-index", "--add", "--cacheinfo", f"100644,{blob},{name}")
        git("commit", "-q", "-m", "long")
        ended = run("diff", f"git:HEAD:{name}", "old.yaml")
        assert ended.status == 2
        assert ended.err.rstrip().endswith("file name too long")

    def test_outside_of_a_repository_is_one_line(self, folder: Path) -> None:
        ended = run("diff", "git:HEAD:old.yaml", "old.yaml", GIT_CEILING_DIRECTORIES=str(folder.parent))
        assert ended.status == 2
        assert ended.err.startswith("Error: the current folder is not in a git repository")

    def test_without_git_is_one_line(self, folder: Path) -> None:
        ended = run("diff", "git:HEAD:old.yaml", "old.yaml", PATH=str(folder))
        assert ended.status == 2
        assert ended.err == "Error: git:REVISION:PATH needs the program `git`, which is not installed\n"


class TestModes:
    def test_the_heads_of_googlenet_are_what_training_has_more(self) -> None:
        words = ("diff", "googlenet", "googlenet", "--mode-old", "inference", "--mode-new", "training")
        ended = run(*words)
        assert ended.status == 0
        assert ended.out.startswith("googlenet.yaml (inference) -> googlenet.yaml (training)\n")
        parameters = next(line for line in ended.out.splitlines() if line.startswith("  parameters"))
        assert parameters.split()[-2:] == ["+6,379,728", "+91.2%"]
        data = json.loads(run(*words, "--format", "json").out)
        assert (data["old"]["mode"], data["new"]["mode"]) == ("inference", "training")
        assert data["totals"]["params"]["change"] == 6_379_728
        # All that is new is in the two heads.
        added = [layer for layer in data["layers"] if layer["status"] == "added"]
        assert sum(layer["new"]["params"] for layer in added) == 6_379_728
        assert {layer["name"].split(".")[0] for layer in added} == {"aux1", "aux2"}
        markdown = run(*words, "--format", "markdown").out
        assert "googlenet.yaml (inference) -> googlenet.yaml (training)" in markdown
        assert "+6,379,728 (+91.2%)" in markdown

    @pytest.mark.parametrize(
        ("options", "modes"),
        [
            ((), ("inference", "inference")),
            (("--mode", "training"), ("training", "training")),
            (("--mode-new", "training"), ("inference", "training")),
            (("--mode-old", "training"), ("training", "inference")),
            # Its own comes before what is for both.
            (("--mode", "training", "--mode-old", "inference"), ("inference", "training")),
        ],
    )
    def test_of_each_side(self, folder: Path, options: tuple[str, ...], modes: tuple[str, str]) -> None:
        data = json.loads(run("diff", "old.yaml", "new.yaml", *options, "--format", "json").out)
        assert (data["old"]["mode"], data["new"]["mode"]) == modes
        heading = run("diff", "old.yaml", "new.yaml", *options, COLUMNS="200").out.splitlines()[0]
        differ = modes[0] != modes[1]
        assert heading == (
            f"old.yaml ({modes[0]}) -> new.yaml ({modes[1]})" if differ else "old.yaml -> new.yaml"
        )

    def test_another_mode_is_a_usage_error(self, folder: Path) -> None:
        ended = run("diff", "old.yaml", "new.yaml", "--mode-new", "train")
        assert (ended.status, ended.out) == (2, "")

"""Patterns in the notes' notation: every command takes one, as an argument and from standard input."""

import json
import shlex
from pathlib import Path

import pytest

import cnncalc
from tests.commands._program import run
from tests.pattern._graphs import layers, loaded

PATTERN = "INPUT 32x32x3 -> [CONV 8 -> RELU -> POOL]*2 -> FC 10"
GENERAL = "INPUT -> [[CONV -> RELU]*N -> POOL?]*M -> [FC -> RELU]*K -> FC"
SET = ("--set", "N=2", "--set", "M=3", "--set", "K=1")
COMMANDS = [
    ("inspect",),
    ("validate",),
    ("explain", "conv1"),
    ("memory",),
    ("fit", "--memory", "12GiB"),
    ("sizes",),
    ("expand",),
    ("diff", "vgg16"),
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_every_command_reads_one_as_an_argument_and_from_standard_input(command: tuple[str, ...]) -> None:
    name, *rest = command
    given = run(name, PATTERN, *rest)
    assert given.status == 0, given.err
    piped = run(name, "-", *rest, stdin=PATTERN + "\n")
    assert piped.status == 0, piped.err
    assert piped.out.replace("<stdin>", "<pattern>") == given.out


def test_diff_tells_two_of_them_apart() -> None:
    ended = run("diff", "INPUT 8x8x3 -> CONV 4", "INPUT 8x8x3 -> CNV 8 -> RELU")
    assert ended.out.startswith("<pattern 1> -> <pattern 2>\n")
    assert " --> <pattern 2>:1:16\n" in ended.err


def test_verify_holds_one_against_pytorch() -> None:
    ended = run("verify", PATTERN)
    assert ended.status == 0, ended.err
    assert "all as predicted" in ended.out


def test_the_library_reads_one() -> None:
    assert cnncalc.analyse(cnncalc.load(PATTERN)).totals.params == 224 + 584 + 5130


class TestCourse:
    """Rows of what the notes ask."""

    def test_the_first_architecture_of_the_notes_is_a_network(self) -> None:
        ended = run("inspect", "-", "--format", "json", stdin="[INPUT-CONV-RELU-POOL-FC]\n")
        assert ended.status == 0
        volumes = [(row["type"], row["output"]) for row in json.loads(ended.out)["rows"]]
        assert [kind for kind, _ in volumes] == ["input", "conv", "relu", "maxpool", "flatten", "fc"]
        assert "note: `CONV` does not say how many filters: 12 are assumed" in ended.err

    def test_in_brackets_with_a_star_it_is_one_too(self) -> None:
        ended = run("inspect", "[INPUT]-([CONV]-[RELU]-[POOL])*-[FC]", "--set", "repeat=3")
        assert ended.status == 0
        assert "maxpool3" in ended.out

    def test_an_fc_after_a_pooling_needs_no_flatten(self) -> None:
        text = "INPUT 32x32x3 -> CONV 12 -> RELU -> POOL -> FC 10"
        ended = run("inspect", text)
        assert (ended.status, ended.err) == (0, "")
        assert "16*16*12*10 = 30,720" in ended.out

    def test_in_a_spec_it_still_does(self) -> None:
        text = "cnncalc: 1\ninput: 32x32x3\nlayers:\n  - maxpool: 2\n  - fc: 10\n"
        assert "S009" in run("inspect", "-", stdin=text).err

    def test_the_general_pattern_is_a_network_for_values_of_its_letters(self) -> None:
        ended = run("inspect", "-", "--format", "json", *SET, stdin=GENERAL)
        assert ended.status == 0
        kinds = " ".join(row["type"] for row in json.loads(ended.out)["rows"][1:])
        assert kinds == "conv relu conv relu maxpool " * 3 + "flatten fc relu fc"

    def test_without_values_it_names_each_letter_and_the_option(self) -> None:
        ended = run("inspect", GENERAL)
        assert ended.status == 1
        for letter in "NMK":
            assert f"error[P002] letter-without-value: `{letter}` has no value" in ended.err
            assert f"--set {letter}=2" in ended.err

    def test_without_pooling(self) -> None:
        ended = run("inspect", GENERAL, *SET, "--set", "pool=false")
        assert ended.status == 0
        assert "POOL2" not in ended.out

    @pytest.mark.parametrize("letter", ["N", "n"])
    def test_a_spec_may_have_the_letters_of_the_notes(self, letter: str) -> None:
        text = (
            f"cnncalc: 1\ninput: 32x32x3\nparams: {{{letter}: 2}}\n"
            f"layers:\n  - conv: 8\n    repeat: ${letter}\n"
        )
        ended = run("inspect", "-", "--set", f"{letter}=3", stdin=text)
        assert (ended.status, ended.err) == (0, "")
        assert "conv3" in ended.out

    def test_more_than_the_notes_say_is_usual_is_found_in_preview(self) -> None:
        values = ("--set", "N=4", "--set", "M=2", "--set", "K=3")
        output = run("validate", GENERAL, *values, "--preview", "--select", "D014", "--show-notes").out
        assert "there are 4 convolutions in a row" in output
        assert "there are 3 hidden fully-connected layers" in output
        assert "D014" not in run("validate", GENERAL, *values, "--show-notes").out
        assert "D014" not in run("validate", GENERAL, *SET, "--preview", "--show-notes").out


@pytest.mark.parametrize(
    ("given", "help"),
    [
        ("CONV 96 11x11/4 {} -> RELU", "padding {bottom: 3, right: 3}"),
        ("POOL 3/2 {}", "rounding: ceil"),
        ("POOL 3/2 {}", "padding {bottom: 1, right: 1}"),
    ],
)
def test_what_help_says_can_be_copied_into_the_pattern(given: str, help: str) -> None:
    pattern = f"INPUT 224x224x3 -> {given} -> FC 10"
    ended = run("validate", pattern.format("pad 0"))
    assert ended.status == 1
    assert help in ended.out
    assert run("validate", pattern.format(help)).status == 0


def test_an_activation_is_asked_for_as_a_pattern_has_it() -> None:
    linear = "INPUT 32x32x8 -> [CONV 8]*3"
    output = run("validate", linear, "--show-notes").out
    assert "help: give the layers an activation: `-> RELU` after them\n" in output
    assert "D104" not in run("validate", "INPUT 32x32x8 -> [CONV 8 -> RELU]*3", "--show-notes").out


class TestInspect:
    def test_another_input_takes_the_place_of_what_is_assumed(self) -> None:
        ended = run(
            "inspect", "[INPUT-CONV-FC]", "--input", "64x64x1", "--set", "filters=4", "--set", "classes=2"
        )
        assert (ended.status, ended.err) == (0, "")
        assert "[64x64x1]" in ended.out

    def test_a_letter_that_is_not_there_is_a_usage_error(self) -> None:
        ended = run("inspect", PATTERN, "--set", "N=2")
        assert ended.status == 2
        assert "has no parameter 'N'" in ended.err

    def test_a_fault_has_its_caret_in_the_pattern(self) -> None:
        ended = run("inspect", "INPUT 32x32x3 -> CONV 8 3x3/2 pad 0 -> FC 10")
        assert ended.status == 1
        assert " --> <pattern>:1:29\n" in ended.err
        assert f"\n  | {' ' * 28}^\n" in ended.err

    def test_a_file_that_is_not_there_is_still_one(self) -> None:
        ended = run("inspect", "INPUT.yaml")
        assert ended.status == 2
        assert "there is no file `INPUT.yaml`" in ended.err

    def test_there_is_nothing_to_watch(self) -> None:
        assert run("inspect", PATTERN, "--watch").status == 2


class TestValidate:
    def test_several_and_files_together(self, folder: Path) -> None:
        (folder / "net.yaml").write_text("cnncalc: 1\ninput: 8x8x3\nlayers: [relu]\n")
        ended = run("validate", PATTERN, "net.yaml", "INPUT 8x8x3 -> CNV 3", "INPUT 8x8x3 -> POL")
        assert ended.status == 1
        assert " --> <pattern 2>:1:16\n" in ended.out
        assert " --> <pattern 3>:1:16\n" in ended.out
        assert "checked 4 specs" in ended.out

    def test_brackets_are_no_glob(self) -> None:
        assert run("validate", "[INPUT-CONV-RELU-FC]").status == 0
        assert run("validate", "[ab]*.yaml").status == 2

    @pytest.mark.parametrize("option", ["--fix", "--diff", "--add-ignore", "--watch"])
    def test_is_never_changed(self, option: str) -> None:
        ended = run("validate", PATTERN, option)
        assert ended.status == 2
        assert "a pattern is in no file" in ended.err

    def test_from_standard_input_nothing_is_fixed_and_a_comment_is_added(self) -> None:
        text = "INPUT 32x32x3 -> [CONV 8 3x3/2 pad 0]*1 -> FC 10\n"
        assert run("validate", "-", "--fix", stdin=text).out == text
        accepted = run("validate", "-", "--add-ignore=why", stdin=text).out
        assert accepted == text.replace("\n", "  # cnncalc: ignore[S001] why\n")
        assert run("validate", "-", stdin=accepted).status == 0


class TestExpand:
    @pytest.mark.parametrize("name", ["vgg16", "alexnet", "lenet5"])
    def test_writes_a_shipped_chain_that_reads_back(self, name: str) -> None:
        ended = run("expand", name, "--pattern")
        assert ended.status == 0
        assert layers(loaded(ended.out)) == layers(cnncalc.load(name))
        totals = cnncalc.analyse(loaded(ended.out)).totals
        assert totals == cnncalc.analyse(cnncalc.load(name)).totals

    def test_writes_a_pattern_with_its_values(self) -> None:
        ended = run("expand", "--pattern", GENERAL, *SET)
        assert ended.out == (
            "INPUT 32x32x3 -> [[CONV3-12 -> RELU]*2 -> POOL2]*3 -> FC 128 -> RELU -> FC 10\n"
        )

    def test_a_network_with_branches_is_a_usage_error(self) -> None:
        ended = run("expand", "resnet18", "--pattern")
        assert (ended.status, ended.out.count("->")) == (2, 0)
        assert "resnet18.yaml is no chain: `basic1.add1` reads" in ended.err

    def test_writes_to_a_file(self, folder: Path) -> None:
        assert run("expand", "vgg16", "--pattern", "-o", "vgg.txt").status == 0
        assert run("inspect", "vgg.txt").status == 0


class TestNew:
    def test_writes_a_spec_of_the_same_network(self, folder: Path) -> None:
        ended = run("new", "--pattern", GENERAL, *SET, "-o", "net.yaml")
        assert ended.status == 0
        values = {"N": 2, "M": 3, "K": 1}
        assert layers(cnncalc.load("net.yaml")) == layers(loaded(GENERAL, values=values))
        assert run("validate", "net.yaml", "--strict").out.endswith("all clean\n")

    def test_takes_a_name(self) -> None:
        assert cnncalc.load(run("new", "Mine", "--pattern", PATTERN).out).spec.name == "Mine"

    @pytest.mark.parametrize(
        ("arguments", "status"),
        [
            (("--pattern", GENERAL), 1),
            (("--pattern", "INPUT -> CNV"), 1),
            (("--pattern", "foo"), 1),
            (("--pattern", ""), 1),
            (("--pattern", PATTERN, "--set", "N=2"), 2),
            (("--pattern", PATTERN, "--like", "vgg16"), 2),
            (("--set", "N=2"), 2),
        ],
    )
    def test_writes_nothing_of_what_is_wrong(
        self, arguments: tuple[str, ...], status: int, folder: Path
    ) -> None:
        ended = run("new", *arguments, "-o", "net.yaml")
        assert ended.status == status
        assert "rror" in ended.err
        assert not (folder / "net.yaml").exists()


@pytest.mark.parametrize("command", ["inspect", "new --pattern"])
def test_a_shell_completes_the_letters(command: str) -> None:
    line = f"cnncalc {command} '{GENERAL}' --set "
    count = len(shlex.split(line))
    ended = run(_CNNCALC_COMPLETE="bash_complete", COMP_WORDS=line, COMP_CWORD=str(count))
    assert [line.partition(",")[2] for line in ended.out.splitlines()][:3] == ["N=", "M=", "K="]

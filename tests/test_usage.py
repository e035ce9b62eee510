"""What is wrong with a call is a plain sentence, in every command, and ends the run with status 2."""

import re
from pathlib import Path

import pytest

from cnncalc import plugins
from tests._each import each
from tests.commands._program import run

ROOT = Path(__file__).parents[1]
COMMANDS = tuple(plugins.names("cnncalc.commands"))


def error(*arguments: str) -> str:
    """The error of a call, which ends with status 2."""
    ended = run(*arguments)
    assert ended.status == 2, ended
    match = re.search(r"^Error: (.*)\n\Z", ended.err, re.MULTILINE | re.DOTALL)
    assert match, ended.err
    return match[1]


@each(
    ("call", "says"),
    [
        ("window", "The argument 'W' is missing."),
        ("diff vgg16", "The argument 'NEW' is missing."),
        ("window 32", "The option '-k' / '--kernel' is missing: size of the window."),
        (
            "window abc -k 3",
            "Invalid value for 'W': it must be a whole number from 1 to 999,999,999,999,999,999, not abc.",
        ),
        (
            "window 32 -k 0",
            "Invalid value for '-k' / '--kernel': it must be a whole number from 1 to 1,000,000,000, not 0.",
        ),
        ("window -1 -k 3", "There is no option '-1'. If it is a value, write `--` before the values."),
        (
            "inspect vgg16 --batch x",
            "Invalid value for '--batch': it must be a whole number from 1 to 1,000,000,000, not x.",
        ),
        (
            "inspect vgg16 --depth -1",
            "Invalid value for '--depth': it must be a whole number from 0 to 1,000,000,000, not -1.",
        ),
        ("memory vgg16 --momentum x", "Invalid value for '--momentum': it must be a number from 0, not x."),
        (
            "memory vgg16 --momentum -0.5",
            "Invalid value for '--momentum': it must be a number from 0, not -0.5.",
        ),
        ("memory vgg16 --batch", "The option '--batch' needs a value."),
        ("inspect vgg16 --strict=yes", "The option '--strict' takes no value."),
        (
            "inspect vgg16 vgg19",
            "There are too many arguments: `cnncalc inspect` takes SPEC. Left over: vgg19",
        ),
        ("schema a b", "There are too many arguments: `cnncalc schema` takes none. Left over: a b"),
        ("inspect vgg16 --bacth 3", "There is no option '--bacth'. Did you mean '--batch'?"),
        ("inspect vgg16 --col name", "There is no option '--col'. Did you mean '--columns'?"),
        ("inspect vgg16 --foo", "There is no option '--foo'. `cnncalc inspect --help` lists them."),
        ("--versio", "There is no option '--versio'. Did you mean '--version'?"),
        ("--foo", "There is no option '--foo'. `cnncalc --help` lists them."),
        ("foo", "There is no command 'foo'. `cnncalc --help` lists them."),
        ("inspct vgg16", "There is no command 'inspct'. Did you mean 'inspect'?"),
    ],
)
def test_a_wrong_call_is_a_plain_sentence(call: str, says: str) -> None:
    assert error(*call.split()) == says


# Words that click has for programmers.
JARGON = re.compile(
    r"\brequires an argument\b|\bunexpected extra\b|<=x|\binteger range\b|\bNo such\b|\bMissing \w+ '"
)


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_has_words_of_a_parser(command: str) -> None:
    for rest in (["--no-such-option"], ["a", "b", "c", "d", "e"], ["--format"], ["vgg16", "--batch", "x"]):
        ended = run(command, *rest)
        if ended.status == 2 and "Error: " in ended.err:
            said = ended.err.partition("Error: ")[2]
            assert not JARGON.search(said), said


@pytest.mark.parametrize("command", COMMANDS)
def test_no_help_has_a_range_as_a_formula(command: str) -> None:
    page = run(command, "--help").out
    assert "<=x" not in page
    assert " RANGE" not in page


@each("call", ["verify lenet5 --meta", "import torchvision.models:alexnet --input 224x224x3 --no-prove"])
def test_training_is_written_in_two_ways(call: str) -> None:
    said = f"{call} --mode inference --training".split()
    assert error(*said) == "--training means --mode training: leave out --mode inference, or --training"
    short, long = (run(*call.split(), *more.split()) for more in ("--training", "--mode training"))
    assert (short.status, long.status) == (0, 0)
    times = re.compile(r"took [0-9.]+ m?s")
    assert times.sub("", short.out) == times.sub("", long.out)


def test_pages_write_training_in_one_way() -> None:
    pages = [*ROOT.glob("docs/**/*.md"), ROOT / "README.md"]
    for page in pages:
        text = page.read_text(encoding="utf-8").replace("The same as --mode training", "")
        left = [line for line in text.splitlines() if re.search(r"(?<![\w-])--training\b", line)]
        # The help of a command names the option itself.
        assert all(line.strip() == "--training" or line.startswith("  --training ") for line in left), (
            page,
            left,
        )

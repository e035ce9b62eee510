"""Commands, options and files that pages mention exist."""

import re
import shlex
from functools import cache
from pathlib import Path

import click
import pytest
import yaml

from cnncalc import plugins
from cnncalc.cli import COMMANDS, cli
from tests._each import each
from tests.ci.test_action import fits
from tests.docs._pages import PAGES, ROOT, hand_written, name

INLINE = re.compile(r"`(cnncalc [^`\n]+)`")
SHELL = re.compile(r"^```(?:sh|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINE = re.compile(r"^(?:\$ )?(cnncalc .+)$", re.MULTILINE)
FILE = re.compile(r"`((?:tests|docs|cnncalc|benchmarks|specs)/[\w./-]+)`")
# A file that a walk of CONTRIBUTING.md adds.
WRITTEN = re.compile(r"<!-- write: (\S+) -->")


@cache
def options(command: str) -> frozenset[str]:
    """The options of a command, short and long; of its group where it is empty."""
    with click.Context(cli) as context:
        subcommand = cli.get_command(context, command) if command else cli
        assert subcommand is not None
        parameters = subcommand.get_params(context)
    return frozenset(name for part in parameters for name in (*part.opts, *part.secondary_opts))


def mentioned(path: Path) -> list[str]:
    """Command lines of a page, without what a shell adds."""
    text = path.read_text(encoding="utf-8")
    matches = INLINE.findall(text)
    for block in SHELL.findall(text):
        # What a command prints may begin with its name, too: of a session only what was typed counts.
        matches += LINE.findall(
            block if "$ " not in block else "\n".join(re.findall(r"^\$ .*$", block, re.MULTILINE))
        )
    return [re.split(r" [|>]|\s#", line)[0] for line in matches if "..." not in line]


@each("page", hand_written(), ids=name)
def test_every_command_and_option_exists(page: Path) -> None:
    for line in mentioned(page):
        try:
            words = shlex.split(line)[1:]
        except ValueError:
            continue
        command = words[0] if words and words[0] in plugins.names(COMMANDS) else ""
        if not command and words and re.fullmatch("[a-z]+", words[0]):
            pytest.fail(f"{name(page)}: there is no command in {line}")
        for word in words:
            if word == "--":
                break
            if re.fullmatch(r"--[a-z][a-z-]*(=.*)?", word):
                assert word.partition("=")[0] in options(command) | {"--help"}, f"{name(page)}: {line}"


def test_an_option_that_is_gone_is_found(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("`cnncalc inspect vgg16 --top 3`\n", encoding="utf-8")
    (line,) = mentioned(page)
    assert shlex.split(line)[3] not in options("inspect")


@each("page", PAGES, ids=name)
def test_every_file_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    added = set(WRITTEN.findall(text))
    for file in FILE.findall(text):
        assert (ROOT / file).exists() or file in added, f"{name(page)} mentions {file}"


@pytest.mark.parametrize("page", ["docs/tutorial.md", "docs/ko/tutorial.md"])
def test_the_tutorial_s_workflow_is_what_github_accepts(page: str, tmp_path: Path) -> None:
    text = (ROOT / page).read_text(encoding="utf-8").split("<!-- write: .github/workflows/nets.yml -->")[1]
    workflow = tmp_path / "nets.yml"
    workflow.write_text(text.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    done = fits("github-workflows", workflow)
    assert done.returncode == 0, done.stdout
    assert yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"]

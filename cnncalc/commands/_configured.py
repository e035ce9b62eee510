"""The files that `validate` checks, each with its settings. Missing files are reported."""

import os
from pathlib import Path

import click

from cnncalc.commands._lint_options import LintRequest
from cnncalc.commands._run import CLEAN, FAILED
from cnncalc.commands._search import FoundFiles, search
from cnncalc.lint.discovery import Finder
from cnncalc.lint.settings import DEFAULT, BadConfig, GivenOptions, Settings
from cnncalc.record import NamedTuple
from cnncalc.rules import Choice
from cnncalc.text import escaped


class Look(NamedTuple):
    """Files to check, in order; the status is 2 if something could not be found."""

    files: list[tuple[Path, Settings]]
    stdin: Settings
    not_specs: int
    status: int


def finder(asked: LintRequest) -> Finder:
    """The finder of configurations. Raises `BadConfig`."""
    choice = Choice(asked.select or None, asked.extend_select, asked.ignore)
    given = GivenOptions(choice, asked.preview, asked.fail_on)
    if asked.isolated:
        from cnncalc.lint.settings import NO_CONFIG

        return Finder(given, NO_CONFIG)
    if asked.config is not None:
        from cnncalc.lint.configuration import read_config

        # Its patterns are of paths from here: it may be shared by many projects.
        return Finder(given, read_config(asked.config, asked.config, os.getcwd(), wanted=True))
    return Finder(given)


def look_for(paths: tuple[str, ...], asked: LintRequest, finder: Finder, *, stdin: bool) -> Look:
    """Search, and report missing files on standard error. Raises `BadConfig`."""
    named = tuple(path for path in paths if path != "-")
    search_result = search(named or (() if stdin else (".",)), finder.excluded)
    files = search_result.files
    if asked.force_exclude:
        files = [path for path in files if not finder.excluded(path)]
    work = [(path, finder.settings(path)) for path in files]
    own = finder.settings("stdin.yaml") if stdin else DEFAULT
    status = _print_missing(search_result, paths, stdin=stdin)
    return Look(work, own, search_result.not_specs, status)


def _print_missing(search_result: FoundFiles, paths: tuple[str, ...], *, stdin: bool) -> int:
    from cnncalc.exact import counted

    for folder, reason in search_result.unreadable:
        message = f"error: the folder {escaped(folder, 200)} can't be read: {escaped(reason)}"
        click.echo(message, err=True)
    if search_result.unmatched or not (search_result.files or search_result.unreadable or stdin):
        what = ", ".join(map(escaped, search_result.unmatched or paths or (".",)))
        more = [f"{counted(search_result.not_specs, 'YAML file')} without the key `cnncalc`"] * bool(
            search_result.not_specs
        )
        more += [f"{counted(search_result.excluded, 'path')} excluded"] * bool(search_result.excluded)
        skipped = f" ({'; '.join(more)})" if more else ""
        click.echo(f"error: no specs found in {what}{skipped}", err=True)
        return FAILED
    return FAILED if search_result.unreadable else CLEAN


def print_bad_config(error: BadConfig) -> int:
    """Report the errors of a configuration."""
    for problem in error.problems:
        click.echo(f"error: {problem}", err=True)
    return FAILED

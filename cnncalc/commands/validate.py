"""`cnncalc validate`: every diagnostic of every spec."""

import os
from typing import TYPE_CHECKING, Any

import click

from cnncalc.commands._completion import complete_spec
from cnncalc.commands._lint_options import LintCommand, LintRequest, check_options, lint_options
from cnncalc.commands._options import graph_options, patterned

if TYPE_CHECKING:
    from cnncalc.commands._outcome import Outcome, Task
    from cnncalc.graph.other_input import Wanted

FAILED = 2


@click.command(
    "validate",
    cls=LintCommand,
    short_help="Check specs: files, folders, globs.",
    epilog="""\b
Examples:
  cnncalc validate                          the specs below the current folder
  cnncalc validate specs/ 'nets/**/*.yaml'
  cnncalc validate net.yaml --strict
  cnncalc validate resnet50                 a shipped one
  cnncalc validate 'INPUT 32x32x3 -> CONV 8 -> RELU -> FC 10'
  cnncalc validate net.yaml --input 384     with this height and width
  cnncalc validate net.yaml --fix           apply the safe fixes
  cnncalc validate old.yaml --add-ignore="older than the rules"
  cnncalc validate specs/ --output sarif=findings.sarif""",
)
@click.argument("paths", nargs=-1, metavar="[PATH]...", shell_complete=complete_spec)
@lint_options
@graph_options
def command(
    paths: tuple[str, ...],
    values: dict[str, Any],
    mode: str,
    strict: bool,
    max_nodes: int | None,
    inputs: "tuple[Wanted, ...]",
    **given: Any,
) -> int:
    """Check specs: files, folders, globs, shipped names, patterns, or `-` for standard input; else the current folder.

    In folders, hidden folders and environments are skipped, and so are YAML files without the key `cnncalc`.
    With errors or warnings the exit status is 1; notes do not change it. The configuration of a file is the nearest
    `cnncalc.toml`, or `pyproject.toml` with [tool.cnncalc], above it. Comments `# cnncalc: ignore[S001] reason`
    accept findings.
    """
    from cnncalc.commands._outcome import Task
    from cnncalc.lint.engine import Options

    asked = LintRequest(**given)
    stdin = "-" in paths
    check_options(asked, stdin=stdin)
    _check_shipped(paths, asked)
    _check_patterns(paths, asked)
    task = Task(
        Options(mode, values, strict, max_nodes, inputs),
        fix=asked.fix or asked.diff,
        unsafe=asked.unsafe_fixes,
        prefer=asked.prefer,
        adopt=asked.add_ignore,
        offers=not asked.statistics and asked.shows_fixes,
    )
    if asked.watch:
        from cnncalc.commands._watch import watch

        return watch(paths, asked, task)
    return _once(paths, asked, task, stdin=stdin)


def _check_shipped(paths: tuple[str, ...], asked: LintRequest) -> None:
    """Refuse to change a shipped spec. A file or a folder of that name comes first."""
    from cnncalc import zoo
    from cnncalc.commands._run import note_file_first

    for path in paths:
        if os.path.exists(path):
            note_file_first(path)
        elif asked.changes and zoo.path(path) is not None:
            raise click.UsageError(
                f"{path} is a shipped spec, which is not changed; `cnncalc new --like {path} -o FILE` makes a copy."
            )


def _check_patterns(paths: tuple[str, ...], asked: LintRequest) -> None:
    """A pattern is checked, and never changed or watched: it is in no file."""
    if (asked.changes or asked.watch) and any(map(patterned, paths)):
        what = "watched" if asked.watch else "changed"
        raise click.UsageError(
            f"a pattern is in no file, and is not {what}; `cnncalc new --pattern` writes it as a spec."
        )


def _once(paths: tuple[str, ...], asked: LintRequest, task: "Task", *, stdin: bool) -> int:
    from cnncalc.commands._check import check_files, check_pattern, check_stdin
    from cnncalc.commands._configured import Look, finder, look_for, print_bad_config
    from cnncalc.commands._outcome import total
    from cnncalc.lint.settings import BadConfig
    from cnncalc.pattern import NAME as PATTERN
    from cnncalc.pattern import numbered

    # All configurations are read before anything is checked, or written: one that is broken stops all.
    try:
        patterns = tuple(filter(patterned, paths))
        files = tuple(path for path in paths if path not in patterns)
        # A pattern has the settings of standard input: those of the current folder.
        look: Look = look_for(files, asked, finder(asked), stdin=stdin or bool(patterns))
    except BadConfig as error:
        return print_bad_config(error)
    if not (look.files or stdin or patterns):
        return FAILED
    outcomes = check_files(look.files, task)
    settings = [settings for _, settings in look.files]
    for number, pattern in enumerate(patterns, 1):
        name = PATTERN if len(patterns) == 1 else numbered(number)
        outcomes.append(check_pattern(pattern, name, look.stdin, task))
        settings.append(look.stdin)
    if stdin:
        outcomes.append(check_stdin(look.stdin, task))
        settings.append(look.stdin)
    if asked.changes and not asked.diff:
        from cnncalc.commands._fix_files import write_changed

        outcomes = [
            write_changed(outcome, its_settings, task)
            for outcome, its_settings in zip(outcomes, settings, strict=True)
        ]
    return max(_end(total(outcomes), asked, look.not_specs), look.status)


def _end(outcome: "Outcome", asked: LintRequest, not_specs: int) -> int:
    """Print the result; the exit status."""
    from cnncalc.commands._outcome import STDIN
    from cnncalc.commands._print_findings import print_findings, show_failures
    from cnncalc.exact import counted

    if asked.diff:
        from cnncalc.commands._fix_files import show_all

        status = show_all(outcome.rewrites)
        show_failures(outcome)
        changed = sum(rewrite.before != rewrite.after for rewrite in outcome.rewrites)
        summary = f"would fix {counted(outcome.fixed, 'finding')} in {counted(changed, 'file')}"
        click.echo(summary if changed else "nothing would change", err=True)
        return max(status, outcome.status if outcome.status >= FAILED else 0)
    # A fixed text on standard output has nothing else beside it.
    stderr = any(rewrite.path == STDIN for rewrite in outcome.rewrites)
    return max(print_findings(outcome, asked, not_specs, stderr=stderr), outcome.status)

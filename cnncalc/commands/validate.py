"""`cnncalc validate`: every diagnostic of every spec."""

from typing import TYPE_CHECKING, Any

import click

from cnncalc.commands._lint_options import Asked, LintCommand, hold_together, lint_options
from cnncalc.commands._options import graph_options

if TYPE_CHECKING:
    from cnncalc.commands._outcome import Outcome, Task

FAILED = 2


@click.command(
    "validate",
    cls=LintCommand,
    short_help="Every fault of specs: files, folders, globs.",
    epilog="""\b
Examples:
  cnncalc validate                          the specs below the current folder
  cnncalc validate specs/ 'nets/**/*.yaml'
  cnncalc validate net.yaml --strict
  cnncalc validate net.yaml --fix           mend what can be mended safely
  cnncalc validate old.yaml --add-ignore="older than the rules"
  cnncalc validate specs/ --output sarif=findings.sarif""",
)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@lint_options
@graph_options
def command(
    paths: tuple[str, ...],
    values: dict[str, Any],
    mode: str,
    strict: bool,
    max_nodes: int | None,
    **given: Any,
) -> int:
    """Check specs: files, folders, globs, or `-` for standard input; without a PATH, the current folder.

    In folders, hidden and environment folders are passed over, and YAML files without the key `cnncalc` are no
    specs. Errors and warnings make the exit status 1; notes don't. The nearest `cnncalc.toml`, or `pyproject.toml`
    with [tool.cnncalc], above a file is its configuration. Comments `# cnncalc: ignore[S001] reason` accept findings.
    """
    from cnncalc.commands._outcome import Task
    from cnncalc.lint.engine import Options

    asked = Asked(**given)
    stdin = "-" in paths
    hold_together(asked, stdin=stdin)
    task = Task(
        Options(mode, values, strict, max_nodes),
        fix=asked.fix or asked.diff,
        unsafe=asked.unsafe_fixes,
        adopt=asked.add_ignore,
        offers=not asked.statistics and asked.shows_fixes,
    )
    if asked.watch:
        from cnncalc.commands._watch import watch

        return watch(paths, asked, task)
    return _once(paths, asked, task, stdin=stdin)


def _once(paths: tuple[str, ...], asked: Asked, task: "Task", *, stdin: bool) -> int:
    from cnncalc.commands._check import check_files, check_stdin
    from cnncalc.commands._configured import Look, finder, look_for, tell_bad
    from cnncalc.lint.settings import BadConfig

    # All configurations are read before anything is checked, or written: one that is broken stops all.
    try:
        found: Look = look_for(paths, asked, finder(asked), stdin=stdin)
    except BadConfig as error:
        return tell_bad(error)
    if not (found.files or stdin):
        return FAILED
    outcome = check_files(found.files, task)
    if stdin:
        outcome.add(check_stdin(found.stdin, task))
    return max(_end(outcome, asked, found.not_specs), found.status)


def _end(outcome: "Outcome", asked: Asked, not_specs: int) -> int:
    """Write what is to be written, and tell the rest."""
    from cnncalc.commands._outcome import STDIN, counted
    from cnncalc.commands._tell import tell

    if asked.diff:
        from cnncalc.commands._mend import show_all

        status = show_all(outcome.rewrites)
        changed = sum(one.before != one.after for one in outcome.rewrites)
        told = f"would mend {counted(outcome.mended, 'finding')} in {counted(changed, 'file')}"
        click.echo(told if changed else "nothing would change", err=True)
        return max(status, FAILED if outcome.status == FAILED else 0)
    status = 0
    if asked.changes:
        from cnncalc.commands._mend import write_all

        status = write_all(outcome.rewrites)
    # A text on standard output stands there alone.
    stderr = any(one.path == STDIN for one in outcome.rewrites)
    return max(status, tell(outcome, asked, not_specs, stderr=stderr), outcome.status)

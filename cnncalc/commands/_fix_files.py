"""The changes of `validate` in specs: fixed texts, new comments, and patches."""

import sys
from collections.abc import Iterable, Iterator

import click

from cnncalc.commands._outcome import STDIN, Failure, Outcome, RewrittenFile, Task, outcome_of
from cnncalc.commands._run import CLEAN, FINDINGS, require_parameters, with_inputs
from cnncalc.commands._write_file import unwritten
from cnncalc.files import rewrite as replace_file
from cnncalc.lint.engine import CheckedSpec, check
from cnncalc.lint.settings import Settings
from cnncalc.lint.written import WrittenText, decoded
from cnncalc.program.streams import inert
from cnncalc.spec import Spec, read_spec
from cnncalc.text import escaped, from_bytes


def changed_text(data: bytes, name: str, path: str | None, settings: Settings, task: Task) -> Outcome:
    """Check one spec and change its text according to the options; no file is written here."""
    specs: dict[WrittenText, Spec] = {}
    if task.options.inputs:
        with_inputs(read_spec(*from_bytes(data, name, path)), task.options.inputs, task.options.values)

    def read(written: WrittenText) -> Spec:
        spec = specs[written] = read_spec(*from_bytes(written.encoded(), name, path))
        require_parameters(spec, task.options.values)
        return spec

    def look(written: WrittenText) -> CheckedSpec:
        return check(read(written), settings, task.options)

    def try_out(written: WrittenText) -> CheckedSpec:
        return check(read(written), settings, task.options, sizes=False)

    written = decoded(data)
    assert written is not None
    if task.adopt is not None:
        from cnncalc.lint.adopting import adopted

        source = from_bytes(data, name, path)[0]
        assert source is not None
        after, fixed_count, left = adopted(written, source, look, task.adopt)
    else:
        from cnncalc.lint.fixing import fixed

        after, findings, left = fixed(
            written, name, look, unsafe=task.unsafe, prefer=task.prefer, try_out=try_out
        )
        fixed_count = len(findings)
    outcome = outcome_of(specs[after], left, settings)
    outcome.fixed = fixed_count
    if after != written or path is None:
        outcome.rewrites.append(RewrittenFile(STDIN if path is None else path, name, data, after.encoded()))
    return outcome


def with_tried_fixes(
    data: bytes, name: str, path: str | None, spec: Spec, settings: Settings, task: Task
) -> Outcome:
    """Check one spec; what is offered as a fix has been tried."""
    from cnncalc.lint.fixing import offered

    def try_out(written: WrittenText) -> CheckedSpec:
        return check(
            read_spec(*from_bytes(written.encoded(), name, path)), settings, task.options, sizes=False
        )

    checked = check(spec, settings, task.options)
    written = decoded(data)
    if written is not None and any(item.fixes for item in checked.findings):
        checked = offered(written, name, checked, try_out)
    return outcome_of(spec, checked, settings)


def write_changed(outcome: Outcome, settings: Settings, task: Task) -> Outcome:
    """Write the changed text of one spec. If that fails, the outcome is that of the old text."""
    for changed in outcome.rewrites:
        if changed.path == STDIN:
            click.echo(changed.after, nl=False)
            continue
        try:
            replace_file(changed.path, changed.after, instead_of=changed.before)
        except (OSError, ValueError) as error:
            old = _unchanged(changed, settings, task)
            old.failures += outcome.failures
            old.fail(Failure(escaped(changed.path, 4096), unwritten(changed.path, error)))
            return old
    return outcome


def _unchanged(rewrite: RewrittenFile, settings: Settings, task: Task) -> Outcome:
    spec = read_spec(*from_bytes(rewrite.before, rewrite.name, rewrite.path))
    return outcome_of(spec, check(spec, settings, task.options), settings)


def show_all(rewrites: Iterable[RewrittenFile]) -> int:
    """Show the changes without writing them; the status is 1 if there are any."""
    status = CLEAN
    for rewrite in rewrites:
        if rewrite.after != rewrite.before:
            status = FINDINGS
            # A patch fits a text only as it is, so no character of another script is escaped; a command to a CI
            # system is: its line is not applied.
            click.echo(inert("".join(_diff(rewrite))).encode("utf-8", "surrogatepass"), nl=False)
    return status


def _diff(rewrite: RewrittenFile) -> Iterator[str]:
    from difflib import unified_diff

    before, after = (data.decode("utf-8") for data in (rewrite.before, rewrite.after))
    name = escaped(rewrite.path, 4096)
    lines = unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), name, name)
    terminal = sys.stdout.isatty()
    for line in lines:
        if terminal:
            # It would obey a carriage return, and marks that reorder text; a patch needs them as they are.
            line = "".join(sign if sign.isprintable() else "\ufffd" for sign in line.rstrip("\n")) + "\n"
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"

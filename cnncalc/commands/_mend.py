"""Texts changed by `validate`: made, shown, written."""

import sys
from collections.abc import Iterable, Iterator

import click

from cnncalc.commands._outcome import STDIN, Failure, Outcome, Rewrite, Task, outcome_of
from cnncalc.commands._run import CLEAN, FINDINGS, require_parameters, with_inputs
from cnncalc.commands._written import unwritten
from cnncalc.files import rewrite
from cnncalc.lint.engine import CheckedSpec, check
from cnncalc.lint.settings import Settings
from cnncalc.lint.written import WrittenText, decoded
from cnncalc.program.streams import inert
from cnncalc.spec import Spec, read_spec
from cnncalc.text import escaped, from_bytes


def mend(data: bytes, name: str, path: str | None, settings: Settings, task: Task) -> Outcome:
    """Check one spec and change its text as it is asked for; nothing is written here."""
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
        after, mended, left = adopted(written, source, look, task.adopt)
    else:
        from cnncalc.lint.fixing import fixed

        after, findings, left = fixed(written, name, look, unsafe=task.unsafe, try_out=try_out)
        mended = len(findings)
    outcome = outcome_of(specs[after], left, settings)
    outcome.mended = mended
    if after != written or path is None:
        outcome.rewrites.append(Rewrite(STDIN if path is None else path, name, data, after.encoded()))
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
    if written is not None and any(item.fixes for item in checked.found):
        checked = offered(written, name, checked, try_out)
    return outcome_of(spec, checked, settings)


def write_changed(outcome: Outcome, settings: Settings, task: Task) -> Outcome:
    """Write the text of one spec that has changed. Where that fails, what comes of it is that of the old text."""
    for one in outcome.rewrites:
        if one.path == STDIN:
            click.echo(one.after, nl=False)
            continue
        try:
            rewrite(one.path, one.after, instead_of=one.before)
        except (OSError, ValueError) as error:
            as_it_was = _as_it_was(one, settings, task)
            as_it_was.failures += outcome.failures
            as_it_was.fail(Failure(escaped(one.path, 4096), unwritten(one.path, error)))
            return as_it_was
    return outcome


def _as_it_was(one: Rewrite, settings: Settings, task: Task) -> Outcome:
    spec = read_spec(*from_bytes(one.before, one.name, one.path))
    return outcome_of(spec, check(spec, settings, task.options), settings)


def show_all(rewrites: Iterable[Rewrite]) -> int:
    """Show what would change; the status says whether anything would."""
    status = CLEAN
    for one in rewrites:
        if one.after != one.before:
            status = FINDINGS
            # A patch fits a text only as it is, so no character of another script is escaped; a command to a CI
            # system is: its line is not applied.
            click.echo(inert("".join(_diff(one))).encode("utf-8", "surrogatepass"), nl=False)
    return status


def _diff(one: Rewrite) -> Iterator[str]:
    from difflib import unified_diff

    before, after = (data.decode("utf-8") for data in (one.before, one.after))
    name = escaped(one.path, 4096)
    lines = unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), name, name)
    terminal = sys.stdout.isatty()
    for line in lines:
        if terminal:
            # It would obey a carriage return, and marks that reorder text; a patch needs them as they are.
            line = "".join(sign if sign.isprintable() else "\ufffd" for sign in line.rstrip("\n")) + "\n"
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"

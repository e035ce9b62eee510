"""The output of `validate`: on standard output, in files, and as annotations in a pull request."""

import os
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import click

from cnncalc.commands._format import FormatOutput
from cnncalc.commands._lint_options import LintRequest
from cnncalc.commands._outcome import Outcome
from cnncalc.commands._run import CLEAN, FAILED
from cnncalc.commands._write_file import write_output
from cnncalc.diagnostic import Severity
from cnncalc.exact import counted
from cnncalc.program.streams import commands, write_as
from cnncalc.render.findings import Findings
from cnncalc.render.formats import Format, format_of, renders


def print_findings(outcome: Outcome, asked: LintRequest, not_specs: int, *, stderr: bool = False) -> int:
    """Write what was found in every format that is asked for; the status is that of writing it."""
    show_failures(outcome)
    least = Severity[asked.severity.upper()]
    findings = Findings(
        [item for item in outcome.diagnostics if item.severity >= least],
        outcome.sources,
        _figures(outcome, asked, not_specs),
        _summary(outcome, asked, not_specs),
        brief=not asked.show_notes,
    )
    _print(findings, asked, stderr=stderr)
    status = CLEAN
    for name, path in asked.output:
        text = "".join(_rendered(format_of(name), findings, asked))
        status = max(status, _write_file(path, text))
    return status


def _print(findings: Findings, asked: LintRequest, *, stderr: bool) -> None:
    format = format_of(asked.format)
    output = FormatOutput(format, stderr=stderr)
    write_as(format.escapes, stderr=stderr)
    if format.styled:
        # A program that reads them finds a message on one line.
        whole = findings._replace(summary="", width=output.width_on_screen)
        output.write(_rendered(format, whole, asked))
        _annotate(findings)
        output.write([findings.summary])
        return
    with commands(stderr=stderr) if format.holds_commands else nullcontext():
        output.write(_rendered(format, findings, asked))
    if format.summary_on_stderr:
        click.echo(findings.summary, nl=False, err=True)


def _rendered(format: Format, findings: Findings, asked: LintRequest) -> Iterator[str]:
    """The findings, or their statistics where these are asked for and the format has them."""
    if asked.statistics and "statistics" in format.kinds:
        return format.statistics(findings)
    return format.findings(findings)


def show_failures(outcome: Outcome) -> None:
    """Say on standard error which files could not be checked or written, and why."""
    for failure in outcome.failures:
        if failure.trace and _debugging():
            click.echo(failure.trace, nl=False, err=True)
        click.echo(f"error: {failure.message}", err=True)


def _summary(outcome: Outcome, asked: LintRequest, not_specs: int) -> str:
    """The last lines: what was done, and what there is."""
    done = ""
    if asked.fix and outcome.fixed:
        left = len(outcome.diagnostics)
        done = f"Found {counted(outcome.fixed + left, 'finding')} ({outcome.fixed:,} fixed, {left:,} remaining)\n"
    elif asked.add_ignore is not None:
        files = counted(len(outcome.rewrites), "file")
        done = f"Accepted {counted(outcome.fixed, 'finding')} by comments in {files}\n"
    brief = asked.format == "text" and not (asked.show_notes or asked.statistics)
    return f"{done}{outcome.summary(not_specs, brief=brief)}\n"


def _figures(outcome: Outcome, asked: LintRequest, not_specs: int) -> dict[str, Any]:
    """What was checked, for programs."""
    figures: dict[str, Any] = {
        "files": outcome.files,
        "nodes": outcome.nodes,
        "not_checked": outcome.not_checked,
        "expect_not_checked": outcome.expects,
        "skipped_files": not_specs,
    }
    if asked.fix:
        figures["fixed"] = outcome.fixed
    if outcome.failures:
        figures["failures"] = [
            {"file": failure.path, "message": failure.message} for failure in outcome.failures
        ]
    return figures


def _annotate(findings: Findings) -> None:
    """GitHub Actions reads annotations from the log of a job, whatever else is in it."""
    asked_for = os.environ.get("GITHUB_ACTIONS") == "true"
    if asked_for and findings.diagnostics and renders("github", "findings"):
        with commands():
            click.echo("".join(format_of("github").findings(findings)), nl=False)


def _write_file(path: str, text: str) -> int:
    try:
        write_output(path, [text])
    except click.ClickException as error:
        click.echo(f"error: {error.message}", err=True)
        return FAILED
    return CLEAN


def _debugging() -> bool:
    """Whether `--debug` is given."""
    context = click.get_current_context(silent=True)
    return bool(context is not None and getattr(context.obj, "debug", False))

"""What `validate` says, and where: on standard output, in files, beside the lines of a pull request."""

import os
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

import click

from cnncalc.commands._lint_options import Asked, formats
from cnncalc.commands._outcome import Outcome
from cnncalc.commands._run import CLEAN, FAILED, show_findings
from cnncalc.commands._terminal import Terminal
from cnncalc.commands._written import write_output
from cnncalc.diagnostic import Diagnostic, Severity
from cnncalc.exact import counted
from cnncalc.program.streams import commands, write_as


def tell(outcome: Outcome, asked: Asked, not_specs: int, *, stderr: bool = False) -> int:
    """Say what came of checking, in every format that is asked for; the status is that of writing it."""
    show_failures(outcome)
    least = Severity[asked.severity.upper()]
    shown = [item for item in outcome.diagnostics if item.severity >= least]
    if asked.format == "text":
        if asked.statistics:
            click.echo(_statistics(shown), nl=False, err=stderr)
        else:
            show_findings(shown, outcome.sources, stderr=stderr, brief=not asked.show_notes)
        _annotate(shown, outcome)
        Terminal(stderr=stderr).write([_closing(outcome, asked, not_specs)])
    else:
        text = _rendered(asked.format, shown, outcome, asked, not_specs)
        write_as(asked.format, stderr=stderr)
        with commands(stderr=stderr) if asked.format == "github" else nullcontext():
            click.echo(text, nl=False, err=stderr)
        if asked.format == "concise":
            click.echo(_closing(outcome, asked, not_specs), nl=False, err=True)
    status = CLEAN
    for format, path in asked.output:
        text = _rendered(format, shown, outcome, asked, not_specs)
        status = max(status, _put(path, text))
    return status


def show_failures(outcome: Outcome) -> None:
    """Say on standard error which files could not be checked or written, and why."""
    for one in outcome.failures:
        if one.trace and _debugging():
            click.echo(one.trace, nl=False, err=True)
        click.echo(f"error: {one.message}", err=True)


def _closing(outcome: Outcome, asked: Asked, not_specs: int) -> str:
    """The last lines: what was done, and what there is."""
    done = ""
    if asked.fix and outcome.mended:
        left = len(outcome.diagnostics)
        done = f"Found {counted(outcome.mended + left, 'finding')} ({outcome.mended:,} fixed, {left:,} remaining)\n"
    elif asked.add_ignore is not None:
        files = counted(len(outcome.rewrites), "file")
        done = f"Accepted {counted(outcome.mended, 'finding')} by comments in {files}\n"
    brief = asked.format == "text" and not (asked.show_notes or asked.statistics)
    return f"{done}{outcome.summary(not_specs, brief=brief)}\n"


def _rendered(
    format: str, shown: Sequence[Diagnostic], outcome: Outcome, asked: Asked, not_specs: int
) -> str:
    if format == "json":
        return _json(shown, outcome, asked, not_specs) + "\n"
    if format == "text" and not asked.show_notes:
        from cnncalc.render.findings.text import brief

        return "".join(brief(shown, outcome.sources)) + _closing(outcome, asked, not_specs)
    from cnncalc.render.findings import render

    text = "".join(render(shown, outcome.sources, format))
    return text + _closing(outcome, asked, not_specs) if format == "text" else text


def _json(shown: Sequence[Diagnostic], outcome: Outcome, asked: Asked, not_specs: int) -> str:
    from cnncalc.render.json_text import diagnostic, dumped

    told: dict[str, Any] = {
        "version": 1,
        "files": outcome.files,
        "nodes": outcome.nodes,
        "not_checked": outcome.not_checked,
        "expect_not_checked": outcome.expects,
        "skipped_files": not_specs,
    }
    if asked.fix:
        told["fixed"] = outcome.mended
    if outcome.failures:
        told["failures"] = [{"file": one.path, "message": one.message} for one in outcome.failures]
    if asked.statistics:
        told["statistics"] = [
            {"code": item.code, "name": item.name, "count": count} for item, count in _counts(shown)
        ]
    else:
        told["diagnostics"] = [diagnostic(item) for item in shown]
    return dumped(told)


def _counts(shown: Sequence[Diagnostic]) -> list[tuple[Diagnostic, int]]:
    """One finding of each code with how many there are, the most frequent first."""
    first: dict[str, Diagnostic] = {}
    counts: dict[str, int] = {}
    for item in shown:
        first.setdefault(item.code, item)
        counts[item.code] = counts.get(item.code, 0) + 1
    return sorted(
        ((first[code], count) for code, count in counts.items()), key=lambda one: (-one[1], one[0].code)
    )


def _statistics(shown: Sequence[Diagnostic]) -> str:
    counts = _counts(shown)
    width = max((len(f"{count:,}") for _, count in counts), default=0)
    safe = {item.code for item in shown if any(fix.safe for fix in item.fixes[:1])}
    lines = [
        f"{count:>{width},}  {item.code}  {item.name}" + ("  (--fix)" if item.code in safe else "")
        for item, count in counts
    ]
    return "".join(f"{line}\n" for line in (*lines, *([""] if lines else [])))


def _annotate(shown: Sequence[Diagnostic], outcome: Outcome) -> None:
    """GitHub Actions reads annotations from the log of a job, whatever else is in it."""
    if shown and os.environ.get("GITHUB_ACTIONS") == "true" and "github" in formats():
        from cnncalc.render.findings import render

        with commands():
            click.echo("".join(render(shown, outcome.sources, "github")), nl=False)


def _put(path: str, text: str) -> int:
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

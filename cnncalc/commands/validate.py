"""`cnncalc validate`: every diagnostic of every spec."""

from typing import Any

import click

from cnncalc.commands._options import format_option, graph_options

SEVERITIES = ("info", "warning", "error")


@click.command(
    "validate",
    short_help="Every fault of specs: files, folders, globs.",
    epilog="""\b
Examples:
  cnncalc validate                          the specs below the current folder
  cnncalc validate specs/ 'nets/**/*.yaml'
  cnncalc validate net.yaml --strict
  cnncalc validate --format json specs/ > findings.json""",
)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@format_option
@click.option(
    "--severity",
    type=click.Choice(SEVERITIES),
    default="info",
    show_default=True,
    help="Leave out findings that weigh less.",
)
@graph_options
def command(paths: tuple[str, ...], format: str, severity: str, **graph_options: Any) -> int:
    """Check specs: files, folders, globs, or `-` for standard input; without a PATH, the current folder.

    In folders, hidden and environment folders are passed over, and YAML files without the key `cnncalc` are no
    specs. Errors and warnings make the exit status 1; notes don't.
    """
    from cnncalc.commands._check import check_files, check_stdin, counted
    from cnncalc.commands._search import search
    from cnncalc.text import escaped

    stdin = "-" in paths
    found = search(tuple(path for path in paths if path != "-") or (() if stdin else (".",)))
    if found.unmatched or not (found.files or stdin):
        what = ", ".join(map(escaped, found.unmatched or paths or (".",)))
        skipped = (
            f" ({counted(found.not_specs, 'YAML file')} without the key `cnncalc`)" if found.not_specs else ""
        )
        click.echo(f"error: no specs found in {what}{skipped}", err=True)
        if not (found.files or stdin):
            return 2
    outcome = check_files(found.files, graph_options)
    if stdin:
        outcome = outcome + check_stdin(graph_options)
    ended = _tell(outcome, found.not_specs, format, severity)
    return 2 if found.unmatched else ended


def _tell(outcome: Any, not_specs: int, format: str, severity: str) -> int:
    from cnncalc.commands._run import console, show_findings, status, write
    from cnncalc.diagnostic import Severity

    shown = [item for item in outcome.diagnostics if item.severity >= Severity[severity.upper()]]
    if format == "json":
        from cnncalc.render._json import diagnostic, dumped

        told = {
            "version": 1,
            "files": outcome.files,
            "nodes": outcome.nodes,
            "not_checked": outcome.not_checked,
            "skipped_files": not_specs,
            "diagnostics": [diagnostic(item) for item in shown],
        }
        click.echo(dumped(told))
    else:
        show_findings(shown, outcome.sources, stderr=False)
        write([outcome.summary(not_specs) + "\n"], console())
    return status(outcome.diagnostics)

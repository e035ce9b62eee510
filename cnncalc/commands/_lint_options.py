"""The options of `validate`: selection, fixes and output."""

from collections.abc import Callable
from typing import Any

import click

from cnncalc.commands._completion import complete_codes
from cnncalc.commands._format import complete_output, format_option, unknown_format
from cnncalc.commands._options import Command
from cnncalc.record import NamedTuple
from cnncalc.render import formats

SEVERITIES = ("info", "warning", "error")
ADD_IGNORE = "--add-ignore"


class LintRequest(NamedTuple):
    """The options of `validate`, without the paths and the options of graphs."""

    select: tuple[str, ...]
    extend_select: tuple[str, ...]
    ignore: tuple[str, ...]
    preview: bool
    fail_on: str | None
    config: str | None
    isolated: bool
    force_exclude: bool
    fix: bool
    unsafe_fixes: bool
    prefer: tuple[str, ...]
    diff: bool
    add_ignore: str | None
    watch: bool
    format: str
    output: tuple[tuple[str, str], ...]
    severity: str
    show_notes: bool
    statistics: bool

    @property
    def changes(self) -> bool:
        """Whether texts are changed, or shown as they would be."""
        return self.fix or self.diff or self.add_ignore is not None

    @property
    def shows_fixes(self) -> bool:
        """Whether fixes are written, in any format asked for."""
        names = (self.format, *(name for name, _ in self.output))
        return any(formats.format_of(name).holds_fixes for name in names)


class LintCommand(click.Command):
    """A command whose `--add-ignore` takes a value only after `=`: what follows it is a path."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        end = args.index("--") if "--" in args else len(args)
        words = [
            f"{ADD_IGNORE}=" if word == ADD_IGNORE and index < end else word
            for index, word in enumerate(args)
        ]
        return super().parse_args(ctx, words)


def parse_codes(ctx: click.Context, param: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    """`--select S,D001`: words that mean diagnostics."""
    words = tuple(word.strip() for text in given for word in text.split(","))
    if words:
        from cnncalc.lint.codes import meant, no_code

        for word in words:
            if problem := no_code(word):
                help = meant(word)
                raise click.BadParameter(problem + (f"; {help}" if help else ""))
    return words


def parse_outputs(
    ctx: click.Context, param: click.Parameter, given: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """`--output sarif=findings.sarif`."""
    outputs = []
    for text in given:
        format, equals, path = text.partition("=")
        if not equals or not path:
            raise click.BadParameter(f"{text!r} is not FORMAT=FILE")
        if not formats.renders(format, "findings"):
            raise click.BadParameter(unknown_format(format, "findings"))
        outputs.append((format, path))
    return tuple(outputs)


def parse_reason(ctx: click.Context, param: click.Parameter, given: str | None) -> str | None:
    """The reason of `--add-ignore`: on one line, and no other comment."""
    if given is None:
        return None
    reason = " ".join(given.split())
    if not reason.isprintable() or "#" in reason:
        raise click.BadParameter("a reason is one line of text without `#`")
    return reason


def _codes(name: str, help: str) -> Callable[[Command], Command]:
    return click.option(
        name, metavar="CODES", multiple=True, callback=parse_codes, shell_complete=complete_codes, help=help
    )


def lint_options(command: Command) -> Command:
    """All of them, in the order of the help."""
    flag: dict[str, Any] = {"is_flag": True}
    for option in reversed(
        (
            _codes(
                "--select", "Report only these codes: full codes or their beginnings, such as S001,D, or ALL."
            ),
            _codes("--extend-select", "Also report these codes."),
            _codes("--ignore", "Do not report these codes."),
            click.option("--preview", **flag, help="Also report rules that are in preview."),
            click.option(
                "--fail-on",
                type=click.Choice(["error", "warning", "info", "never"]),
                default=None,
                help="The lowest severity that makes the exit status 1.  [default: warning]",
            ),
            click.option("--fix", **flag, help="Apply the safe fixes, and write the files."),
            click.option(
                "--unsafe-fixes",
                **flag,
                help="With --fix or --diff: apply the first fix of each finding, also if it is unsafe.",
            ),
            click.option(
                "--prefer",
                metavar="TEXT",
                multiple=True,
                help="With --fix or --diff: of several fixes, apply the one whose text begins so, such as "
                "'input: 227'; may be repeated.",
            ),
            click.option("--diff", **flag, help="Show what --fix would change, and write nothing."),
            click.option(
                ADD_IGNORE,
                metavar="[=REASON]",
                default=None,
                callback=parse_reason,
                help="Write an ignore comment for every finding.",
            ),
            click.option("--watch", **flag, help="Check again whenever a file changes, until Ctrl-C."),
            click.option(
                "--config",
                metavar="FILE",
                default=None,
                help="Use only this configuration, for all files.",
            ),
            click.option("--isolated", **flag, help="Read no configuration."),
            click.option(
                "--force-exclude",
                **flag,
                help="Skip excluded files, even if they are named on the command line.",
            ),
            format_option("findings"),
            click.option(
                "--output",
                metavar="FORMAT=FILE",
                multiple=True,
                callback=parse_outputs,
                shell_complete=complete_output,
                help="Also write the findings to a file; may be repeated.",
            ),
            click.option(
                "--severity",
                type=click.Choice(SEVERITIES),
                default="info",
                show_default=True,
                help="Do not show findings of a lower severity.",
            ),
            click.option(
                "--show-notes", **flag, help="Show notes in full, with their places, in the format text."
            ),
            click.option("--statistics", **flag, help="Count findings by code instead of showing each."),
        )
    ):
        command = option(command)
    return command


def check_options(asked: LintRequest, *, stdin: bool) -> None:
    """Refuse options that cannot be used together."""
    if asked.unsafe_fixes and not (asked.fix or asked.diff):
        raise click.UsageError("--unsafe-fixes needs --fix or --diff.")
    if asked.prefer and not (asked.fix or asked.diff):
        raise click.UsageError("--prefer needs --fix or --diff.")
    doing = [
        name for name, done in (("--fix", asked.fix and not asked.diff), ("--diff", asked.diff)) if done
    ] + [ADD_IGNORE] * (asked.add_ignore is not None)
    if len(doing) > 1:
        raise click.UsageError(f"{' and '.join(doing)} cannot be used together.")
    if asked.watch and (doing or stdin):
        raise click.UsageError(
            f"--watch and {doing[0] if doing else 'standard input'} cannot be used together."
        )
    if asked.isolated and asked.config is not None:
        raise click.UsageError("--isolated and --config cannot be used together.")
    if asked.statistics and not formats.renders(asked.format, "statistics"):
        *others, last = formats.names("statistics")
        raise click.UsageError(f"--statistics needs one of the formats {', '.join(others)} and {last}.")

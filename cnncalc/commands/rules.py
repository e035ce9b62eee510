"""`cnncalc rules`: every code that a diagnostic can have."""

import click

from cnncalc.commands._completion import complete_code
from cnncalc.commands._format import FormatOutput, format_option
from cnncalc.render.formats import format_of


@click.command("rules", short_help="Every diagnostic: code, name, severity, and which fix it has.", epilog="""\b
Examples:
  cnncalc rules
  cnncalc rules S D0                 those whose code starts so
  cnncalc rules --format json
  cnncalc explain S001               the page of one""")  # fmt: skip
@click.argument("codes", nargs=-1, metavar="[CODE]...", shell_complete=complete_code)
@format_option("rules")
def command(codes: tuple[str, ...], format: str) -> int:
    """Every diagnostic by family, or those of some codes and beginnings of codes.

    `fix` says which fix the example of a diagnostic has: `validate --fix` applies safe ones, `--unsafe-fixes` the
    unsafe ones too. Those in preview are reported with `--preview` only.
    """
    from cnncalc import describe
    from cnncalc.lint.codes import meant, no_code
    from cnncalc.render.rules import RuleEntry

    words = codes or ("ALL",)
    for word in words:
        if problem := no_code(word):
            help = meant(word)
            raise click.BadParameter(problem + (f"; {help}" if help else ""), param_hint="CODE")
    entries = [
        RuleEntry(kind, describe.FAMILIES[kind.code[0]], describe.fixable(kind))
        for letter in describe.FAMILIES
        for kind in describe.faults().values()
        if kind.code[0] == letter and any(word == "ALL" or kind.code.startswith(word) for word in words)
    ]
    output = FormatOutput(format_of(format))
    output.write(format_of(format).rules(entries, output.width))
    return 0

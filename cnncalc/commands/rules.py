"""`cnncalc rules`: every code that a diagnostic can have."""

import click

from cnncalc.commands._completion import complete_code
from cnncalc.commands._options import format_option


@click.command("rules", short_help="Every diagnostic: code, name, severity, and what mends it.", epilog="""\b
Examples:
  cnncalc rules
  cnncalc rules S D0                 those whose code starts so
  cnncalc rules --format json
  cnncalc explain S001               the page of one""")  # fmt: skip
@click.argument("codes", nargs=-1, metavar="[CODE]...", shell_complete=complete_code)
@format_option
def command(codes: tuple[str, ...], format: str) -> int:
    """Every diagnostic by family, or those of some codes and beginnings of codes.

    `fix` says what mends a diagnostic's example: safe for `validate --fix`, unsafe for `--unsafe-fixes` too. Those in
    preview are looked for under `--preview`.
    """
    from cnncalc import describe
    from cnncalc.commands._terminal import rich_console
    from cnncalc.lint.codes import meant, no_code

    words = codes or ("ALL",)
    for word in words:
        if problem := no_code(word):
            help = meant(word)
            raise click.BadParameter(problem + (f"; {help}" if help else ""), param_hint="CODE")
    faults = [
        fault
        for fault in describe.faults().values()
        if any(word == "ALL" or fault.code.startswith(word) for word in words)
    ]
    if format == "json":
        from cnncalc.render.json_text import dumped, page_url

        told = [
            {
                "code": fault.code,
                "name": fault.name,
                "family": describe.FAMILIES[fault.code[0]],
                "severity": fault.severity.word,
                "preview": fault.preview,
                "fix": describe.fixable(fault) or None,
                "finds": fault.what,
                "url": page_url(fault.code),
            }
            for fault in faults
        ]
        click.echo(dumped({"version": 1, "rules": told}))
        return 0
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for title in ("code", "name", "severity", "fix", ""):
        table.add_column(title, no_wrap=True)
    for letter, about in describe.FAMILIES.items():
        members = [fault for fault in faults if fault.code[0] == letter]
        if members:
            table.add_row(Text(letter, "bold"), Text(about, "bold"))
        for fault in members:
            preview = "preview" if fault.preview else ""
            table.add_row(fault.code, fault.name, fault.severity.word, describe.fixable(fault), preview)
    rich_console().print(table, soft_wrap=False)
    return 0

"""`python -m benchmarks [NAME]...`: measure, show, and (where all of it ran) write the record and the page."""

import sys
from importlib import import_module
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from benchmarks._bench import ROOT, Bench, Failed
from benchmarks._cells import HEADS, cells
from benchmarks._environment import environment
from benchmarks._record import NAMES, PAGE, RECORD, Record, Result, from_json, write


def measure(bench: Bench, name: str) -> Result:
    """Run one benchmark."""
    module: Any = import_module(f"benchmarks.{name}")
    title, _, about = str(module.__doc__).strip().partition("\n")
    return Result(name, title.rstrip("."), about.strip(), tuple(module.rows(bench)))


def show(result: Result, to: Console) -> None:
    """One benchmark as a table for a terminal."""
    table = Table(title=result.title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for title, right in HEADS:
        table.add_column(title, justify="right" if right else "left", no_wrap=title != "what")
    for row in result.rows:
        table.add_row(*cells(row), style="red" if row.holds is False else "")
    to.print(table)
    to.print()


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("names", nargs=-1, metavar="[NAME]...", type=click.Choice(NAMES))
@click.option(
    "--quick", is_flag=True, help="One run of something small: shows that it runs, not what it costs."
)
@click.option(
    "--record", "into", is_flag=True, help="Put those named into the record, in place of what it has."
)
def main(names: tuple[str, ...], quick: bool, into: bool) -> None:
    """Measure what cnncalc costs: all benchmarks, or those named. A run of all is recorded.

    Exit status: 0 if every target holds, 1 if one does not (never of --quick), 2 if a benchmark can't run.
    """
    console = Console()
    versions = environment()
    results = []
    try:
        with Bench(quick=quick) as bench:
            for name in names or NAMES:
                results.append(measure(bench, name))
                show(results[-1], console)
            versions["undisturbed"] = f"{bench.undisturbed:.0%} of the time was processor time"
    except Failed as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(2)
    console.print(f"Undisturbed: {versions['undisturbed']}.")
    record = Record(versions, tuple(results))
    if (into or not names) and not quick:
        write(from_json(RECORD.read_text(encoding="utf-8")).with_later(record) if names else record)
        console.print(f"Written: {RECORD.relative_to(ROOT)}, {PAGE.relative_to(ROOT)}")
    sys.exit(0 if record.holds or quick else 1)


if __name__ == "__main__":
    main()

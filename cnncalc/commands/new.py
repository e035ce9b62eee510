"""`cnncalc new`: a spec to start from."""

import sys
from typing import Any

import click

from cnncalc.commands._completion import complete_shipped
from cnncalc.commands._options import set_option_of
from cnncalc.commands._write_file import write_output
from cnncalc.program.streams import write_as


@click.command("new", short_help="A spec to start from, with comments.", epilog="""\b
Examples:
  cnncalc new > net.yaml
  cnncalc new "My network" -o net.yaml
  cnncalc new --like resnet50 -o net.yaml      a shipped one, to change
  cnncalc new --pattern 'INPUT 32x32x3 -> [CONV 32 -> RELU]*2 -> FC 10'
  cnncalc new --pattern '[[CONV -> RELU]*N -> POOL]*3 -> FC' --set N=2""")  # fmt: skip
@click.argument("name", metavar="[NAME]", required=False)
@click.option(
    "--like",
    metavar="SPEC",
    default=None,
    shell_complete=complete_shipped,
    help="Start from a shipped spec (`cnncalc specs` lists them).",
)
@click.option("--pattern", metavar="PATTERN", default=None, help="Start from a pattern, written as a spec.")
@set_option_of(
    "--set", "values", "With --pattern: the value of one of its letters or sizes; may be repeated."
)
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False), help="Write to a file, which must not be there."
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def command(
    name: str | None,
    like: str | None,
    pattern: str | None,
    values: dict[str, Any],
    output: str | None,
    force: bool,
) -> int:
    """A spec that is valid as it is, with comments that explain it. NAME is what the network is called.

    Its first line leads an editor to the schema of specs. Without -o it goes to standard output.
    """
    from cnncalc.commands._starter import copy, starter

    if force and output is None:
        raise click.UsageError("--force goes with -o.")
    if name is not None and not name.strip():
        raise click.BadParameter("a name has at least one letter", param_hint="NAME")
    if like is not None and pattern is not None:
        raise click.UsageError("--like and --pattern exclude each other.")
    if values and pattern is None:
        raise click.UsageError("--set goes with --pattern.")
    if pattern is not None:
        from cnncalc.commands._from_pattern import from_pattern

        text, ended = from_pattern(pattern, values, name)
        if text is None:
            return ended
    elif like is None:
        text = starter(name or "A small residual network")
        _point_to_shipped(name)
    else:
        _must_be_shipped(like)
        text = copy(like, name)
    if output is None:
        write_as("yaml")
        sys.stdout.write(text)
    else:
        _put(output, text, force)
        click.echo(f"wrote {output}; `cnncalc inspect {output}` shows the network", err=True)
    return 0


def _must_be_shipped(name: str) -> None:
    from cnncalc import zoo
    from cnncalc.spec.guessing import alike

    if zoo.path(name) is None:
        close = alike(name, zoo.names())
        hint = f"; there are {', '.join(close)}" if close else "; `cnncalc specs` lists them"
        raise click.BadParameter(f"there is no shipped spec {name!r}{hint}", param_hint="'--like'")


def _point_to_shipped(name: str | None) -> None:
    """A shipped spec's name as that of the network may be meant as --like."""
    from cnncalc import zoo

    if name is not None and zoo.path(name) is not None:
        click.echo(f"note: `cnncalc new --like {name}` starts from the shipped spec {name}", err=True)


def _put(path: str, text: str, force: bool) -> None:
    """Write the file. Another that is there, or comes meanwhile, stays as it is unless `force` is given."""
    try:
        write_output(path, [text], new=not force)
    except FileExistsError:
        raise click.ClickException(f"{path} is there already; --force writes over it") from None

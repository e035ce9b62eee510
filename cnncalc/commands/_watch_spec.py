"""`--watch` of a command about one spec: do it again whenever a file that the spec is made of changes."""

import sys
from collections.abc import Callable, Iterable
from time import sleep, time_ns

import click

from cnncalc.commands._watch import INTERVAL, Stamp, end_round, stamps, stamps_as_read


def watch_spec(reference: str, show: Callable[[], Iterable[str]]) -> int:
    """Show, wait for a change, for ever: Ctrl-C is the only end.

    `show` gives the files that it read. A usage error ends the first round, and later ones only interrupts.
    """
    files: list[str] = [reference]
    before: tuple[Stamp, ...] | None = None
    first = True
    while True:
        # Taken before the files are read: what changes meanwhile makes another round.
        began, stamped = time_ns(), stamps(files)
        if stamped != before:
            try:
                files = sorted({reference, *show()})
            except click.ClickException as error:
                if first:
                    raise
                error.show()
            first = False
            sys.stdout.flush()
            end_round()
            before = stamps_as_read(files, stamped, began)
        sleep(INTERVAL)

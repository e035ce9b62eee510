"""The progress of `verify`: a bar on standard error if that is a terminal, else nothing."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cnncalc.commands._terminal import ASKS_FOR_COLOUR, rich_console
from cnncalc.commands._verify_events import Advanced, At, Began, Event

if TYPE_CHECKING:
    from rich.progress import Progress


class Bars:
    """Shows nothing."""

    def network(self, name: str, total: int) -> None:
        """The next network begins, one of `total`."""

    def follow(self, event: Event) -> None:
        """The network is as far as this event says."""

    def done(self) -> None:
        """The network is done."""

    def pause(self) -> None:
        """Text will be written."""

    def resume(self) -> None:
        """Text has been written."""


class RichBars(Bars):
    """A bar for the network, and above it, where there are several, one for all of them."""

    def __init__(self, progress: "Progress") -> None:
        self._progress = progress
        self._whole: Any = None
        self._task: Any = None
        self._done = 0

    def network(self, name: str, total: int) -> None:
        if total > 1 and self._whole is None:
            self._whole = self._progress.add_task("verify", total=total, where="")
        self._task = self._progress.add_task(name, total=None, where="")

    def follow(self, event: Event) -> None:
        match event:
            case Began(_, weight):
                self._progress.update(self._task, total=weight)
            case At(where):
                self._progress.update(self._task, where=where.replace("`", ""))
            case Advanced(weight):
                self._progress.advance(self._task, weight)
        if self._whole is not None:
            task = self._progress.tasks[-1]
            # What follows the forward pass is the last of the work.
            part = 0.9 * task.completed / task.total if task.total else 0.0
            self._progress.update(self._whole, completed=self._done + part)

    def done(self) -> None:
        self._done += 1
        if self._whole is not None:
            self._progress.remove_task(self._task)
            self._progress.update(self._whole, completed=self._done)

    def pause(self) -> None:
        # A thread draws the bar.
        self._progress.stop()

    def resume(self) -> None:
        self._progress.start()


@contextmanager
def bars() -> Iterator[Bars]:
    """Bars, drawn as long as the context lasts."""
    if not (sys.stderr.isatty() or any(name in os.environ for name in ASKS_FOR_COLOUR)):
        yield Bars()
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    console = rich_console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[where]}", markup=False),
    )
    with Progress(
        *columns, console=console, transient=True, redirect_stdout=False, disable=not console.is_terminal
    ) as progress:
        yield RichBars(progress)


@contextmanager
def steps(of: str) -> Iterator[Callable[[str], None]]:
    """What is done now, drawn as long as the context lasts: nothing where standard error is no terminal."""
    if not sys.stderr.isatty():
        yield lambda step: None
        return
    console = rich_console(stderr=True)
    with console.status("") as status:

        def note_step(step: str) -> None:
            from rich.markup import escape

            status.update(escape(f"{of}: {step}"))

        yield note_step

"""A separate process in which PyTorch runs: how it is started and called, and what is reported if it dies.

PyTorch is loaded there and only there. A crash inside of it, or a kill, ends that process and nothing else.
"""

import copyreg
import gc
import os
import signal
import sys
import threading
from collections.abc import Callable
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from traceback import format_exception
from types import MappingProxyType
from typing import Any

import click

from cnncalc.commands._verify_events import At, RunFailed, Unfit, raise_failed
from cnncalc.record import NamedTuple

# The names of the signals of a crash, and the signal that Linux uses to end a process when memory runs out.
CRASHES = {
    "SIGSEGV": "segmentation fault",
    "SIGBUS": "bus error",
    "SIGILL": "illegal instruction",
    "SIGFPE": "arithmetic error",
}
KILLED = "SIGKILL"


def _mapping(items: dict[Any, Any]) -> "MappingProxyType[Any, Any]":
    return MappingProxyType(items)


# Graphs hold mappings that can't be changed, and are sent to a process that is not forked.
copyreg.pickle(MappingProxyType, lambda mapping: (_mapping, (dict(mapping),)))


class TorchProcess:
    """A process that runs `target(connection, *arguments)`; `connection` is the other end of that pipe."""

    def __init__(self, target: Callable[..., None], *arguments: Any) -> None:
        # A forked process has the spec and all that is imported already. Elsewhere than on Linux libraries of the
        # system may not be used in one.
        context = get_context("fork") if sys.platform == "linux" else get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=target, args=(theirs, *arguments), daemon=True)
        self._process.start()
        # The end of the process is noticed only if no other process has the other end of the pipe open.
        theirs.close()

    def kill(self) -> None:
        """End the process now, whatever it does; its connection stays open."""
        self._process.kill()

    def death(self, where: str, help: str) -> str:
        """Why the process ended, after it has closed its end of the connection."""
        self._process.join()
        code = self._process.exitcode or 0
        self.end()
        return death(code, where, help)

    def end(self) -> None:
        """End the process, if it has not ended."""
        self.connection.close()
        self._process.kill()
        self._process.join()


class _Answer(NamedTuple):
    """The value that a function returned."""

    value: Any


def alone(work: Callable[..., Any], *arguments: Any, name: str, help: str) -> Any:
    """The value of `work(note_step, *arguments)`, from a separate process. `note_step` is called with the name of
    what runs next.

    `help` says what to do if memory runs out. Raises `click.ClickException` for what this machine can't run and for a
    process that died, and `Broken` for an error of this program; both begin with the `name` of the network.
    """
    process, where = TorchProcess(_serve_one, work, arguments), ""
    try:
        while True:
            event = process.connection.recv()
            match event:
                case At(words):
                    where = words
                case RunFailed():
                    raise_failed(name, event)
                case _Answer(value):
                    return value
    except (EOFError, ConnectionError):
        raise click.ClickException(f"{name}: {process.death(where, help)}") from None
    finally:
        process.end()


def _serve_one(connection: Connection, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    prepare()
    try:
        connection.send(_Answer(work(lambda where: connection.send(At(where)), *arguments)))
    except Unfit as error:
        connection.send(RunFailed("", str(error)))
    except Exception as error:
        connection.send(broken("", error))


def broken(name: str, error: Exception) -> RunFailed:
    """An error of this program, with its traceback."""
    words = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return RunFailed(name, words, "".join(format_exception(error)))


def prepare() -> None:
    """Prepares a process for PyTorch."""
    # The parent process handles Ctrl-C, and ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if "torch" in sys.modules:
        from cnncalc.pytorch.devices import one_thread

        one_thread()
    # Models contain many reference cycles: without the collector the memory of all models would add up.
    gc.enable()


def _end_with_parent() -> None:
    if (parent := parent_process()) is not None:
        wait([parent.sentinel])
        os._exit(1)


def death(code: int, where: str, help: str) -> str:
    """Why a process ended, from its exit status (below 0: the signal), and what it was running."""
    place = f" at {where}" if where else ""
    if code >= 0:
        return f"the process that runs PyTorch ended with exit status {code}{place}"
    name = _signal(-code)
    if name == KILLED:
        return (
            f"the process that runs PyTorch was killed ({name}){place}: most likely the system ran out of memory; "
            f"{help}"
        )
    words = f" ({CRASHES[name]})" if name in CRASHES else ""
    return f"PyTorch crashed with {name}{words}{place}"


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"

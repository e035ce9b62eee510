"""Asking a process of its own to verify networks: what it answers, and what is said where it dies.

PyTorch is loaded there and only there, once for all networks. A crash inside of it, or a kill, ends that process and
nothing else; for the next network there is a new one.
"""

import copyreg
import signal
import sys
from collections.abc import Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from types import MappingProxyType, TracebackType
from typing import Any, Self

from cnncalc.commands._verifier import serve
from cnncalc.commands._verify_events import Advanced, At, Began, Event, Failed, VerifySettings
from cnncalc.graph import Graph

# What signals of a crash are called, and the one that Linux ends processes with where memory runs out.
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


class Verifier:
    """A process that verifies one network after another; as a context it ends with the context."""

    def __init__(self, settings: VerifySettings, graph: Graph | None = None) -> None:
        self._settings, self._graph = settings, graph
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        self.ready()
        return self

    def ready(self) -> None:
        """Have a process, before something is asked of it: forking goes wrong where a thread holds a lock just then."""
        if self._process is None:
            self._start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def answers(self, name: str) -> Iterator[Event]:
        """Have the network of this name verified: events as they come, the last of which is its outcome."""
        self.ready()
        assert self._connection is not None
        where, called = "", name
        try:
            self._connection.send(name)
            while True:
                event: Event = self._connection.recv()
                match event:
                    case Began(full, _):
                        called = full
                    case At(place):
                        where = place
                yield event
                if not isinstance(event, Began | At | Advanced):
                    return
        except (EOFError, ConnectionError):
            yield Failed(called, f"{called}: {self._death(where)}")

    def _start(self) -> None:
        # A forked process has the spec and all that is imported already. Elsewhere than on Linux libraries of the
        # system may not be used in one.
        context = get_context("fork") if sys.platform == "linux" else get_context("spawn")
        ours, theirs = context.Pipe()
        graph, self._graph = self._graph, None
        arguments = (theirs, self._settings, graph)
        self._process = context.Process(target=serve, args=arguments, daemon=True)
        self._process.start()
        # Only where no one else holds the other end, its end is noticed.
        theirs.close()
        self._connection = ours

    def _death(self, where: str) -> str:
        assert self._process is not None
        self._process.join()
        code = self._process.exitcode or 0
        self._end()
        return death(code, where)

    def _end(self) -> None:
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()
        self._process = self._connection = None


def death(code: int, where: str) -> str:
    """What a process died of, by its exit status (below 0: the signal), and at what."""
    place = f" at {where}" if where else ""
    if code >= 0:
        return f"the process that runs PyTorch ended with exit status {code}{place}"
    name = _signal(-code)
    if name == KILLED:
        return (
            f"the process that runs PyTorch was killed ({name}){place}: most likely the system ran out of memory; "
            "use a smaller --batch, or --meta"
        )
    words = f" ({CRASHES[name]})" if name in CRASHES else ""
    return f"PyTorch crashed with {name}{words}{place}"


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"

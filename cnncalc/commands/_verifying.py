"""Asking a process of its own to verify networks: once started, it is asked for one after another.

If it dies there is a new one for the next network.
"""

from collections.abc import Iterator
from types import TracebackType
from typing import Self

from cnncalc.commands._torch_process import TorchProcess
from cnncalc.commands._verifier import LESS_MEMORY, serve
from cnncalc.commands._verify_events import Advanced, At, Began, Event, RunFailed, VerifySettings
from cnncalc.graph import Graph


class Verifier:
    """A process that verifies one network after another; as a context it ends with the context."""

    def __init__(self, settings: VerifySettings, graph: Graph | None = None) -> None:
        self._settings, self._graph = settings, graph
        self._process: TorchProcess | None = None

    def __enter__(self) -> Self:
        self.ready()
        return self

    def ready(self) -> None:
        """Have a process, before something is asked of it: forking goes wrong where a thread holds a lock just then."""
        if self._process is None:
            graph, self._graph = self._graph, None
            self._process = TorchProcess(serve, self._settings, graph)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.end()
        self._process = None

    def answers(self, name: str) -> Iterator[Event]:
        """Have the network of this name verified: events as they come, the last of which is its outcome."""
        self.ready()
        assert self._process is not None
        where, called, connection = "", name, self._process.connection
        try:
            connection.send(name)
            while True:
                event: Event = connection.recv()
                match event:
                    case Began(full, _):
                        called = full
                    case At(place):
                        where = place
                yield event
                if not isinstance(event, Began | At | Advanced):
                    return
        except (EOFError, ConnectionError):
            words = self._process.death(where, LESS_MEMORY)
            self._process = None
            yield RunFailed(called, f"{called}: {words}")

"""Work spread over forked processes. One that dies loses nothing but what it was at, and is never waited for."""

import os
import pickle
import select
import signal
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple, NoReturn

# The bytes of a message's length, which comes before the message, and of a task: the number of a part of the work.
WORD = 8
# Bytes that are read from a process at a time.
PIECE = 1 << 20


class Died(NamedTuple):
    """In place of an answer: how the process that was at it ended."""

    how: str


class _Raised(NamedTuple):
    error: Exception


class _Worker:
    """One process: it is given the numbers of parts, one at a time, and sends back their answers."""

    def __init__(self, pid: int, tasks: int, answers: int) -> None:
        self.pid, self.tasks, self.answers = pid, tasks, answers
        self.part: int | None = None
        self.received = bytearray()

    def give(self, part: int) -> None:
        self.part = part
        # One that is dead is noticed where its answer is read.
        with suppress(BrokenPipeError):
            os.write(self.tasks, part.to_bytes(WORD))

    def answer(self) -> bytes | None:
        """The message, if all of it is here."""
        size = int.from_bytes(self.received[:WORD])
        if len(self.received) < WORD or len(self.received) < WORD + size:
            return None
        data = bytes(self.received[WORD : WORD + size])
        self.received.clear()
        return data

    def end(self) -> str:
        """Reap it, alive or dead, and say how it ended."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        os.close(self.tasks)
        os.close(self.answers)
        _, status = os.waitpid(self.pid, 0)
        if os.WIFSIGNALED(status):
            number = os.WTERMSIG(status)
            known = number in set(signal.Signals)
            return f"was killed by {signal.Signals(number).name if known else f'signal {number}'}"
        return f"ended with status {os.WEXITSTATUS(status)}"


def spread(work: Callable[[int], Any], parts: int, processes: int) -> Iterator[tuple[int, Any]]:
    """The answer of `work` for each part, as they come: of several parts in any order.

    What `work` raises is raised here. Where not one process can be started this one does what is left.
    """
    waiting = deque(range(parts))
    workers: dict[int, _Worker] = {}
    poll = select.poll()

    def start() -> None:
        worker = _started(work, workers) if waiting else None
        if worker is not None:
            poll.register(worker.answers, select.POLLIN)
            worker.give(waiting.popleft())

    def end(worker: _Worker) -> str:
        del workers[worker.answers]
        # An interrupt may come when it has been started, and before it is registered.
        with suppress(KeyError):
            poll.unregister(worker.answers)
        return worker.end()

    try:
        for _ in range(processes):
            start()
        while workers:
            for number, _ in poll.poll():
                worker = workers[number]
                received = os.read(number, PIECE)
                worker.received += received
                if not received:
                    part = worker.part
                    how = end(worker)
                    start()
                    if part is not None:
                        yield part, Died(how)
                elif (message := worker.answer()) is not None:
                    part = worker.part
                    assert part is not None
                    if waiting:
                        worker.give(waiting.popleft())
                    else:
                        worker.part = None
                        end(worker)
                    answer = pickle.loads(message)
                    if isinstance(answer, _Raised):
                        raise answer.error
                    yield part, answer
        while waiting:
            part = waiting.popleft()
            yield part, work(part)
    finally:
        for worker in list(workers.values()):
            end(worker)


def _started(work: Callable[[int], Any], workers: dict[int, _Worker]) -> _Worker | None:
    """One more of the `workers`; None where the system has no process, or no descriptors, to give."""
    numbers: list[int] = []
    # A terminal sends Ctrl-C to every process. It is kept from the new one, which never gets it, and from this one
    # until it knows the new one, so that it can end it.
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT,))
    try:
        numbers += os.pipe()
        numbers += os.pipe()
        get_task, tasks, answers, put_answer = numbers
        pid = os.fork()
        if pid == 0:
            # A process ends when the other ends of its pipes are closed: no other process may keep them open.
            others = [number for worker in workers.values() for number in (worker.tasks, worker.answers)]
            _serve(work, get_task, put_answer, [tasks, answers, *others])
        worker = workers[answers] = _Worker(pid, tasks, answers)
        os.close(get_task)
        os.close(put_answer)
        return worker
    except OSError:
        for number in numbers:
            os.close(number)
        return None
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT,))


def _serve(work: Callable[[int], Any], tasks: int, answers: int, others: list[int]) -> NoReturn:
    """The life of a process: until there are no more tasks, or nobody who wants the answers."""
    status = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        for number in others:
            os.close(number)
        while len(task := os.read(tasks, WORD)) == WORD:
            answer: Any
            try:
                answer = work(int.from_bytes(task))
            except Exception as error:
                answer = _Raised(error)
            data = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
            message = memoryview(len(data).to_bytes(WORD) + data)
            while message:
                message = message[os.write(answers, message) :]
        status = 0
    finally:
        # Not `sys.exit`: what this program has not written yet is for its first process to write.
        os._exit(status)

"""Runs the commands that it reads from standard input, and answers with the figures of each.

Run as a script, never imported.

It stays as small as Python can be (`-I -S`, no imports that can be spared), because Linux counts the peak memory of
a process from before its `exec`: whatever forks a command lends it its own size as the least that can be measured.

A line in: how many cores to run on (0 for all), files for output and errors, the command; separated by NUL.
A line out: the exit status, seconds from fork to end, seconds of processor time, peak memory as the system counts it.
Processor time is that of the command and the workers it waited for; peak memory the largest of any one of them.
"""

import os
import sys
from time import perf_counter

QUIET = os.open(os.devnull, os.O_RDONLY)


def redirected(name: str, to: int) -> None:
    """Write what goes to a file descriptor into a file."""
    file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(file, to)
    os.close(file)


def become(cores: int, output: str, errors: str, command: list[str]) -> None:
    """In the child: turn into the command."""
    try:
        os.dup2(QUIET, 0)
        redirected(output, 1)
        redirected(errors, 2)
        if cores:
            os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
        os.execvp(command[0], command)
    finally:
        os._exit(127)


for line in sys.stdin:
    cpus, output, errors, *command = line.rstrip("\n").split("\0")
    start = perf_counter()
    child = os.fork()
    if child == 0:
        become(int(cpus), output, errors, command)
    _, status, used = os.wait4(child, 0)
    wall = perf_counter() - start
    print(os.waitstatus_to_exitcode(status), wall, used.ru_utime + used.ru_stime, used.ru_maxrss, flush=True)

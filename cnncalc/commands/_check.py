"""Checking many specs: each by itself, in several processes where that pays."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cnncalc.analysis import Analysis
from cnncalc.api import findings
from cnncalc.commands._run import build_graph
from cnncalc.diagnostic import Diagnostic, Severity
from cnncalc.spec import Spec, read_spec
from cnncalc.text import Source, from_bytes, read
from cnncalc.text.source import LIMIT

# Files from which on the start of another process costs less than it saves, and the most that one is given at a
# time (measured: benchmarks/validate.py).
PARALLEL, CHUNK = 32, 16


@dataclass
class Outcome:
    """What came of checking: counts, diagnostics in order, and the texts they point into."""

    files: int = 0
    nodes: int = 0
    not_checked: int = 0
    diagnostics: list[Diagnostic] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(
            self.files + other.files,
            self.nodes + other.nodes,
            self.not_checked + other.not_checked,
            self.diagnostics + other.diagnostics,
            {**self.sources, **other.sources},
        )

    def summary(self, not_specs: int) -> str:
        """`checked 23 specs, 4,812 layers: 2 errors; 12 layers not checked`."""
        counts = [
            counted(sum(item.severity is severity for item in self.diagnostics), word)
            for severity, word in (
                (Severity.ERROR, "error"),
                (Severity.WARNING, "warning"),
                (Severity.INFO, "note"),
            )
            if any(item.severity is severity for item in self.diagnostics)
        ]
        text = f"checked {counted(self.files, 'spec')}, {counted(self.nodes, 'layer')}: "
        text += ", ".join(counts) or "all clean"
        if self.not_checked:
            text += f"; {counted(self.not_checked, 'layer')} not checked, behind a fault"
        if not_specs:
            text += f"; {counted(not_specs, 'YAML file')} without the key `cnncalc` skipped"
        return text


def counted(number: int, word: str) -> str:
    """`1 spec`, `1,024 specs`."""
    return f"{number:,} {word}" + ("" if number == 1 else "s")


def check_spec(spec: Spec, options: Mapping[str, Any]) -> Outcome:
    """One spec; where training and inference differ, both networks."""
    modes = ("inference", "training") if spec.two_modes else (options["mode"],)
    told: dict[Any, Diagnostic] = {}
    nodes = not_checked = 0
    for mode in modes:
        graph = build_graph(spec, **{**options, "mode": mode})
        nodes, not_checked = max(nodes, len(graph.layers)), max(not_checked, graph.not_checked)
        for item in findings(Analysis(graph)):
            told.setdefault((item.code, item.span), item)
    found = sorted(told.values(), key=lambda item: item.order)
    sources = dict(spec.sources) if found else {}
    return Outcome(1, nodes, not_checked, found, sources)


def check_file(path: Path, options: Mapping[str, Any]) -> Outcome:
    """One file."""
    return check_spec(read_spec(*read(path)), options)


def check_stdin(options: Mapping[str, Any]) -> Outcome:
    """What is on standard input."""
    return check_spec(read_spec(*from_bytes(sys.stdin.buffer.read(LIMIT + 1), "<stdin>")), options)


def _check_chunk(work: tuple[list[Path], Mapping[str, Any]]) -> Outcome:
    paths, options = work
    outcome = Outcome()
    for path in paths:
        outcome = _joined(outcome, check_file(path, options))
    return outcome


def _joined(one: Outcome, other: Outcome) -> Outcome:
    """`one` grown by `other`, in place: adding many by `+` would copy what is there each time."""
    one.files += other.files
    one.nodes += other.nodes
    one.not_checked += other.not_checked
    one.diagnostics += other.diagnostics
    one.sources.update(other.sources)
    return one


def check_files(paths: list[Path], options: Mapping[str, Any]) -> Outcome:
    """Every file, in the order given."""
    processes = _processes(len(paths))
    if processes < 2:
        return _check_chunk((paths, options))
    from multiprocessing import get_context
    from signal import SIG_BLOCK, SIG_UNBLOCK, SIGINT, pthread_sigmask

    size = max(1, min(CHUNK, len(paths) // (2 * processes)))
    chunks = [(paths[at : at + size], options) for at in range(0, len(paths), size)]
    outcome = Outcome()
    # A terminal sends Ctrl-C to every process. It is kept from the workers, which take over what is blocked here, and
    # from this one until it knows them all: a worker it has forgotten would stay behind.
    pthread_sigmask(SIG_BLOCK, (SIGINT,))
    try:
        # A forked worker has all that is imported already: it starts in milliseconds.
        workers = get_context("fork").Pool(processes)
    finally:
        pthread_sigmask(SIG_UNBLOCK, (SIGINT,))
    with workers:
        for part in workers.imap(_check_chunk, chunks):
            outcome = _joined(outcome, part)
    return outcome


def _processes(files: int) -> int:
    """How many processes to use: one for few files, and where forking is not to be had."""
    import os

    if files < PARALLEL or sys.platform in ("win32", "darwin"):
        return 1
    return min(len(os.sched_getaffinity(0)), files // CHUNK)

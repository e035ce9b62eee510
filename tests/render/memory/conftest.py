"""A memory report of a spec's text in one format."""

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

import cnncalc
from cnncalc.memory import BACKENDS, Setup
from cnncalc.memory.device import GPU, gpu_named
from cnncalc.memory.report import MemoryReport, figures
from cnncalc.render.formats import format_of
from cnncalc.render.memory import MemoryPage

Rendered: TypeAlias = Callable[..., str]


@pytest.fixture(scope="session")
def rendered() -> Rendered:
    def rendered(
        text: str,
        format: str,
        *,
        mode: str = "inference",
        batch: int = 1,
        backend: str = "cuda",
        gpu: str | None = None,
        width: int = 80,
        ascii: bool = False,
        layers: bool = False,
        **options: Any,
    ) -> str:
        graph = cnncalc.load(text, mode=mode)
        diagnostics = cnncalc.findings(cnncalc.analyse(graph))
        book = None
        if graph.whole:
            estimate = cnncalc.estimate(graph, Setup(backend=BACKENDS[backend], **options))
            book = figures(estimate, batch)
        known = gpu_named(gpu) if gpu else None
        assert known is None or isinstance(known, GPU)
        report = MemoryReport(graph, batch, book, diagnostics, known)
        return "".join(format_of(format).memory(report, MemoryPage(width, ascii, layers)))

    return rendered

"""A report of a spec's text in one format."""

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

import cnncalc
from cnncalc.analysis.summary import sentences
from cnncalc.render.formats import format_of
from cnncalc.render.report import ReportPage
from cnncalc.report import Report

Rendered: TypeAlias = Callable[..., str]


@pytest.fixture(scope="session")
def rendered() -> Rendered:
    def rendered(
        text: str,
        format: str,
        *,
        width: int | None = None,
        columns: tuple[str, ...] | None = None,
        bars: bool = False,
        **options: Any,
    ) -> str:
        analysis = cnncalc.analyse(cnncalc.load(text))
        report = Report(analysis, cnncalc.findings(analysis), sentences=tuple(sentences(analysis)), **options)
        return "".join(format_of(format).report(report, ReportPage(width, columns, bars)))

    return rendered

"""Properties that hold for every text: what the fuzz tests check."""

import json
import re
import time
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from cnncalc.analysis import Analysis
from cnncalc.analysis.summary import sentences
from cnncalc.api import findings
from cnncalc.commands._run import status
from cnncalc.describe import faults
from cnncalc.diagnostic import Diagnostic, Severity, Span, edited
from cnncalc.graph import Graph, build
from cnncalc.render.expansion import expansion
from cnncalc.render.explanation import explanation
from cnncalc.render.findings import Findings
from cnncalc.render.formats import format_of, names
from cnncalc.render.report import ReportPage
from cnncalc.report import Report
from cnncalc.spec import Spec, read_spec
from cnncalc.text import Mapping, Node, Scalar, Source, from_bytes, load

NAME = "fuzz.yaml"
# A case takes milliseconds; this much CPU time is a hang, however busy the machine is.
HANG = 120.0
# Layers at most: those of the largest network of the zoo.
MAX_NODES = 2000
# Control characters of a terminal.
UNSAFE = re.compile("[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# Characters of a message at most: it is one fact.
LONG = 1000
# Fixes tried, of one case: each is a case of its own.
FIXES = 6

# The seconds of the slowest cases, for those who look.
slowest: list[tuple[float, str]] = []


def hold(data: bytes, folder: Path | None = None) -> None:
    """Read, build, analyse and render a spec (of a folder) in every way, and check all promises."""
    start = time.process_time()
    spec = _read(data, folder)
    source = spec.sources.get(NAME)
    for mode in ("inference", "training"):
        _hold_mode(spec, mode, folder)
    took = time.process_time() - start
    slowest.append((took, data.decode("utf-8", "replace")))
    slowest.sort(reverse=True)
    del slowest[10:]
    assert took < HANG, f"took {took:.1f} s of CPU time"
    if source is not None and not source.refused:
        _hold_parsers(source)


def _read(data: bytes, folder: Path | None) -> Spec:
    path = None if folder is None else str(folder / NAME)
    return read_spec(*from_bytes(data, NAME, path))


def _hold_mode(spec: Spec, mode: str, folder: Path | None) -> None:
    analysis = analysed(spec, mode)
    graph, diagnostics = analysis.graph, findings(analysis)
    failed = any(item.severity is Severity.ERROR for item in diagnostics)
    _hold_diagnostics(graph, diagnostics)
    _hold_fixes(graph, diagnostics, mode, folder)
    _hold_renderings(analysis, diagnostics)
    assert (status(diagnostics) == 0) == all(item.severity is Severity.INFO for item in diagnostics)
    again = analysed(spec, mode)
    assert findings(again) == diagnostics, "the same spec has other findings the second time"
    assert again.totals == analysis.totals
    if failed:
        return
    assert graph.layers, "a spec without a layer and without a word"
    assert graph.outputs, "no output and no word"
    assert not graph.not_checked
    unknown = [node.name for node in graph.nodes if node.shape is None]
    assert not unknown, f"unknown and no word: {unknown}"
    _hold_figures(analysis, diagnostics)
    _hold_expansion(analysis, mode)


def analysed(spec: Spec, mode: str) -> Analysis:
    return Analysis(build(spec, mode=mode, max_nodes=MAX_NODES))


def _hold_diagnostics(graph: Graph, diagnostics: Iterable[Diagnostic]) -> None:
    """Known codes, places in the text, words that can be shown, nothing twice."""
    for item in diagnostics:
        assert faults().get(item.code) == item.fault, item
        _hold_place(item.span, graph)
        for note in item.notes:
            if note.span is not None:
                _hold_place(note.span, graph)
        words = [item.message, item.help or "", *(note.text for note in item.notes)]
        for text in (*words, *(fix.text for fix in item.fixes)):
            assert not UNSAFE.search(text), f"a terminal may obey this: {text!r}"
            assert "\n" not in text
            assert len(text) < LONG, f"{len(text)} characters: {text[:200]}"
    twice = [
        key for key, count in Counter((item.code, item.span) for item in diagnostics).items() if count > 1
    ]
    assert not twice, f"reported twice: {twice}"


def _hold_place(span: Span, graph: Graph) -> None:
    source = graph.sources.get(span.file)
    if source is None:
        assert span == Span(span.file, 1, 1, 1, 1), span
        return
    lines = source.text.split("\n")
    assert 1 <= span.line <= span.end_line <= len(lines) + 1, (span, len(lines))
    assert (span.line, span.column) <= (span.end_line, span.end_column), span
    assert 1 <= span.column <= len(source.line(span.line)) + 1, (span, source.line(span.line))
    # A carriage return is one more character at the end of its line, which is read without it.
    assert 1 <= span.end_column <= len(source.line(span.end_line)) + 2, (span, source.line(span.end_line))


def _hold_fixes(graph: Graph, diagnostics: Iterable[Diagnostic], mode: str, folder: Path | None) -> None:
    """Every fix makes its diagnostic go away and leaves YAML."""
    source = graph.sources.get(NAME)
    if source is None:
        return
    before = {diagnostic.code for diagnostic in diagnostics}
    for item, fix in islice(
        ((diagnostic, fix) for diagnostic in diagnostics for fix in diagnostic.fixes), FIXES
    ):
        if any(edit.span.file != NAME for edit in fix.edits):
            continue
        text = edited(source.text, fix)
        after = findings(analysed(_read(text.encode(), folder), mode))
        others = {(other.code, other.message) for other in diagnostics if other is not item}
        place = (item.code, item.span.start)
        left = [
            other
            for other in after
            if (other.code, other.span.start) == place and (other.code, other.message) not in others
        ]
        assert not left, (
            f"{item.code}: `{fix.text}` leaves {left[0].message!r} instead of {item.message!r}:\n{text}"
        )
        broken = {other.code for other in after if other.code in ("Y005", "Y006", "Y020")} - before
        assert not broken, f"{item.code}: after `{fix.text}` it is no YAML:\n{text}"


def _hold_renderings(analysis: Analysis, diagnostics: tuple[Diagnostic, ...]) -> None:
    graph = analysis.graph
    for format in names("findings"):
        text = "".join(format_of(format).findings(Findings(diagnostics, graph.sources)))
        assert not UNSAFE.search(text), UNSAFE.search(text)
        if format == "json":
            assert len(json.loads(text)["diagnostics"]) == len(diagnostics)
    report = Report(analysis, diagnostics, True, None, None, tuple(sentences(analysis)))
    for format in names("report"):
        for given, page in ((report, ReportPage()), (report._replace(depth=0, sort="macs"), ReportPage(80))):
            text = "".join(format_of(format).report(given, page))
            if format == "json":
                assert json.loads(text)["version"] == 1
            assert not UNSAFE.search(text), UNSAFE.search(text)
    for node in {id(node): node for node in (*graph.nodes[:2], *graph.nodes[-2:])}.values():
        assert not UNSAFE.search("".join(explanation(analysis, node)))


def _hold_figures(analysis: Analysis, diagnostics: tuple[Diagnostic, ...]) -> None:
    """All known, and the rows come to the totals however they are folded."""
    totals = analysis.totals
    expected = (totals.params, totals.weights, totals.macs, totals.activations)
    assert None not in expected
    for fold, depth in ((False, None), (True, None), (True, 0), (True, 1)):
        rows = list(Report(analysis, diagnostics, fold, depth).rows())
        sums = [
            sum(value for value in values if value is not None)
            for values in zip(
                *((row.params, row.weights, row.macs, row.activations) for row in rows), strict=True
            )
        ]
        assert all(row.output is not None for row in rows)
        assert tuple(sums) == expected, f"rows of fold={fold}, depth={depth} come to {sums}, not {expected}"


def _hold_expansion(analysis: Analysis, mode: str) -> None:
    """Written out it is the same network."""
    graph = analysis.graph
    text = "".join(expansion(graph))
    other = analysed(read_spec(*from_bytes(text.encode(), "expanded.yaml")), mode)
    # Of a spec with two modes one is written out, which is then a network of its own: rules look at it in the same.
    spec = other.graph.spec._replace(two_modes=graph.spec.two_modes)
    compared = Analysis(other.graph.with_(spec=spec))
    errors = [item for item in findings(compared) if item.severity is Severity.ERROR]
    assert not errors, f"expanded: {errors[0].code} {errors[0].message}\n{text}"
    assert other.totals == analysis.totals, f"{other.totals}\n{analysis.totals}\n{text}"
    assert [(node.name, node.kind, node.shape) for node in other.graph.nodes] == [
        (node.name, node.kind, node.shape) for node in graph.nodes
    ], text
    assert other.receptive_fields == analysis.receptive_fields
    assert other.graph.outputs == graph.outputs


def _hold_parsers(source: Source) -> None:
    """libyaml and PyYAML's own parser read the same tree, or report the same errors."""
    if len(source.text) > 5000:
        return
    fast, slow = load(source), load(source, pure=True)
    assert fast[1] == slow[1], f"reported by libyaml: {fast[1]}\nby PyYAML: {slow[1]}"
    assert _plain(fast[0]) == _plain(slow[0])


def _plain(node: Node | None) -> object:
    """A tree as tuples."""
    if node is None:
        return None
    if isinstance(node, Scalar):
        return node.span, node.value, node.raw, node.plain
    if isinstance(node, Mapping):
        return node.span, tuple((_plain(entry.key), _plain(entry.value)) for entry in node)
    return node.span, tuple(_plain(item) for item in node)

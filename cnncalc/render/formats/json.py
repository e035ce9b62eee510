"""JSON for programs. It only grows: no key is renamed or removed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from cnncalc.render.formats import Format

if TYPE_CHECKING:
    from cnncalc.analysis import Analysis, Fieldwork
    from cnncalc.analysis.layer_facts import Place
    from cnncalc.comparison import Comparison, Verdict
    from cnncalc.diagnostic import DiagnosticKind
    from cnncalc.graph import BlockUse, Node
    from cnncalc.layers import Problem
    from cnncalc.memory.advice import Answer
    from cnncalc.memory.device import GPU
    from cnncalc.memory.report import AsTaught, MemoryReport
    from cnncalc.pytorch.carried import RewriteCheck
    from cnncalc.render.comparison import ComparisonPage
    from cnncalc.render.findings import Findings
    from cnncalc.render.formulas import FormulaPage
    from cnncalc.render.halvings import HalvingsReport
    from cnncalc.render.layer_facts import LayerPage
    from cnncalc.render.memory import MemoryPage
    from cnncalc.render.report import ReportPage
    from cnncalc.render.rules import RuleEntry
    from cnncalc.render.sizes import SizesReport
    from cnncalc.render.sliding import SlideReport
    from cnncalc.render.specs import ListedSpec, SpecsPage
    from cnncalc.render.verification import Verified
    from cnncalc.report import Report
    from cnncalc.shape import Window


class JSON(Format):
    """Renders every kind of report. The keys of each are defined in `cnncalc.render`, next to its text."""

    escapes = "json"
    ends = (".json",)
    holds_diagnostics = True
    holds_fixes = True

    def findings(self, findings: "Findings") -> Iterator[str]:
        from cnncalc.render.findings.json import render

        return render(findings)

    def statistics(self, findings: "Findings") -> Iterator[str]:
        from cnncalc.render.findings.statistics import json_text

        return json_text(findings)

    def report(self, report: "Report", page: "ReportPage") -> Iterator[str]:
        from cnncalc.render.report.json import render

        return render(report, page)

    def memory(self, report: "MemoryReport", page: "MemoryPage") -> Iterator[str]:
        from cnncalc.render.memory.json import render

        return render(report, page)

    def as_taught(self, report: "AsTaught", width: int | None) -> Iterator[str]:
        from cnncalc.render.taught.json import render

        yield render(report)

    def fit(self, answer: "Answer", width: int | None) -> Iterator[str]:
        from cnncalc.render.fit.json import render

        yield render(answer) + "\n"

    def comparison(
        self, comparison: "Comparison", verdicts: "Sequence[Verdict]", page: "ComparisonPage"
    ) -> Iterator[str]:
        from cnncalc.render.comparison.json import render

        return render(comparison, verdicts, page)

    def network(
        self, analysis: "Analysis", blocks: "Mapping[str, BlockUse]", width: int | None
    ) -> Iterator[str]:
        from cnncalc.render.outline_json import names

        yield names(analysis, blocks) + "\n"

    def layer(
        self, analysis: "Analysis", node: "Node", places: "Sequence[Place]", width: int | None
    ) -> Iterator[str]:
        from cnncalc.render.outline_json import layer

        yield layer(analysis, node, places) + "\n"

    def layer_facts(self, page: "LayerPage") -> Iterator[str]:
        from cnncalc.render.layer_facts.json import render

        yield render(page) + "\n"

    def formulas(self, page: "FormulaPage") -> Iterator[str]:
        from cnncalc.render.formulas.json import render

        yield render(page) + "\n"

    def block(self, analysis: "Analysis", use: "BlockUse", width: int | None) -> Iterator[str]:
        from cnncalc.render.outline_json import block

        yield block(analysis, use) + "\n"

    def field(
        self, analysis: "Analysis", node: "Node", source: "Node", work: "Fieldwork", width: int | None
    ) -> Iterator[str]:
        from cnncalc.render.outline_json import field

        yield field(analysis, node, source, work) + "\n"

    def diagnostic(self, kind: "DiagnosticKind", page: str, width: int | None) -> Iterator[str]:
        from cnncalc.render.json_text import dumped, page_url

        content = {
            "version": 1,
            "explains": "diagnostic",
            "code": kind.code,
            "name": kind.name,
            "severity": kind.severity.word,
            "finds": kind.what,
            "why": kind.why,
            "page": page,
            "url": page_url(kind.code),
        }
        yield dumped(content) + "\n"

    def verification(self, verified: "Verified", width: int | None) -> Iterator[str]:
        from cnncalc.render.json_text import dumped
        from cnncalc.render.verification import asdict

        yield dumped({"version": 1, **asdict(verified)}) + "\n"

    def verifications(self, verified: "Iterable[Verified]", width: int | None) -> Iterator[str]:
        from cnncalc.render.json_text import dumped
        from cnncalc.render.verification import asdict

        specs = list(map(asdict, verified))
        content = {"version": 1, "ok": all(spec["ok"] for spec in specs), "specs": specs}
        yield dumped(content) + "\n"

    def sizes(self, sizes: "SizesReport", width: int | None) -> Iterator[str]:
        from cnncalc.render.sizes import json_text

        yield json_text(sizes) + "\n"

    def halvings(self, report: "HalvingsReport", width: int | None) -> Iterator[str]:
        from cnncalc.render.halvings import json_text

        yield json_text(report) + "\n"

    def rewritten(self, checks: "Sequence[RewriteCheck]", width: int | None) -> Iterator[str]:
        from cnncalc.render.rewritten import json_text

        yield json_text(checks) + "\n"

    def slide(self, slide: "SlideReport", width: int | None) -> Iterator[str]:
        from cnncalc.render.sliding import json_text

        yield json_text(slide) + "\n"

    def window(
        self, window: "Window", problems: "Sequence[Problem]", strict: bool, width: int | None
    ) -> Iterator[str]:
        from cnncalc.render.window import json_text

        yield json_text(window, problems) + "\n"

    def gpus(self, gpus: "Sequence[GPU]", width: int | None) -> Iterator[str]:
        from cnncalc.render.gpus import json_text

        yield json_text(gpus) + "\n"

    def rules(self, rules: "Sequence[RuleEntry]", width: int | None) -> Iterator[str]:
        from cnncalc.render.rules import json_text

        yield json_text(rules) + "\n"

    def specs(self, specs: "Sequence[ListedSpec]", page: "SpecsPage") -> Iterator[str]:
        from cnncalc.render.specs import json_text

        yield json_text(specs, page) + "\n"

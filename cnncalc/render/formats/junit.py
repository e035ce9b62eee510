"""Diagnostics as JUnit's XML, which most CI systems take for the result of a test run.

Each file is a test suite and each diagnostic a test case in it. Errors and warnings have failed; notes have passed,
and say what they say as output.
"""

from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as xml

from cnncalc.diagnostic import Diagnostic, Severity
from cnncalc.render.findings import Findings
from cnncalc.render.formats import Format
from cnncalc.render.places import line, page, path, text_lines

PROGRAM = "cnncalc"


class JUnit(Format):
    """Renders findings."""

    escapes = "xml"

    def findings(self, findings: Findings) -> Iterator[str]:
        """One document. Without findings it has one test, which passed: some readers refuse an empty report."""
        by_file: dict[str, list[Diagnostic]] = {}
        for item in findings.diagnostics:
            by_file.setdefault(path(item.span.file), []).append(item)
        root = xml.Element("testsuites", {"name": PROGRAM, **_counts(findings.diagnostics)})
        for file, of_file in by_file.items():
            suite = xml.SubElement(root, "testsuite", {"name": line(file), **_counts(of_file)})
            for item in of_file:
                _case(suite, file, item)
        if not findings.diagnostics:
            suite = xml.SubElement(root, "testsuite", {"name": PROGRAM, **_counts(())})
            xml.SubElement(suite, "testcase", name="no findings", classname=PROGRAM, time="0")
        xml.indent(root)
        yield '<?xml version="1.0" encoding="utf-8"?>\n'
        yield xml.tostring(root, encoding="unicode") + "\n"


def _counts(diagnostics: Sequence[Diagnostic]) -> dict[str, str]:
    failed = sum(item.severity > Severity.INFO for item in diagnostics)
    return {"tests": str(max(1, len(diagnostics))), "failures": str(failed), "errors": "0", "time": "0"}


def _case(suite: xml.Element, file: str, item: Diagnostic) -> None:
    span = item.span
    name = f"{item.code} {item.name} at {span.line}:{span.column}"
    case = xml.SubElement(suite, "testcase", name=name, classname=line(file), time="0")
    case.set("file", line(file))
    case.set("line", str(span.line))
    text = "\n".join([f"{line(file)}:{span.line}:{span.column}", *text_lines(item), page(item)])
    if item.severity > Severity.INFO:
        failure = xml.SubElement(case, "failure", message=line(item.message), type=item.severity.word)
        failure.text = text
    else:
        xml.SubElement(case, "system-out").text = text

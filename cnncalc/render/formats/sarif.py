"""Diagnostics as SARIF 2.1.0, for code scanning: rules, results, the fixes that go with them.

Source: OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0, errata 01.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from cnncalc import __version__
from cnncalc.diagnostic import Diagnostic, DiagnosticKind, Edit, Fix, Note, Severity, Span
from cnncalc.render.findings import Findings
from cnncalc.render.formats import Format
from cnncalc.render.json_text import dumped
from cnncalc.render.places import Columns, fingerprints, page, path, text_lines

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
HOME = "https://github.com/cnncalc/cnncalc"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
# Relative addresses begin at the root of what was checked; where that is, its reader knows.
ROOT = "%SRCROOT%"
# What a result is known by from one run to the next, with the version of how the word is made.
FINGERPRINT = "cnncalcFinding/v1"


class SARIF(Format):
    """Renders findings."""

    escapes = "json"
    holds_fixes = True

    def findings(self, findings: Findings) -> Iterator[str]:
        """One log with one run."""
        first = {item.code: item for item in findings.diagnostics}
        rules = {code: index for index, code in enumerate(sorted(first))}
        words, columns = fingerprints(findings.diagnostics, findings.sources), Columns(findings.sources)
        run = {
            "tool": {
                "driver": {
                    "name": "cnncalc",
                    "version": __version__,
                    "semanticVersion": __version__,
                    "informationUri": HOME,
                    "rules": [_rule(first[code]) for code in rules],
                }
            },
            "columnKind": "utf16CodeUnits",
            "originalUriBaseIds": {ROOT: {"description": {"text": "The folder in which cnncalc was run."}}},
            "results": [
                _result(item, rules[item.code], word, columns)
                for item, word in zip(findings.diagnostics, words, strict=True)
            ],
        }
        yield dumped({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}) + "\n"


def _rule(item: Diagnostic) -> dict[str, Any]:
    """What holds for every diagnostic of a kind."""
    fault = item.fault
    return {
        "id": fault.code,
        "name": "".join(word.capitalize() for word in fault.name.split("-")),
        "shortDescription": {"text": fault.what},
        "fullDescription": {"text": fault.why},
        "help": {"text": fault.why, "markdown": _help(fault)},
        "helpUri": page(item),
        "defaultConfiguration": {"level": LEVELS[fault.severity]},
    }


def _help(fault: DiagnosticKind) -> str:
    """Why it matters, a spec that shows it, and the same spec corrected."""
    parts = [fault.why]
    for title, example in (("Example", fault.invalid), ("Use instead", fault.valid)):
        # An example with something unseen in it can't be shown.
        if example and "\r" not in example and "\ufeff" not in example:
            parts.append(f"{title}:\n\n```yaml\n{example.rstrip()}\n```")
    return "\n\n".join(parts)


def _result(item: Diagnostic, rule: int, word: str, columns: Columns) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": item.code,
        "ruleIndex": rule,
        "level": LEVELS[item.severity],
        # Braces stay single: no reader looks for placeholders in a message that has no arguments.
        "message": {"text": "\n".join(text_lines(item))},
        "locations": [_location(item.span, columns)],
        "partialFingerprints": {FINGERPRINT: word},
    }
    if related := [_related(note, note.span, columns) for note in item.notes if note.span is not None]:
        result["relatedLocations"] = related
    if item.fixes:
        result["fixes"] = [_fix(fix, columns) for fix in item.fixes]
    return result


def _related(note: Note, span: Span, columns: Columns) -> dict[str, Any]:
    return {**_location(span, columns), "message": {"text": note.text}}


def _location(span: Span, columns: Columns) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": _artifact(span.file), "region": _region(span, columns)}}


def _artifact(file: str) -> dict[str, str]:
    """A file's address: from the root on, or whole where it is in another place."""
    address = path(file)
    if address.startswith("/"):
        return {"uri": f"file://{quote(address)}"}
    return {"uri": quote(address), "uriBaseId": ROOT}


def _region(span: Span, columns: Columns) -> dict[str, int]:
    column, end_column = columns.of(span)
    return {
        "startLine": span.line,
        "startColumn": column,
        "endLine": span.end_line,
        "endColumn": end_column,
    }


def _fix(fix: Fix, columns: Columns) -> dict[str, Any]:
    by_file: dict[str, list[Edit]] = {}
    for edit in fix.edits:
        by_file.setdefault(edit.span.file, []).append(edit)
    return {
        "description": {"text": fix.text},
        "artifactChanges": [
            {
                "artifactLocation": _artifact(file),
                "replacements": [
                    {"deletedRegion": _region(edit.span, columns), "insertedContent": {"text": edit.text}}
                    for edit in edits
                ],
            }
            for file, edits in by_file.items()
        ],
    }

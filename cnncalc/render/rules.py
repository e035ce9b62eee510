"""The list of diagnostics, as text and as JSON."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from cnncalc.diagnostic import DiagnosticKind
from cnncalc.record import NamedTuple
from cnncalc.render.columns_of_text import TextRow, in_columns

TITLES = ("code", "name", "severity", "fix", "")


class RuleEntry(NamedTuple):
    """A kind of diagnostic, what its family is about, and the fix of its example: `safe`, `unsafe` or none (empty)."""

    kind: DiagnosticKind
    family: str
    fix: str


def text(rules: Sequence[RuleEntry], width: int | None) -> Iterator[str]:
    """A row for each under its family."""
    rows = [TextRow(TITLES, "bold")]
    for (letter, family), entries in groupby(rules, key=lambda rule: (rule.kind.code[0], rule.family)):
        rows.append(TextRow((letter, family, "", "", ""), "bold"))
        rows += [
            TextRow((kind.code, kind.name, kind.severity.word, fix, "preview" if kind.preview else ""))
            for kind, _, fix in entries
        ]
    return in_columns(rows, width, wrapped=())


def json_text(rules: Sequence[RuleEntry]) -> str:
    """One object with a list of them, in the order of their codes."""
    from cnncalc.render.json_text import dumped, page_url

    content = [
        {
            "code": kind.code,
            "name": kind.name,
            "family": family,
            "severity": kind.severity.word,
            "preview": kind.preview,
            "fix": fix or None,
            "finds": kind.what,
            "url": page_url(kind.code),
        }
        for kind, family, fix in sorted(rules, key=lambda rule: rule.kind.code)
    ]
    return dumped({"version": 1, "rules": content})

"""A diagnostic as JSON: the same fields in every command, lines and columns from 1, ends exclusive."""

import json
import re
from math import isfinite
from typing import Any

from cnncalc.diagnostic import Diagnostic, Fix, Note

DOCS = "https://github.com/cnncalc/cnncalc/blob/main/docs/diagnostics"

# Control characters of terminals that JSON allows unescaped.
UNSAFE = "[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"


def page_url(code: str) -> str:
    """The address of the page of a kind of diagnostic."""
    return f"{DOCS}/{code}.md"


def dumped(value: Any, *, indent: int | None = 2) -> str:
    """A value as JSON, indented. Characters of other scripts are not escaped, only invisible ones.

    JSON has no infinity and no NaN: such a figure is unknown, which is null.
    """
    try:
        text = json.dumps(value, indent=indent, ensure_ascii=False, allow_nan=False)
    except ValueError:
        text = json.dumps(_finite(value), indent=indent, ensure_ascii=False, allow_nan=False)
    if text.isascii() and "\x7f" not in text:
        return text
    return re.sub(UNSAFE, lambda match: f"\\u{ord(match[0]):04x}", text)


def _finite(value: Any) -> Any:
    """The value with null for infinity and NaN."""
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return list(map(_finite, value)) if isinstance(value, list | tuple) else value


def diagnostic(item: Diagnostic) -> dict[str, Any]:
    """Code, name, severity, message, place, notes, help, fixes, and the page's address."""
    span = item.span
    return {
        "code": item.code,
        "name": item.name,
        "severity": item.severity.word,
        "message": item.message,
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "notes": [_note(note) for note in item.notes],
        "help": item.help,
        "fixes": list(map(fix, item.fixes)),
        "url": page_url(item.code),
    }


def fix(way: Fix) -> dict[str, Any]:
    """A fix: in words, and its edits of the text."""
    return {
        "text": way.text,
        "edits": [{**edit.span._asdict(), "text": edit.text} for edit in way.edits],
    }


def _note(note: Note) -> dict[str, Any]:
    place = {"line": note.span.line, "column": note.span.column, "file": note.span.file} if note.span else {}
    return {"text": note.text, **place}

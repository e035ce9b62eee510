"""How often each code was found, as text and as JSON."""

from collections.abc import Iterator, Sequence

from cnncalc.diagnostic import Diagnostic
from cnncalc.render.findings import Findings

VERSION = 1


def counted_codes(diagnostics: Sequence[Diagnostic]) -> list[tuple[Diagnostic, int]]:
    """The first finding of each code with how many there are, the most frequent first."""
    first: dict[str, Diagnostic] = {}
    counts: dict[str, int] = {}
    for item in diagnostics:
        first.setdefault(item.code, item)
        counts[item.code] = counts.get(item.code, 0) + 1
    return sorted(
        ((first[code], count) for code, count in counts.items()), key=lambda row: (-row[1], row[0].code)
    )


def text(findings: Findings) -> Iterator[str]:
    """A line for each code, with `(--fix)` where a safe fix is known; then the summary."""
    counts = counted_codes(findings.diagnostics)
    width = max((len(f"{count:,}") for _, count in counts), default=0)
    fixable = {item.code for item in findings.diagnostics if any(fix.safe for fix in item.fixes[:1])}
    for item, count in counts:
        yield (
            f"{count:>{width},}  {item.code}  {item.name}"
            + ("  (--fix)" if item.code in fixable else "")
            + "\n"
        )
    if counts:
        yield "\n"
    yield findings.summary


def json_text(findings: Findings) -> Iterator[str]:
    """One object: what was checked, and the count of each code."""
    from cnncalc.render.json_text import dumped

    counts = [
        {"code": item.code, "name": item.name, "count": count}
        for item, count in counted_codes(findings.diagnostics)
    ]
    yield dumped({"version": VERSION, **findings.figures, "statistics": counts}) + "\n"

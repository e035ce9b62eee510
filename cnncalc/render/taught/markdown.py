"""The sums of `memory --as-taught` as GitHub-flavoured Markdown: a table for each."""

from collections.abc import Iterator

from cnncalc.exact import grouped
from cnncalc.memory.report import AsTaught
from cnncalc.render._markdown import line, safe
from cnncalc.render.figures import exact
from cnncalc.render.taught.heading import heading
from cnncalc.render.taught.sums import sums
from cnncalc.render.taught.tables import TaughtRow, TaughtTable, sizes, tables

TITLES = ("", "formula", "values", "bytes", "MB", "MiB")


def render(report: AsTaught) -> Iterator[str]:
    """Headings and tables; nothing where shapes are unknown."""
    if not report.networks:
        return
    yield f"### {safe(' · '.join(heading(report)))}\n"
    for item in (*tables(report), *sums(report)):
        yield f"\n#### {safe(_capital(item.title))}\n\n"
        yield from _table(item)
        yield "".join(["\n"] * bool(item.notes) + [f"- {safe(note)}\n" for note in item.notes])


def _capital(title: str) -> str:
    return title[:1].upper() + title[1:]


def _table(table: TaughtTable) -> Iterator[str]:
    counted = any(row.values is not None for row in table.rows)
    titles = [title for title in TITLES if counted or title != "values"]
    yield line(titles)
    yield line([":---", ":---", *["---:"] * (len(titles) - 2)])
    for row in table.rows:
        yield line(list(map(safe, _cells(row, counted=counted))))


def _cells(row: TaughtRow, *, counted: bool) -> Iterator[str]:
    yield row.name
    yield row.formula
    if counted:
        yield exact(row.values)
    yield grouped(row.nbytes)
    yield from sizes(row.nbytes)

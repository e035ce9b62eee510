"""The record: what was measured and on which machine, as JSON; and the page, which is made only from the record."""

import json
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks._bench import ROOT, Figure
from benchmarks._cells import HEADS, cells
from benchmarks._row import Row, Target

# The modules of the package, except private ones: a new benchmark is one new file. (`cnncalc.plugins`, which finds
# the members of packages inside another, finds none in a package at the top.)
# A benchmark measures `rows`; what records something else (a GPU's memory, imports) is a program of its own.
NAMES = tuple(
    sorted(
        module.name
        for module in pkgutil.iter_modules([str(ROOT / "benchmarks")])
        if module.name[0] != "_"
        and not module.ispkg
        and "\ndef rows(" in (ROOT / "benchmarks" / f"{module.name}.py").read_text(encoding="utf-8")
    )
)
RECORD = ROOT / "benchmarks" / "results" / "performance.json"
PAGE = ROOT / "docs" / "performance.md"

HEAD = """\
# Performance

`make bench` measures all of this and writes this page. Every figure comes from one run on the machine below. Times on
another machine differ, so look at the ratio to a lower bound or another tool, which was measured in the same run: whole
processes, run in turn after one to warm up. A figure is the median of its runs, with the lowest and the highest beside
it. Memory is the peak resident size (of the largest process, if there are several).
"""


@dataclass(frozen=True, slots=True)
class Result:
    """One benchmark: its name, title, its description, its rows."""

    name: str
    title: str
    about: str
    rows: tuple[Row, ...]
    # What made it, where it was measured later than the rest of the record.
    environment: dict[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One run of the benchmarks."""

    environment: dict[str, str]
    results: tuple[Result, ...]

    @property
    def holds(self) -> bool:
        return all(row.holds is not False for result in self.results for row in result.rows)

    def with_later(self, later: "Record") -> "Record":
        """The record with some results measured again, each with what made it."""
        again = {result.name: replace(result, environment=later.environment) for result in later.results}
        kept = tuple(again.pop(result.name, result) for result in self.results)
        return Record(
            self.environment, tuple(sorted((*kept, *again.values()), key=lambda result: result.name))
        )


def to_json(record: Record) -> str:
    fields = {
        "version": 1,
        "made": record.environment,
        "benchmarks": [
            {
                "name": result.name,
                "title": result.title,
                "about": result.about,
                **({"made": result.environment} if result.environment else {}),
                "rows": [_row_data(row) for row in result.rows],
            }
            for result in record.results
        ],
    }
    return json.dumps(fields, indent=1, ensure_ascii=False) + "\n"


def _row_data(row: Row) -> dict[str, Any]:
    target = row.target
    return {
        "what": row.what,
        "unit": row.unit,
        **row.figure._asdict(),
        "against": row.against,
        "floor": row.floor,
        "ratio": row.ratio,
        "target": target and {"of": target.of, "limit": target.limit, "at_least": target.at_least},
        "holds": row.holds,
    }


def from_json(text: str) -> Record:
    """A record as it was written. What follows from the rest (ratio, holds) is computed again."""
    data = json.loads(text)
    return Record(
        data["made"],
        tuple(
            Result(
                entry["name"],
                entry["title"],
                entry["about"],
                tuple(map(_row, entry["rows"])),
                entry.get("made"),
            )
            for entry in data["benchmarks"]
        ),
    )


def _row(data: dict[str, Any]) -> Row:
    figure = Figure(data["median"], data["low"], data["high"], data["runs"])
    target = Target(**data["target"]) if data["target"] else None
    return Row(data["what"], data["unit"], figure, data["against"], data["floor"], target)


def to_page(record: Record) -> str:
    """The record as Markdown."""
    return "".join(_pieces(record))


def _pieces(record: Record) -> Iterator[str]:
    yield HEAD
    yield "\n" + _line(["made with", ""]) + _line([":---", ":---"])
    for name, value in record.environment.items():
        yield _line([name, value])
    for result in record.results:
        yield f"\n## {result.title}\n\n{result.about}\n\n"
        if result.environment:
            yield "Measured later than the rest:\n\n"
            yield _line(["made with", ""]) + _line([":---", ":---"])
            yield "".join(_line([name, value]) for name, value in result.environment.items()) + "\n"
        yield _line([title for title, _ in HEADS])
        yield _line(["---:" if right else ":---" for _, right in HEADS])
        for row in result.rows:
            yield _line(cells(row))


def _line(lines: list[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in lines)} |\n"


def write(record: Record, json_path: Path = RECORD, page_path: Path = PAGE) -> None:
    """Write both."""
    json_path.parent.mkdir(parents=True, exist_ok=True)
    json_path.write_text(to_json(record), encoding="utf-8")
    page_path.write_text(to_page(record), encoding="utf-8")

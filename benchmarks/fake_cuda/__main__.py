"""`python -m benchmarks.fake_cuda [NETWORK]...`: measure what is not in the record yet, and compare all of it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

import click

import cnncalc
from benchmarks._bench import ROOT, Failed
from benchmarks.fake_cuda import environment, record
from benchmarks.fake_cuda.cases import CAPABILITIES, Line, lines
from benchmarks.fake_cuda.record import Compared, compared


def measured(wanted: Iterable[Line], python: Path, variables: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The rows of some lines: one process for each capability, of which the CUDA build asks once."""
    commit, date = environment.built(), datetime.now(UTC).date().isoformat()
    for capability, group in groupby(wanted, lambda line: line.capability):
        command = [str(python), "-m", "benchmarks.fake_cuda.measure"]
        given = {**os.environ, **variables, "FAKE_CUDA_CAPABILITY": capability}
        asked = "".join(json.dumps(line) + "\n" for line in group)
        with subprocess.Popen(
            command, cwd=ROOT, env=given, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(asked)
            process.stdin.close()
            for text in process.stdout:
                row = json.loads(text)
                yield {**row, "made": f"{row['made']}, cnncalc {commit}, {date}"}
        if process.returncode:
            raise Failed(f"`{' '.join(command)}` failed")


def in_turn(line: Line) -> tuple[int, int, int]:
    """All networks once, before some are measured for every capability; the small ones first."""
    return line.batch, CAPABILITIES.index(line.capability), len(cnncalc.load(line.network).nodes)


def show(figures: list[Compared]) -> None:
    """What differs, and how many figures are as predicted."""
    for figure in figures:
        if figure.off != 0:
            line, known = figure.line, figure.why if figure.off == figure.explained else "NOT EXPLAINED"
            click.echo(
                f"{line.network:24} batch {line.batch:2} {line.capability:4} {figure.run:9} {figure.precision:17} "
                f"{figure.measured:14,} {figure.off:+12,} {figure.error:+9.4%} {known}"
            )


def summary(figures: list[Compared]) -> str:
    exact = sum(not figure.off for figure in figures)
    open_cases = sum(figure.off != figure.explained for figure in figures)
    worst = max((figure.error for figure in figures), key=abs, default=0.0)
    return (
        f"{exact} of {len(figures)} to the byte, {open_cases} differ without explanation, worst {worst:+.4%}"
    )


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("networks", nargs=-1, metavar="[NETWORK]...")
@click.option(
    "--environment",
    "folder",
    type=click.Path(path_type=Path),
    default=ROOT / "build" / "fake-cuda" / "environment",
    help="The environment with PyTorch's CUDA build; it is made if it is not there.",
)
@click.option("--anew", is_flag=True, help="Measure again what is in the record.")
@click.option("--measure/--compare", "measures", default=True, help="Measure, or only compare the record.")
def main(networks: tuple[str, ...], folder: Path, anew: bool, measures: bool) -> None:
    """Measure on fake CUDA devices all networks of the zoo, or those named, and compare the predictions.

    What is in the record is not measured again. Exit status: 1 if a difference is not explained, 2 if nothing could
    be measured.
    """
    wanted = [line for line in lines() if not networks or line.network in networks]
    if measures:
        known = {} if anew else record.read()
        missing = sorted((line for line in wanted if line not in known), key=in_turn)
        try:
            variables = environment.compiled(
                environment.with_torch(folder), ROOT / "build" / "fake-cuda" / "stub"
            )
            for row in measured(missing, environment.python(folder), variables):
                record.append(row)
                line = Line(*(row[field] for field in Line._fields))
                click.echo(f"{' '.join(map(str, line)):36} {summary(list(compared(line, row)))}")
        except Failed as error:
            click.echo(f"error: {error}", err=True)
            sys.exit(2)
        record.write(record.read())
    rows = record.read()
    figures = [figure for line in sorted(rows) if line in wanted for figure in compared(line, rows[line])]
    show(figures)
    click.echo(summary(figures))
    sys.exit(1 if any(figure.off != figure.explained for figure in figures) else 0)


if __name__ == "__main__":
    main()

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
from benchmarks.fake_cuda import environment, layers, record
from benchmarks.fake_cuda.cases import CAPABILITIES, FIRST, Line, lines
from benchmarks.fake_cuda.record import Compared, compared


def started(
    module: str, python: Path, variables: Mapping[str, str], capability: str, asked: str = ""
) -> Iterator[str]:
    """The lines that a module of this package prints in the environment of the CUDA build; `asked` is what it reads."""
    command = [str(python), "-m", f"benchmarks.fake_cuda.{module}"]
    given = {**os.environ, **variables, "FAKE_CUDA_CAPABILITY": capability}
    with subprocess.Popen(
        command, cwd=ROOT, env=given, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(asked)
        process.stdin.close()
        yield from process.stdout
    if process.returncode:
        raise Failed(f"`{' '.join(command)}` failed")


def measured(wanted: Iterable[Line], python: Path, variables: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The rows of some lines: one process for each capability, of which the CUDA build asks once."""
    commit, date = environment.built(), datetime.now(UTC).date().isoformat()
    for capability, group in groupby(wanted, lambda line: line.capability):
        asked = "".join(json.dumps(line) + "\n" for line in group)
        for text in started("measure", python, variables, capability, asked):
            row = json.loads(text)
            yield {**row, "made": f"{row['made']}, cnncalc {commit}, {date}"}


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


def measure_networks(wanted: list[Line], python: Path, variables: Mapping[str, str]) -> None:
    """Add rows to the record, each when it is measured, and put them in order at the end."""
    for row in measured(sorted(wanted, key=in_turn), python, variables):
        record.append(row)
        line = Line(*(row[field] for field in Line._fields))
        click.echo(f"{' '.join(map(str, line)):36} {summary(list(compared(line, row)))}")
    record.write(record.read())


def measure_layers(python: Path, variables: Mapping[str, str]) -> None:
    """Write the record of layers anew."""
    rows = list(started("layers", python, variables, FIRST[1]))
    layers.RECORD.write_text("".join(rows), encoding="utf-8")


def compare_layers() -> bool:
    """Show what differs in the record of layers; whether nothing does."""
    rows = [row for of_layer in layers.read().values() for row in of_layer]
    wrong = [
        (row, difference)
        for row in rows
        for difference in layers.differences(row)
        if difference not in row.get("differs", {}).get("figures", ())
    ]
    for row, difference in wrong:
        click.echo(f"{row['what']}, {row['mode']} after {row['before']}: {difference}")
    click.echo(f"{len(rows)} runs of single layers: {len(wrong)} figures differ without explanation")
    return not wrong


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("networks", nargs=-1, metavar="[NETWORK]...")
@click.option(
    "--environment",
    "folder",
    type=click.Path(path_type=Path),
    default=ROOT / "build" / "fake-cuda" / "environment",
    help="The environment with PyTorch's CUDA build; it is made if it is not there.",
)
@click.option("--layers", "of_layers", is_flag=True, help="The examples of every layer type, not networks.")
@click.option("--anew", is_flag=True, help="Measure again what is in the record.")
@click.option("--measure/--compare", "measures", default=True, help="Measure, or only compare the record.")
def main(networks: tuple[str, ...], folder: Path, of_layers: bool, anew: bool, measures: bool) -> None:
    """Measure on fake CUDA devices all networks of the zoo, or those named, and compare the predictions.

    What is in the record is not measured again. Exit status: 1 if a difference is not explained, 2 if nothing could
    be measured.
    """
    wanted = [line for line in lines() if not networks or line.network in networks]
    if measures:
        try:
            variables = environment.compiled(
                environment.with_torch(folder), ROOT / "build" / "fake-cuda" / "stub"
            )
            if of_layers:
                measure_layers(environment.python(folder), variables)
            else:
                known = {} if anew else record.read()
                missing = [line for line in wanted if line not in known]
                measure_networks(missing, environment.python(folder), variables)
        except Failed as error:
            click.echo(f"error: {error}", err=True)
            sys.exit(2)
    if of_layers:
        sys.exit(0 if compare_layers() else 1)
    rows = record.read()
    figures = [figure for line in sorted(rows) if line in wanted for figure in compared(line, rows[line])]
    show(figures)
    click.echo(summary(figures))
    sys.exit(1 if any(figure.off != figure.explained for figure in figures) else 0)


if __name__ == "__main__":
    main()

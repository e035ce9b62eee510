"""Compare with batches that others ran on real GPUs: `python -m benchmarks.measured FOLDER`.

The rows stay where they are. For each file it is counted how many of the batches that ran are said to fit, and how many
of the next larger ones, which did not run, are said not to: with shipped specs, and with models imported from timm (of
names with a length that three divides; the imported specs are kept in build/measured). `--write` writes the counts, and
which were missed, to benchmarks/results/measured-batches.json. Files of torch.compile are out of scope.
"""

import json
from functools import partial
from pathlib import Path
from typing import Any

import click

from benchmarks._bench import ROOT
from benchmarks._environment import environment
from benchmarks._measured.compare import compared
from benchmarks._measured.networks import ImportedModels, networks
from benchmarks._measured.rows import measured_files, rows_of

RECORD = ROOT / "benchmarks" / "results" / "measured-batches.json"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--only", default="", help="Only files whose name has this in it.")
@click.option("--shipped", is_flag=True, help="Shipped specs alone: nothing is imported.")
@click.option("--write", is_flag=True, help="Write the record.")
def main(folder: Path, only: str, shipped: bool, write: bool) -> None:
    """Count which of the measured batches in FOLDER are predicted."""
    files, left_out = measured_files(folder)
    models = None if shipped else ImportedModels()
    results: dict[str, Any] = {}
    for file in files:
        if only not in file.path.name:
            continue
        read = rows_of(file)
        for fault in read.faults:
            click.echo(f"{file.path.name}: {fault}")
        try:
            results[file.path.name] = compared(file, read, partial(networks, models=models))
        except ValueError as error:
            left_out.append(f"{file.path.name}: {error}")
            continue
        click.echo("\n".join(shown(file.path.name, results[file.path.name])))
    for reason in left_out:
        click.echo(reason)
    if write:
        content = {"version": 1, "made": environment(), "left_out": left_out, "files": results}
        RECORD.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        click.echo(f"Written: {RECORD.relative_to(ROOT)}")


def shown(name: str, result: dict[str, Any]) -> list[str]:
    """The counts of a file in lines, and what was missed by the safe answer."""
    lines = [
        f"{name}: {result['rows']} rows, {result['without_network']} without a network, "
        f"{result['usable_bytes'] / 2**30:.2f} GiB for PyTorch"
    ]
    for source in ("zoo", "imported"):
        for answer, questions in result[source].items():
            given, larger = questions["given"], questions["next"]
            if not given["of"]:
                continue
            lines.append(
                f"  {source:8} {answer:10} {given['right']} of {given['of']} given fit, "
                f"{larger['right']} of {larger['of']} next larger don't"
            )
            if answer == "safe":
                lines += [
                    f"    {words}: {', '.join(tally['missed'])}"
                    for words, tally in (("said not to fit", given), ("said to fit", larger))
                    if tally["missed"]
                ]
    return lines


if __name__ == "__main__":
    main()

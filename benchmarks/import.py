"""Import models of timm and torchvision, and record what is equal: `python -m benchmarks.import`.

Each model is imported in a process of its own: parameters, buffers, MACs and output shapes against the model, the lines
of the spec, the processor time beyond the imports, the peak of memory. Of the first models of each family the outputs
are compared too, with the model's own weights. By default only models whose name has a length that three divides: the
others are a test of what is developed with these (`--every` takes all). Folders of foreign files are options: such
files are licensed, and not shipped. Rows are kept in build/import, so a run can go on where it was stopped.

Writes benchmarks/results/import.json, with what made it. (Its rows are of models and not of speed alone, so it is not
one of the benchmarks that `make bench` runs.)
"""

import json
import sys
import warnings
from pathlib import Path
from typing import Any

import click

from benchmarks._bench import ROOT
from benchmarks._environment import environment
from benchmarks._foreign import folder
from benchmarks._import_summary import summary
from benchmarks._imported import measured
from benchmarks._models import by_turns, chosen, timm_models, to_run, torchvision_models

RECORD = ROOT / "benchmarks" / "results" / "import.json"
ROWS = ROOT / "build" / "import"
SOURCES = {"timm": timm_models, "torchvision": torchvision_models}


def warm_up() -> None:
    """Import all libraries, and every part of them that the first import of a model loads."""
    import torch
    from torch import nn

    from benchmarks._imported import imported
    from benchmarks._models import Model
    from cnncalc.pytorch.capture import operators

    # Threads do not survive a fork.
    torch.set_num_threads(1)
    operators.import_torchvision()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import timm  # noqa: F401
        import torchvision  # noqa: F401

        def make() -> nn.Module:
            return nn.Sequential(
                nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Linear(144, 2)
            )

        imported(Model("small", "", "", (3, 8, 8), make), with_outputs=True)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("pattern", required=False)
@click.option(
    "--every", is_flag=True, help="All models, not only those of names with a length that three divides."
)
@click.option("--kind", "kinds", multiple=True, help="Only models of this kind: convolutional, other, ...")
@click.option(
    "--outputs", default=2, show_default=True, help="Models of each family whose outputs are compared."
)
@click.option("--seconds", default=300, show_default=True, help="A model that takes longer has failed.")
@click.option(
    "--files",
    "folders",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder of files in foreign formats; may be repeated.",
)
@click.option("--fresh", is_flag=True, help="Measure again what has a row already.")
@click.option("--write", is_flag=True, help="Write the record.")
@click.option("--only-rows", is_flag=True, help="Measure nothing: take the rows that are there.")
def main(
    pattern: str | None,
    every: bool,
    kinds: tuple[str, ...],
    outputs: int,
    seconds: int,
    folders: tuple[Path, ...],
    fresh: bool,
    write: bool,
    only_rows: bool,
) -> None:
    """Import the models that PATTERN matches (`timm/resnet*`), and show what is equal."""
    warm_up()
    versions = environment()
    ROWS.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = []
    for source in SOURCES.values():
        models = chosen(source(), pattern, every=every)
        running = to_run(models, outputs)
        for model in by_turns(models):
            file = ROWS / f"{model.name.replace('/', '-')}.json"
            if fresh:
                file.unlink(missing_ok=True)
            known = file.exists()
            if (kinds and model.kind not in kinds) or (only_rows and not known):
                continue
            row = (
                json.loads(file.read_text(encoding="utf-8"))
                if known
                else measured(model, file, seconds, versions["cnncalc"], with_outputs=model.name in running)
            )
            rows.append(row)
            if not known:
                click.echo(shown(row))
    files = {path.name: folder(path) for path in folders}
    counted = summary(rows, files)
    click.echo(json.dumps(counted, indent=1))
    if write:
        data = {
            "version": 1,
            "made": versions,
            "every": every,
            "summary": counted,
            "models": rows,
            "files": files,
        }
        RECORD.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
        click.echo(f"Written: {RECORD.relative_to(ROOT)}")
    sys.exit(0)


def shown(row: dict[str, Any]) -> str:
    """A row as a line."""
    if "error" in row:
        return f"{row['name']:44} FAILED {row['error']}"
    differs = [name for name, equal in row["equal"].items() if not equal]
    unknown = f"{row['unknown_count']} unknown: {', '.join(row['unknown'][:4])}" if row["unknown"] else ""
    words = unknown or "; ".join(row["errors"]) or (f"differs: {', '.join(differs)}" if differs else "equal")
    proof = row.get("proof", {}).get("summary", "")
    return f"{row['name']:44} {row['lines']:4} lines {row['cpu_seconds']:6.2f} s  {words}  {proof}"


if __name__ == "__main__":
    main()

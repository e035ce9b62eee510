"""`cnncalc gpus`: the GPUs that `--gpu` knows."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from cnncalc.commands._options import format_option

if TYPE_CHECKING:
    from cnncalc.memory.device import GPU


@click.command("gpus", short_help="The GPUs that `--gpu` knows, with their memory.", epilog="""\b
Examples:
  cnncalc gpus
  cnncalc gpus a100
  cnncalc gpus amd --format json""")  # fmt: skip
@click.argument("pattern", metavar="[PATTERN]", default="")
@format_option
def command(pattern: str, format: str) -> int:
    """The GPUs that `--gpu` knows (with PATTERN: whose name or vendor contains it), and what memory they have.

    Memory is what the driver reports, where somebody has published that; else, marked `sold`, what the vendor says.
    """
    from cnncalc.memory.device import gpus_like

    found = gpus_like(pattern)
    if not found:
        raise click.BadParameter(
            f"no GPU has {pattern!r} in its name. `cnncalc gpus` lists all; `--memory 24GiB` needs no name.",
            param_hint="PATTERN",
        )
    if format == "json":
        from cnncalc.render.json_text import dumped

        click.echo(dumped([_json(gpu) for gpu in found]))
        return 0
    from cnncalc.commands._terminal import Terminal

    to = Terminal()
    # Where no terminal shows them, lines are as long as they are: a file or a program wants them whole.
    to.write(_table(list(map(_row, found)), to.width if to.file.isatty() else None))
    return 0


def _table(rows: list[tuple[str, ...]], width: int | None) -> Iterator[str]:
    """The rows under their titles; a note goes on below where the page is narrow."""
    from cnncalc.render.hanging import broken

    rows = [("GPU", "memory", "capability", ""), *rows]
    widths = [max(len(row[at]) for row in rows) for at in range(3)]
    for name, memory, capability, note in rows:
        line = f"{name.ljust(widths[0])}   {memory.rjust(widths[1])}   {capability.ljust(widths[2])}"
        if width is None or len(line) + 3 + len(note) <= width:
            yield f"{line}   {note}".rstrip() + "\n"
            continue
        yield line.rstrip() + "\n"
        yield broken(f"  {note}", width) + "\n"
    said = "sold: what the vendor says; a driver reports less. All other sizes are what drivers report."
    yield "\n" + (said if width is None else broken(said, width)) + "\n"


def _row(gpu: "GPU") -> tuple[str, str, str, str]:
    from cnncalc.render.figures import size

    name = f"AMD {gpu.name}" if gpu.vendor == "AMD" else gpu.name
    memory = size(gpu.memory) + ("" if gpu.reported_by else " sold")
    capability = "" if gpu.capability is None else f"{gpu.capability[0]}.{gpu.capability[1]}"
    return name, memory, capability, gpu.note


def _json(gpu: "GPU") -> dict[str, object]:
    return {
        "name": gpu.name,
        "vendor": gpu.vendor,
        "memory_bytes": gpu.memory,
        "sold_bytes": gpu.sold,
        "reported_by": gpu.reported_by or None,
        "capability": None if gpu.capability is None else list(gpu.capability),
        "aliases": list(gpu.aliases),
        "note": gpu.note or None,
        "source": gpu.source,
    }

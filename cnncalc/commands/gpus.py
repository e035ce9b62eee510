"""`cnncalc gpus`: the GPUs that `--gpu` knows."""

import click

from cnncalc.commands._format import FormatOutput, format_option
from cnncalc.render.formats import format_of


@click.command("gpus", short_help="The GPUs that `--gpu` knows, with their memory.", epilog="""\b
Examples:
  cnncalc gpus
  cnncalc gpus a100
  cnncalc gpus amd --format json""")  # fmt: skip
@click.argument("pattern", metavar="[PATTERN]", default="")
@format_option("gpus")
def command(pattern: str, format: str) -> int:
    """The GPUs that `--gpu` knows (with PATTERN: whose name or vendor contains it), and what memory they have.

    Memory is what the driver reports, where somebody has published that; else, marked `sold`, what the vendor says.
    """
    from cnncalc.memory.device import gpus_like

    gpus = gpus_like(pattern)
    if not gpus:
        raise click.BadParameter(
            f"no GPU has {pattern!r} in its name. `cnncalc gpus` lists all; `--memory 24GiB` needs no name.",
            param_hint="PATTERN",
        )
    output = FormatOutput(format_of(format))
    output.write(format_of(format).gpus(gpus, output.width_on_screen))
    return 0

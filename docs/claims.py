"""What is printed elsewhere about shipped networks, as a list: `<!-- table: claims -->`."""

from textwrap import fill

from cnncalc import zoo
from cnncalc.api import analyse, load
from cnncalc.render._markdown import safe
from cnncalc.render.claims import claim_lines


def printed_elsewhere() -> str:
    """For each network the lines that `inspect` prints below its table."""
    return "\n".join(
        fill(f"- `{name}`: {safe(line)}.", 120, subsequent_indent="  ", break_on_hyphens=False)
        for name in zoo.names()
        for line in claim_lines(analyse(load(name)))
    )

"""Figures that are printed elsewhere: one line for each, with the computed figure and why it differs."""

from collections.abc import Iterator
from typing import Any

from cnncalc.analysis import Analysis
from cnncalc.analysis.claims import ClaimHere, claims_here
from cnncalc.shape import DTYPES, Shape
from cnncalc.text import escaped

# The most characters of a text that are shown.
MOST = 500
UNITS = {"params": "parameters", "weights": "weights", "macs": "MACs"}


def claim_lines(analysis: Analysis) -> Iterator[str]:
    """`"358M ops" (CS231n lecture): here 271,351,808 MACs; the 3x3 layer is counted twice`, without a stop."""
    if analysis.graph.claims:
        for here in claims_here(analysis):
            claim = here.claim
            said = " and ".join(f'"{escaped(text, MOST)}"' for text in claim.says)
            source, why = escaped(claim.source, MOST), escaped(claim.why, MOST).rstrip(".")
            yield f"{said} ({source}): here {_here(here, analysis.dtype)}; {why}"


def _here(here: ClaimHere, dtype: str) -> str:
    """The figure with its unit, and its layer: `1,024,000 weights in scores`, `maxpool3 is 6x6x256`."""
    # Not for the claims in JSON.
    from cnncalc.render.figures import exact, many, size

    if isinstance(here.here, Shape):
        return f"{here.layer} is {here.here}"
    figure = here.claim.figure
    where = "" if here.layer is None else f" in {here.layer}"
    if figure == "activations":
        return f"{many(here.here, 'value')} = {size(here.here * DTYPES[dtype])}{where}"
    if figure == "depth":
        return f"{many(here.here, 'layer')} on the longest path"
    return f"{exact(here.here)} {UNITS[figure]}{where}"


def claims_json(analysis: Analysis) -> list[dict[str, Any]]:
    """Every claim with the figure here."""
    return [
        {
            "says": list(here.claim.says),
            "source": here.claim.source,
            "figure": here.claim.figure or "output",
            "layer": here.layer,
            "here": here.here.asdict() if isinstance(here.here, Shape) else here.here,
            "why": here.claim.why,
        }
        for here in (claims_here(analysis) if analysis.graph.claims else ())
    ]

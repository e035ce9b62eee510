"""Finds the layers that the claims of a spec name. Loaded only for specs that have claims."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from cnncalc.graph.bind import Unbound
from cnncalc.graph.findings import GraphFindings
from cnncalc.graph.growing import Growing
from cnncalc.graph.inputs import network_values
from cnncalc.graph.scope import Scope
from cnncalc.spec import NOTHING
from cnncalc.spec.claims import Claim

if TYPE_CHECKING:
    from cnncalc.graph.names import Names


def claimed(
    growing: Growing, names: "Callable[[], Names]", scope: Scope, mode: str, values: Mapping[str, Any]
) -> tuple[tuple[Claim, int | None], ...]:
    """The claims with the indices of their layers; a name that no layer has is reported. `names` looks names up.

    Claims are about the network as it is written: there are none with another input or other parameters, and in
    training if that is another network.
    """
    spec = growing.spec
    as_written = network_values(spec, NOTHING, GraphFindings(strict=False))
    if spec.given_inputs or values != as_written or (spec.two_modes and mode != "inference"):
        return ()
    known: list[tuple[Claim, int | None]] = []
    for claim in spec.claims:
        if claim.layer is None:
            known.append((claim, None))
            continue
        try:
            with growing.findings.figures_stand():
                known.append((claim, names().find(claim.layer, scope)))
        except Unbound:
            continue
    return tuple(known)

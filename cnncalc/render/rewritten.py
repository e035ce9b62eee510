"""Rewrites that PyTorch has run beside the network that they come from."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from cnncalc.render.piece import Piece
from cnncalc.render.rewriting import EFFECTS
from cnncalc.render.verification import mark
from cnncalc.render.wrapping import broken, wrapped

if TYPE_CHECKING:
    from cnncalc.pytorch.carried import OutputPair, RewriteCheck


def text(checks: "Sequence[RewriteCheck]", width: int | None) -> Iterator[str]:
    """For each rewrite its effect, and a line for each output."""
    for check in checks:
        heading = f"{check.network} · {check.rewrite} · {check.device} · {check.dtype} · batch {check.batch}"
        yield Piece(heading if width is None else broken(heading, width), "bold")
        yield f"\n\n  {EFFECTS[check.effect]}\n"
        for pair in check.outputs:
            yield "  "
            yield mark(check.agrees(pair))
            lines = wrapped(
                f"{pair.name}: {_shapes(pair)}{_difference(pair)}", None if width is None else width - 4
            )
            yield " " + "\n    ".join(lines) + "\n"
        yield "\n"


def _shapes(pair: "OutputPair") -> str:
    # As a spec has them, channels last.
    before, after = ("x".join(map(str, (*shape[1:], *shape[:1]))) for shape in (pair.before, pair.after))
    return before if before == after else f"{before} -> {after}"


def _difference(pair: "OutputPair") -> str:
    if pair.difference is None:
        return ""
    return f", the largest difference is {pair.difference:.2g} of the largest value"


def json_text(checks: "Sequence[RewriteCheck]") -> str:
    """The same as JSON; shapes as PyTorch has them, channels first."""
    from cnncalc.render.json_text import dumped

    return dumped(
        {
            "version": 1,
            "ok": all(check.ok for check in checks),
            "rewrites": [
                {
                    **check._asdict(),
                    "ok": check.ok,
                    "outputs": [{**pair._asdict(), "ok": check.agrees(pair)} for pair in check.outputs],
                }
                for check in checks
            ],
        }
    )

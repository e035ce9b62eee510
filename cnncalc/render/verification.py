"""A verification: one mark on each line, and both figures if they differ."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from cnncalc.diagnostic import Diagnostic
from cnncalc.exact import counted, grouped
from cnncalc.figure_words import grid
from cnncalc.record import NamedTuple
from cnncalc.render.figures import size
from cnncalc.render.piece import Piece
from cnncalc.render.wrapping import broken

if TYPE_CHECKING:
    from cnncalc.pytorch.outcome import Verification

# Marks, with their styles.
GOOD, BAD, UNSEEN = Piece("✓", "green"), Piece("✗", "bold red"), Piece("-", "dim")
# Characters in a line if the page has no limit.
WIDEST = 110


def mark(ok: bool | None) -> Piece:
    """✓ as predicted, ✗ not, - not measured."""
    return UNSEEN if ok is None else GOOD if ok else BAD


class Verified(NamedTuple):
    """The result of one network: its verification, or the diagnostics or the error that prevented it.

    `reference` is the word on the command line, `name` the network's own.
    """

    reference: str
    name: str
    verification: "Verification | None" = None
    diagnostics: tuple[Diagnostic, ...] = ()
    error: str | None = None

    @property
    def ok(self) -> bool:
        """Whether it was run and all figures are as predicted."""
        return self.verification is not None and self.verification.ok


def text(verified: Verified, width: int | None) -> Iterator[str]:
    """The table of one verification: one line for each layer, then the totals. Empty if there is none."""
    run = verified.verification
    if run is None:
        return
    width = WIDEST if width is None else width
    heading = f"{run.name} · {run.device} · {run.dtype} · batch {run.batch}"
    heading += " · forward and backward" if run.training else " · forward"
    yield Piece(broken(heading, width), "bold")
    yield "\n\n"
    rows = [(layer, _row(layer)) for layer in run.layers]
    widths = [max(map(len, column)) for column in zip(*(row for _, row in rows), strict=True)] if rows else []
    for layer, row in rows:
        yield "  "
        yield mark(layer.ok)
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        yield (" " + "   ".join(cells)).rstrip() + "\n"
        for figure in layer.figures:
            if figure.ok is False:
                yield f"      {figure.what}: {_shown(figure.predicted)} predicted, {_shown(figure.actual)} in PyTorch\n"
    yield "\n"
    names = max(len(total.what) for total in run.totals)
    for total in run.totals:
        yield "  "
        yield mark(total.ok)
        first, *more = broken(_both(total), width - names - 7).split("\n")
        yield f" {total.what.ljust(names)}   {first}\n"
        yield "".join(f"{' ' * (names + 7)}{line}\n" for line in more)
    yield "\n" + "".join(f"  {line}\n" for line in broken(_summary(run), width - 2).split("\n"))


def _row(layer: Any) -> tuple[str, ...]:
    by_name = {figure.what: figure.predicted for figure in layer.figures}
    shape = grid(by_name["output"])
    params, buffers = by_name["params"], by_name["buffers"]
    return (
        layer.name,
        shape,
        f"{counted(params, 'parameter')}" if params else "",
        f"{grouped(buffers)} buffers" if buffers else "",
    )


def _both(total: Any) -> str:
    if total.actual is None:
        return f"not measured: {total.note}"
    note = f"   ({total.note})" if total.note else ""
    if total.ok:
        return _shown(total.actual) + note
    return f"{_shown(total.predicted)} predicted, {_shown(total.actual)} in PyTorch{note}"


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return grouped(value)
    if isinstance(value, tuple):
        return grid(value)
    if isinstance(value, list):
        return " by ".join(f"{first}..{last}" for first, last in value)
    return str(value)


def _summary(run: Any) -> str:
    checks = [figure for layer in run.layers for figure in layer.figures] + list(run.totals)
    wrong = sum(check.ok is False for check in checks)
    measured = sum(check.ok is not None for check in checks)
    verdict = "all as predicted" if not wrong else f"{wrong} not as predicted"
    peak = run.run.peak
    memory = f", {size(peak.nbytes)} at the peak ({peak.of})" if peak else ""
    return f"{counted(measured, 'figure')} compared, {verdict}; the run took {run.run.seconds:.2f} s{memory}"


def text_of_all(verified: Iterable[Verified]) -> Iterator[str]:
    """One line for each, as soon as it is known, then how many are as predicted."""
    good = count = 0
    for network in verified:
        yield from _line(network)
        good += network.ok
        count += 1
    yield f"\n{good} of {count} specs are as predicted\n"


def _line(verified: Verified) -> Iterator[str]:
    run = verified.verification
    yield mark(verified.ok)
    if run is None:
        why = verified.diagnostics[0].message if verified.diagnostics else verified.error
        yield f" {verified.reference:<24} {why}\n"
        return
    wrong = [total.what for total in run.totals if total.ok is False]
    wrong += [layer.name for layer in run.layers if not layer.ok]
    params = next(total.actual for total in run.totals if total.what == "parameters")
    tail = f"   not as predicted: {', '.join(wrong[:3])}" if wrong else ""
    yield f" {verified.reference:<24} {params:>13,} parameters   {run.run.seconds:6.2f} s{tail}\n"


def asdict(verified: Verified) -> dict[str, Any]:
    """One network for JSON: every figure, or why it could not be run."""
    from cnncalc.render.json_text import diagnostic

    run = verified.verification
    if run is None:
        return {
            "name": verified.name,
            "ok": False,
            "error": verified.error,
            "diagnostics": list(map(diagnostic, verified.diagnostics)),
        }

    def figure(compared: Any) -> dict[str, Any]:
        content = {name: getattr(compared, name) for name in ("what", "predicted", "actual", "ok")}
        return {**content, "note": compared.note} if compared.note else content

    return {
        "name": run.name,
        "ok": run.ok,
        "device": run.device,
        "dtype": run.dtype,
        "batch": run.batch,
        "training": run.training,
        "seconds": run.run.seconds,
        "peak_bytes": run.run.peak.nbytes if run.run.peak else None,
        "peak_of": run.run.peak.of if run.run.peak else None,
        "totals": [figure(total) for total in run.totals],
        "layers": [
            {
                "name": layer.name,
                "type": layer.kind,
                "ok": layer.ok,
                "figures": list(map(figure, layer.figures)),
            }
            for layer in run.layers
        ],
    }

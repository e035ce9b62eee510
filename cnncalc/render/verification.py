"""A verification: a mark a line, and both figures where they differ."""

from collections.abc import Iterable, Iterator
from typing import Any

from cnncalc.diagnostic import Diagnostic
from cnncalc.exact import counted
from cnncalc.figure_words import grid
from cnncalc.render.figures import size
from cnncalc.render.hanging import broken
from cnncalc.render.json_text import diagnostic
from cnncalc.render.piece import Piece

# Marks, with their styles.
GOOD, BAD, UNSEEN = Piece("✓", "green"), Piece("✗", "bold red"), Piece("-", "dim")


def mark(ok: bool | None) -> Piece:
    """✓ as predicted, ✗ not, - not measured."""
    return UNSEEN if ok is None else GOOD if ok else BAD


def text(found: Any, width: int) -> Iterator[str]:
    """The table of one `Verification`: a line a layer, then the totals."""
    told = f"{found.name} · {found.device} · {found.dtype} · batch {found.batch}"
    told += " · forward and backward" if found.training else " · forward"
    yield Piece(broken(told, width), "bold")
    yield "\n\n"
    rows = [(layer, _row(layer)) for layer in found.layers]
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
    names = max(len(total.what) for total in found.totals)
    for total in found.totals:
        yield "  "
        yield mark(total.ok)
        first, *more = broken(_both(total), width - names - 7).split("\n")
        yield f" {total.what.ljust(names)}   {first}\n"
        yield "".join(f"{' ' * (names + 7)}{line}\n" for line in more)
    yield "\n" + "".join(f"  {line}\n" for line in broken(_summary(found), width - 2).split("\n"))


def _row(layer: Any) -> tuple[str, ...]:
    by_name = {figure.what: figure.predicted for figure in layer.figures}
    shape = grid(by_name["output"])
    params, buffers = by_name["params"], by_name["buffers"]
    return (
        layer.name,
        shape,
        f"{counted(params, 'parameter')}" if params else "",
        f"{buffers:,} buffers" if buffers else "",
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
        return f"{value:,}"
    if isinstance(value, tuple):
        return grid(value)
    if isinstance(value, list):
        return " by ".join(f"{first}..{last}" for first, last in value)
    return str(value)


def _summary(found: Any) -> str:
    checks = [figure for layer in found.layers for figure in layer.figures] + list(found.totals)
    wrong = sum(check.ok is False for check in checks)
    measured = sum(check.ok is not None for check in checks)
    verdict = "all as predicted" if not wrong else f"{wrong} not as predicted"
    peak = found.run.peak
    memory = f", {size(peak.nbytes)} at the peak ({peak.of})" if peak else ""
    return (
        f"{counted(measured, 'figure')} compared, {verdict}; the run took {found.run.seconds:.2f} s{memory}"
    )


def line(name: str, found: Any) -> Iterator[str]:
    """One verification of many, in one line."""
    wrong = [total.what for total in found.totals if total.ok is False]
    wrong += [layer.name for layer in found.layers if not layer.ok]
    params = next(total.actual for total in found.totals if total.what == "parameters")
    tail = f"   not as predicted: {', '.join(wrong[:3])}" if wrong else ""
    yield mark(found.ok)
    yield f" {name:<24} {params:>13,} parameters   {found.run.seconds:6.2f} s{tail}\n"


def refusal(name: str, why: str) -> Iterator[str]:
    """One of many that could not be run, in one line."""
    yield mark(False)
    yield f" {name:<24} {why}\n"


def refused(name: str, diagnostics: Iterable[Diagnostic], error: str | None = None) -> dict[str, Any]:
    """What could not be run, for JSON."""
    return {"name": name, "ok": False, "error": error, "diagnostics": list(map(diagnostic, diagnostics))}


def asdict(found: Any) -> dict[str, Any]:
    """One verification for JSON."""

    def figure(one: Any) -> dict[str, Any]:
        told = {"what": one.what, "predicted": one.predicted, "actual": one.actual, "ok": one.ok}
        return {**told, "note": one.note} if one.note else told

    return {
        "name": found.name,
        "ok": found.ok,
        "device": found.device,
        "dtype": found.dtype,
        "batch": found.batch,
        "training": found.training,
        "seconds": found.run.seconds,
        "peak_bytes": found.run.peak.nbytes if found.run.peak else None,
        "peak_of": found.run.peak.of if found.run.peak else None,
        "totals": [figure(total) for total in found.totals],
        "layers": [
            {
                "name": layer.name,
                "type": layer.kind,
                "ok": layer.ok,
                "figures": [figure(one) for one in layer.figures],
            }
            for layer in found.layers
        ],
    }

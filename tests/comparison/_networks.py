"""Small networks, and what has changed from one to another."""

import cnncalc
from cnncalc.comparison import ComparedSide, Comparison, LayerChange, compare, side

HEAD = "cnncalc: 1\ninput: 32x32x3\nlayers:\n"


def network(text: str, **options: object) -> ComparedSide:
    """The facts of a network; a text without a head gets one."""
    whole = text if text.startswith("cnncalc:") else HEAD + text
    analysis = cnncalc.analyse(cnncalc.load(whole, **options))  # type: ignore[arg-type]
    return side(analysis, cnncalc.findings(analysis))


def compared(old: str, new: str) -> Comparison:
    return compare(network(old), network(new))


def summary(comparison: Comparison) -> list[str]:
    """`+ name`, `- name`, `~ name: facts`, `old > new`; nothing of what is as before."""
    return [line for change in comparison.changes if (line := _line(change))]


def _line(change: LayerChange) -> str:
    if change.old is None or change.new is None:
        return f"{'-' if change.new is None else '+'} {change.either.name}"
    name = change.new.name if change.old.name == change.new.name else f"{change.old.name} > {change.new.name}"
    if change.what == "changed":
        return f"~ {name}: {' '.join(change.differs)}"
    return "" if change.what in ("same", "field") else name

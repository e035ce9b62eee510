"""One window along one axis: the formula with its numbers, the remainder, every small change that makes it exact."""

from collections.abc import Iterator, Sequence

from cnncalc.layers import Problem
from cnncalc.render.piece import Piece, hanging
from cnncalc.shape import Window

NAMES = {"size": "input", "kernel": "kernel", "stride": "stride", "padding": "padding"}


def exact_values(at: Window) -> dict[str, list[int]]:
    """By name of the number, its nearest values that leave no remainder."""
    found: dict[str, list[int]] = {}
    for name, changed in at.exact():
        value = changed.before if name == "padding" else getattr(changed, name)
        found.setdefault(NAMES[name], []).append(value)
    return found


def text(at: Window, problems: Sequence[Problem], *, strict: bool, page: int | None = None) -> Iterator[str]:
    """Lines for a terminal of `page` columns; what is longer goes on under its own beginning."""
    if not _defined(at, problems):
        for one in problems:
            yield Piece(f"{one.fault.code} {one.fault.name}: {one.message}\n", "bold")
            yield f"\n  help   {one.help}\n" if one.help else ""
        return
    yield Piece(f"(W - F + 2P)/S + 1 = {at.formula} = {at.quotient}", "bold")
    yield "\n\n"
    lines = [("output", f"{at.output}" + (" (rounded up)" if at.ceil and at.remainder else ""))]
    if at.dilation > 1:
        lines.append(("extent", f"F = {at.dilation}*({at.kernel} - 1) + 1 = {at.extent}, dilated"))
    if at.before != at.after:
        lines.append(("padding", f"{at.before} before, {at.after} after"))
    lines.append(("remainder", _remainder(at)))
    lines += [
        (one.fault.code, f"{one.fault.name}: {'; '.join(one.notes) or one.message}") for one in problems
    ]
    lines += [("help", one.help) for one in problems if not at.output and one.help]
    if at.remainder and at.output:
        exact = exact_values(at)
        told = [f"{name} {' or '.join(map(str, values))}" for name, values in exact.items()]
        if told:
            lines.append(("exact with", ", ".join(told)))
        rest = at.size - at.extent
        if at.stride % 2 == 0 and rest % 2:
            lines.append(("", f"no symmetric padding works: {rest} + 2P is odd"))
        if (padded := at.one_sided) is not None and "padding" not in exact:
            ends = f"{padded.before} before and {padded.after} after"
            lines.append(("", f"one-sided padding works: {ends} gives {padded.output}"))
    if strict and at.remainder and at.output:
        lines.append(("strict", "rejected: the remainder is not 0"))
    width = max(len(name) for name, _ in lines)
    for name, told_line in lines:
        begin = f"  {name.ljust(width)}   "
        parts = hanging(told_line, None if page is None else page - len(begin))
        yield begin + f"\n{' ' * len(begin)}".join(parts) + "\n"


def _defined(at: Window, problems: Sequence[Problem]) -> bool:
    """Whether the numbers are a window at all: `half` of an even kernel is no padding."""
    return not at.output or not any(one.blocking for one in problems)


def _remainder(at: Window) -> str:
    if not at.output:
        return f"none: the window does not fit ({at.extent} > {at.size + at.before + at.after})"
    way = f"{at.span} = {at.span // at.stride}*{at.stride} + {at.remainder}"
    if not at.remainder:
        return f"0: the windows tile the padded input exactly ({way})"
    return f"{at.remainder} ({way})"


def _one_sided(at: Window) -> dict[str, int] | None:
    padded = at.one_sided
    return (
        None if padded is None else {"before": padded.before, "after": padded.after, "output": padded.output}
    )


def json_text(at: Window, problems: Sequence[Problem]) -> str:
    """The same as JSON."""
    from cnncalc.render.json_text import dumped

    defined = _defined(at, problems)
    told = {
        "version": 1,
        "formula": at.formula if defined else None,
        "value": at.quotient if defined else None,
        "output": at.output if defined else None,
        "remainder": at.remainder if defined and at.output else None,
        "unread": at.unread if defined else None,
        "exact": exact_values(at) if defined and at.remainder and at.output else {},
        "one_sided_padding": _one_sided(at) if defined and at.output else None,
        "diagnostics": [
            {
                "code": problem.fault.code,
                "name": problem.fault.name,
                "severity": problem.fault.severity.word,
                "message": problem.message,
                "notes": list(problem.notes),
                "help": problem.help,
            }
            for problem in problems
        ],
    }
    return dumped(told)

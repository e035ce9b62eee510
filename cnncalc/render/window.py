"""One window along one axis: the formula with its numbers, the remainder, the small changes that make it exact."""

from collections.abc import Iterator, Sequence

from cnncalc.layers import Problem
from cnncalc.render.piece import Piece
from cnncalc.render.wrapping import wrapped
from cnncalc.shape import Window

NAMES = {"size": "input", "kernel": "kernel", "stride": "stride", "padding": "padding"}


def exact_values(window: Window) -> dict[str, list[int]]:
    """For each number of the window, its nearest values that leave no remainder."""
    values: dict[str, list[int]] = {}
    for name, changed in window.exact():
        value = changed.before if name == "padding" else getattr(changed, name)
        values.setdefault(NAMES[name], []).append(value)
    return values


def text(
    window: Window, problems: Sequence[Problem], *, strict: bool, page: int | None = None
) -> Iterator[str]:
    """Lines for a terminal of `page` columns; a long line continues below, indented to its start."""
    if not _defined(window, problems):
        for problem in problems:
            yield Piece(f"{problem.fault.code} {problem.fault.name}: {problem.message}\n", "bold")
            yield f"\n  help   {problem.help}\n" if problem.help else ""
        return
    yield Piece(f"(W - F + 2P)/S + 1 = {window.formula} = {window.quotient}", "bold")
    yield "\n\n"
    lines = [("output", f"{window.output}" + (" (rounded up)" if window.ceil and window.remainder else ""))]
    if window.dilation > 1:
        lines.append(
            ("extent", f"F = {window.dilation}*({window.kernel} - 1) + 1 = {window.extent}, dilated")
        )
    if window.before != window.after:
        lines.append(("padding", f"{window.before} before, {window.after} after"))
    lines.append(("remainder", _remainder(window)))
    lines += [
        (problem.fault.code, f"{problem.fault.name}: {'; '.join(problem.notes) or problem.message}")
        for problem in problems
    ]
    lines += [("help", problem.help) for problem in problems if not window.output and problem.help]
    if window.remainder and window.output:
        exact = exact_values(window)
        changes = [f"{name} {' or '.join(map(str, values))}" for name, values in exact.items()]
        if changes:
            lines.append(("exact with", ", ".join(changes)))
        rest = window.size - window.extent
        if window.stride % 2 == 0 and rest % 2:
            lines.append(("", f"no symmetric padding works: {rest} + 2P is odd"))
        if (padded := window.one_sided) is not None and "padding" not in exact:
            ends = f"{padded.before} before and {padded.after} after"
            lines.append(("", f"one-sided padding works: {ends} gives {padded.output}"))
    if strict and window.remainder and window.output:
        lines.append(("strict", "rejected: the remainder is not 0"))
    width = max(len(name) for name, _ in lines)
    for name, text_line in lines:
        begin = f"  {name.ljust(width)}   "
        parts = wrapped(text_line, None if page is None else page - len(begin))
        yield begin + f"\n{' ' * len(begin)}".join(parts) + "\n"


def _defined(window: Window, problems: Sequence[Problem]) -> bool:
    """Whether the numbers are a valid window: `half` of an even kernel is not a padding."""
    return not window.output or not any(problem.blocking for problem in problems)


def _remainder(window: Window) -> str:
    if not window.output:
        return (
            f"none: the window does not fit ({window.extent} > {window.size + window.before + window.after})"
        )
    way = f"{window.span} = {window.span // window.stride}*{window.stride} + {window.remainder}"
    if not window.remainder:
        return f"0: the windows cover the padded input exactly ({way})"
    return f"{window.remainder} ({way})"


def _one_sided(window: Window) -> dict[str, int] | None:
    padded = window.one_sided
    return (
        None if padded is None else {"before": padded.before, "after": padded.after, "output": padded.output}
    )


def json_text(window: Window, problems: Sequence[Problem]) -> str:
    """The same as JSON."""
    from cnncalc.render.json_text import dumped

    defined = _defined(window, problems)
    content = {
        "version": 1,
        "formula": window.formula if defined else None,
        "value": window.quotient if defined else None,
        "output": window.output if defined else None,
        "remainder": window.remainder if defined and window.output else None,
        "unread": window.unread if defined else None,
        "exact": exact_values(window) if defined and window.remainder and window.output else {},
        "one_sided_padding": _one_sided(window) if defined and window.output else None,
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
    return dumped(content)

"""An answer for people: each mode in three lines, then the remedies as a table."""

from collections.abc import Iterator, Mapping
from textwrap import wrap

from cnncalc.diagnostic import Fix
from cnncalc.memory.advice import Answer, ModeResult, Remedied
from cnncalc.render.figures import size
from cnncalc.render.memory.words import describe_remedy, describe_setup
from cnncalc.render.piece import Piece
from cnncalc.text import Source, escaped

MARGIN = "  "
# Wider than this, a line of prose is hard to read.
WIDEST = 110
# Stands for a space at which no line is broken.
KEPT = "\N{NO-BREAK SPACE}"
PHASES = {
    "start": "before the first layer",
    "forward": "in the forward pass",
    "backward": "in the backward pass",
    "step": "in the optimizer's step",
}
NOT_COUNTED = (
    "Not counted: the CUDA context and cuDNN's workspaces, whose sizes depend on more than the network."
)


def render(found: Answer, width: int) -> Iterator[str]:
    """Heading, modes, what is not counted, remedies."""
    width = min(width, WIDEST)
    heading = _lines(_heading(found), width)
    yield Piece("\n".join(heading), "bold")
    yield "\n\n"
    indent = MARGIN + " " * (max(map(len, found.modes), default=0) + 3)
    for mode, told in found.modes.items():
        first, *more = _mode(found, told)
        lines = _lines(first, width - len(indent))
        for text in more:
            lines += _lines(text, width - len(indent))
        yield MARGIN + mode.ljust(len(indent) - len(MARGIN))
        yield Piece(lines[0], "green" if told.need.fits else "bold red")
        yield "\n" + "".join(f"{indent}{line}\n" for line in lines[1:])
    if found.decides and found.decides.estimate.setup.backend.name == "cuda":
        yield "\n"
        if found.reserve:
            aside = f"{size(found.reserve).replace(' ', KEPT)} are set aside for them (`--reserve SIZE`)."
        else:
            aside = "`--reserve SIZE` sets memory aside for them."
        for line in _lines(f"{NOT_COUNTED} {aside}", width - len(MARGIN)):
            yield Piece(f"{MARGIN}{line}\n", "dim")
    if found.case is not None:
        yield "\n"
        yield from _remedies(found, width)


def _lines(text: str, width: int) -> list[str]:
    """Text in lines, broken at spaces alone: no name, no path and no option comes in two."""
    lines = wrap(text, max(1, width), break_long_words=False, break_on_hyphens=False)
    return [line.replace(KEPT, " ") for line in lines]


def _heading(found: Answer) -> str:
    spec, decides = found.graph.spec, found.decides
    parts = [escaped(spec.name) if spec.name else spec.file]
    parts.append(", ".join(f"{node.name} {node.shape or '?'}" for node in found.graph.inputs))
    if decides is not None:
        parts += describe_setup(decides.estimate.setup, found.graph)[1:]
    there = size(found.memory) + (f" less {size(found.reserve)}" if found.reserve else "")
    parts.append(f"{found.gpu.name}, {there}" if found.gpu is not None else there)
    return " · ".join(part.replace(" ", KEPT) for part in parts)


def _mode(found: Answer, told: ModeResult) -> Iterator[str]:
    """Whether it fits, what it takes, where the peak is."""
    need, graph = told.need, told.estimate.graph
    if (refusal := told.refusal) is not None:
        yield refusal.words
        yield f"help: {refusal.help}"
        return
    fewer = told.estimate.refusal(1)
    none = (
        "not even one image"
        if fewer is None
        else f"not even a batch of {fewer.least:,}, the least that runs,"
    )
    if found.batch is None:
        yield f"batch {told.largest:,} is the largest that fits" if need.fits else f"{none} fits"
    elif need.fits:
        more = f", up to {told.largest:,} would" if told.largest > need.batch else ""
        yield f"batch {need.batch:,} fits{more}"
    else:
        less = f"{told.largest:,} is the largest that does" if told.largest else f"{none} does"
        yield f"batch {need.batch:,} does not fit: {less}"
    yield f"{size(need.peak.nbytes)} of tensors, {_rest(found, told)}"
    where = f", at {graph.nodes[need.peak.node].name}" if need.peak.node is not None else ""
    held = told.estimate.breakdown(need.batch)
    most = max(held, key=lambda name: held[name])
    share = f"{100 * held[most] / need.peak.nbytes:.0f}% {most}" if need.peak.nbytes else ""
    yield f"peak {PHASES[need.peak.phase]}{where}; {share}"
    if fewer is not None:
        yield f"not below {fewer.least:,}: {fewer.words}"


def _rest(found: Answer, told: ModeResult) -> str:
    """What is reserved and left; or how much is missing."""
    need = told.need
    left = found.usable - need.nbytes
    if need.fits:
        reserved = "" if need.reserved is None else f"{size(need.reserved)} reserved, "
        return f"{reserved}{size(left)} left"
    return f"{size(-left)} too much" if left < 0 else "too much with the gaps between them"


def _remedies(found: Answer, width: int) -> Iterator[str]:
    case, free = found.case, any(one.largest is not None for one in found.remedies)
    assert case is not None
    what = f"the {size(case.now.peak.nbytes)} of batch {case.batch:,} in {case.setup.mode}"
    if not found.remedies:
        yield f"{MARGIN}No remedy takes less than {what}.\n"
        return
    titles = ("peak", "saved", "batch") if free else ("peak", "saved")
    rows = [(one, _figures(one, case.now.peak.nbytes)) for one in found.remedies]
    widths = [max(len(title), *(len(row[at]) for _, row in rows)) for at, title in enumerate(titles)]
    room = width - len(MARGIN) - 2 - sum(widths) - 2 * len(widths)
    heading = f"What takes less than {what}"
    columns = "".join(f"  {title.rjust(wide)}" for title, wide in zip(titles, widths, strict=True))
    if len(heading) > room + 2:
        yield Piece("".join(f"{MARGIN}{line}\n" for line in _lines(heading, width - len(MARGIN))), "bold")
        heading = ""
    yield Piece(f"{MARGIN}{heading.ljust(room + 2)}{columns}\n", "bold")
    for one, row in rows:
        fits = one.suggestion.outcome.need.fits
        first, *more = _lines(describe_remedy(one.suggestion.outcome.way.change).title, room)
        yield MARGIN
        yield " " if free else Piece("✓", "green") if fits else Piece("✗", "bold red")
        cells = "".join(f"  {cell.rjust(wide)}" for cell, wide in zip(row, widths, strict=True))
        yield f" {first.ljust(room)}{cells}\n"
        yield "".join(f"{MARGIN}  {line}\n" for line in more)
        for line in _lines(_how(one, found.graph.sources), width - len(MARGIN) - 6):
            yield Piece(f"{MARGIN}    {line}\n", "dim")


def _figures(one: Remedied, now: int) -> tuple[str, ...]:
    outcome = one.suggestion.outcome
    batch = () if one.largest is None else (f"{one.largest:,}",)
    return (size(outcome.need.peak.nbytes), f"{100 * outcome.saved / now:.0f}%", *batch)


def _how(one: Remedied, sources: Mapping[str, Source]) -> str:
    """`changes the network: net.yaml, line 12: 3 -> 2, or --set stage1=2`."""
    way = one.suggestion.outcome.way
    words = describe_remedy(way.change)
    edit = "" if way.fix is None else _edit(way.fix, sources)
    told = ", or ".join(part for part in (edit, words.options.replace(" ", KEPT)) if part)
    if one.suggestion.changes_network:
        return f"changes the network: {told}"
    return f"{told}; risk: {words.risk}" if words.risk else told


def _edit(fix: Fix, sources: Mapping[str, Source]) -> str:
    """`resnet50.yaml, line 34: 2 -> 4, and 5 more places`."""
    span, text = fix.edits[0]
    was = sources[span.file].line(span.line)[span.column - 1 : span.end_column - 1]
    told = escaped(text.strip().strip(",").strip())
    more = len(fix.edits) - 1
    rest = f", and {more} more place{'s' * (more > 1)}" if more else ""
    change = f"{was} -> {told}" if was else f"add {told}"
    return f"{span.file}, line {span.line}: {change.replace(' ', KEPT)}{rest}"

"""The answer of `fit` for people: each mode in three lines, then the remedies as a table."""

from collections.abc import Iterator, Mapping
from textwrap import wrap

from cnncalc.diagnostic import Fix
from cnncalc.exact import counted, grouped
from cnncalc.memory import MOST
from cnncalc.memory.advice import Answer, ModeResult, Need, Remedied, RemedyCase
from cnncalc.render.figures import between, exact, size
from cnncalc.render.memory.words import describe_remedy, describe_setup
from cnncalc.render.piece import Piece
from cnncalc.text import Source, escaped

MARGIN = "  "
# The widest line of prose that is easy to read.
WIDEST = 110
# Replaces a space at which a line must not be broken.
KEPT = "\N{NO-BREAK SPACE}"
PHASES = {
    "start": "before the first layer",
    "forward": "in the forward pass",
    "backward": "in the backward pass",
    "step": "in the optimizer's step",
}
# What a remedy did not try, by its name.
NOT_TRIED = {
    "larger_stride": "a larger stride in {}",
    "removed_layer": "the network without one of {}",
}
SAFE = (
    "Workspaces of cuDNN and cuBLAS take the most that they may, as far as there is room (`--optimistic` counts the "
    "least)."
)
OPTIMISTIC = "Workspaces of cuDNN and cuBLAS take the least that they may: a batch may not fit after all."
NOT_COUNTED = "Not counted: the CUDA context, the driver's own part, and what other programs take."


def render(answer: Answer, width: int) -> Iterator[str]:
    """Heading, modes, what is not counted, remedies."""
    width = min(width, WIDEST)
    heading = _lines(_heading(answer), width)
    yield Piece("\n".join(heading), "bold")
    yield "\n\n"
    indent = MARGIN + " " * (max(map(len, answer.modes), default=0) + 3)
    for mode, result in answer.modes.items():
        first, *more = _mode(answer, result)
        lines = _lines(first, width - len(indent))
        for text in more:
            lines += _lines(text, width - len(indent))
        yield MARGIN + mode.ljust(len(indent) - len(MARGIN))
        yield Piece(lines[0], "green" if result.need.fits else "bold red")
        yield "\n" + "".join(f"{indent}{line}\n" for line in lines[1:])
    if answer.decides and answer.decides.estimate.setup.backend.name == "cuda":
        yield "\n"
        for line in _lines(" ".join(_beside(answer, answer.decides)), width - len(MARGIN)):
            yield Piece(f"{MARGIN}{line}\n", "dim")
    if answer.case is not None:
        yield "\n"
        yield from _remedies(answer, width)


def _beside(answer: Answer, decides: ModeResult) -> Iterator[str]:
    """Which end of what workspaces may take is counted, and what is not counted."""
    if any(len(result.estimate.ends) > 1 for result in answer.modes.values()):
        yield SAFE if decides.estimate.setup.workspaces == MOST else OPTIMISTIC
    yield NOT_COUNTED
    if not answer.reserve:
        yield "`--reserve SIZE` reserves memory for them."
        return
    context = answer.context
    how = "" if context is None else ", as assumed" if context.assumed else ", as measured by others"
    yield f"{size(answer.reserve).replace(' ', KEPT)} are reserved for them{how} (`--reserve SIZE`)."


def _lines(text: str, width: int) -> list[str]:
    """Text in lines, broken only at spaces, so that names, paths and options stay whole."""
    lines = wrap(text, max(1, width), break_long_words=False, break_on_hyphens=False)
    return [line.replace(KEPT, " ") for line in lines]


def _heading(answer: Answer) -> str:
    spec, decides = answer.graph.spec, answer.decides
    parts = [escaped(spec.name) if spec.name else spec.file]
    parts.append(", ".join(f"{node.name} {node.shape or '?'}" for node in answer.graph.inputs))
    if decides is not None:
        parts += describe_setup(decides.estimate.setup, answer.graph)[1:]
    there = size(answer.memory) + (f" less {size(answer.reserve)}" if answer.reserve else "")
    if (count := len(answer.graph.devices)) > 1:
        there += f" on each of {count} devices"
    parts.append(f"{answer.gpu.name}, {there}" if answer.gpu is not None else there)
    # A line may be broken after a point, never before it.
    return f"{KEPT}· ".join(part.replace(" ", KEPT) for part in parts)


def _mode(answer: Answer, result: ModeResult) -> Iterator[str]:
    """Whether it fits, the memory that it needs, and the place of the peak."""
    need, graph = result.need, result.estimate.graph
    if (refusal := result.refusal) is not None:
        yield refusal.words
        yield f"help: {refusal.help}"
        return
    fewer = result.estimate.refusal(1)
    none = (
        "not even one image"
        if fewer is None
        else f"not even a batch of {exact(fewer.least)}, the smallest that runs,"
    )
    if answer.batch is None:
        yield f"batch {grouped(result.largest)} is the largest that fits" if need.fits else f"{none} fits"
    elif need.fits:
        more = f", up to {grouped(result.largest)} would" if result.largest > need.batch else ""
        yield f"batch {grouped(need.batch)} fits{more}"
    else:
        less = f"{grouped(result.largest)} is the largest that does" if result.largest else f"{none} does"
        yield f"batch {grouped(need.batch)} does not fit: {less}"
    least = result.optimistic
    if least is not None and (least.need.fits, least.largest) != (need.fits, result.largest):
        yield _otherwise(answer, result, least)
    devices = result.devices(answer.usable)
    if not devices:
        yield f"{_held(result)}, {_rest(answer, need)}"
    for device in devices:
        yield f"{device.name}: {size(device.need.peak.nbytes)} of tensors, {_rest(answer, device.need)}"
    # Where tensors peak, whatever algorithms cuDNN takes.
    estimate, peak = (least or result).estimate, (least or result).need.peak
    where = f", at {graph.nodes[peak.node].name}" if peak.node is not None else ""
    held = estimate.breakdown(need.batch)
    most = max(held, key=lambda name: held[name])
    where += f", on {estimate.device(need.batch)}" if devices else ""
    share = f"{100 * held[most] / peak.nbytes:.0f}% {most}" if peak.nbytes else ""
    yield f"peak {PHASES[peak.phase]}{where}; {share}"
    limit = result.estimate.image_limit
    if limit is not None and not result.estimate.countable(max(need.batch, result.largest + 1)):
        yield (
            f"PyTorch's kernel of {limit.node.name} runs no more than {counted(limit.images, 'image')}: it counts "
            "values with 32 bits (--channels-last has another kernel)"
        )
    if fewer is not None:
        yield f"not below {exact(fewer.least)}: {fewer.words}"


def _otherwise(answer: Answer, result: ModeResult, least: ModeResult) -> str:
    """What the answer is with the least that workspaces may take."""
    here = answer.batch is not None and least.need.fits != result.need.fits
    says = (
        f"batch {grouped(least.need.batch)} would fit"
        if here
        else f"up to {grouped(least.largest)} would fit"
    )
    return f"{says} with the least workspaces (--optimistic)"


def _held(result: ModeResult) -> str:
    """What is allocated, with the least and the most that workspaces may take; tensors if that is not known."""
    need, least = result.need, result.optimistic
    if need.allocated is None:
        return f"{size(need.peak.nbytes)} of tensors"
    low = need.allocated if least is None or least.need.allocated is None else least.need.allocated
    return f"{between(min(low, need.allocated), need.allocated)} allocated"


def _rest(answer: Answer, need: Need) -> str:
    """How much is reserved and left, or how much is missing."""
    left = answer.usable - need.nbytes
    if need.fits:
        reserved = "" if need.reserved is None else f"{size(need.reserved)} reserved, "
        return f"{reserved}{size(left)} left"
    return f"{size(-left)} too much" if left < 0 else "too much because of the gaps between them"


def _remedies(answer: Answer, width: int) -> Iterator[str]:
    case, free = answer.case, any(remedy.largest is not None for remedy in answer.remedies)
    assert case is not None
    what = f"the {size(case.peak.nbytes)} of batch {grouped(case.batch)} in {case.setup.mode}"
    if not answer.remedies:
        yield f"{MARGIN}No remedy needs less than {what}.\n"
        yield from _not_tried(case, width)
        return
    titles = ("peak", "saved", "batch") if free else ("peak", "saved")
    rows = [(remedy, _figures(remedy, case.peak.nbytes)) for remedy in answer.remedies]
    widths = [max(len(title), *(len(row[column]) for _, row in rows)) for column, title in enumerate(titles)]
    room = width - len(MARGIN) - 2 - sum(widths) - 2 * len(widths)
    heading = f"Remedies that need less than {what}"
    columns = "".join(f"  {title.rjust(wide)}" for title, wide in zip(titles, widths, strict=True))
    if len(heading) > room + 2:
        yield Piece("".join(f"{MARGIN}{line}\n" for line in _lines(heading, width - len(MARGIN))), "bold")
        heading = ""
    yield Piece(f"{MARGIN}{heading.ljust(room + 2)}{columns}\n", "bold")
    for remedy, row in rows:
        fits = remedy.suggestion.outcome.need.fits
        first, *more = _lines(describe_remedy(remedy.suggestion.outcome.way.change).title, room)
        yield MARGIN
        yield " " if free else Piece("✓", "green") if fits else Piece("✗", "bold red")
        cells = "".join(f"  {cell.rjust(wide)}" for cell, wide in zip(row, widths, strict=True))
        yield f" {first.ljust(room)}{cells}\n"
        yield "".join(f"{MARGIN}  {line}\n" for line in more)
        for line in _lines(_how(remedy, answer.graph.sources), width - len(MARGIN) - 6):
            yield Piece(f"{MARGIN}    {line}\n", "dim")
    yield from _not_tried(case, width)


def _not_tried(case: RemedyCase, width: int) -> Iterator[str]:
    """`Not tried: a larger stride in 12 more layers; the network without one of 40 more layers.`."""
    parts = [
        words.format(counted(case.not_tried[name], "more layer"))
        for name, words in NOT_TRIED.items()
        if case.not_tried.get(name)
    ]
    if parts:
        yield "\n"
        for line in _lines(f"Not tried: {'; '.join(parts)}.", width - len(MARGIN)):
            yield Piece(f"{MARGIN}{line}\n", "dim")


def _figures(remedy: Remedied, now: int) -> tuple[str, ...]:
    outcome = remedy.suggestion.outcome
    batch = () if remedy.largest is None else (grouped(remedy.largest),)
    return (size(outcome.least.peak.nbytes), f"{100 * outcome.saved / now:.0f}%", *batch)


def _how(remedy: Remedied, sources: Mapping[str, Source]) -> str:
    """`changes the network: net.yaml, line 12: 3 -> 2, or --set stage1=2`."""
    way = remedy.suggestion.outcome.way
    words = describe_remedy(way.change)
    edit = "" if way.fix is None else _edit(way.fix, sources)
    change = ", or ".join(part for part in (edit, words.options.replace(" ", KEPT)) if part)
    if remedy.suggestion.changes_network:
        return f"changes the network: {change}"
    return f"{change}; risk: {words.risk}" if words.risk else change


def _edit(fix: Fix, sources: Mapping[str, Source]) -> str:
    """`resnet50.yaml, line 34: 2 -> 4, and 5 more places`; `net.yaml: remove lines 3 to 4`."""
    span, text = fix.edits[0]
    more = len(fix.edits) - 1
    rest = f", and {more} more place{'s' * (more > 1)}" if more else ""
    if not text and span.end_line > span.line:
        last = span.end_line - (span.end_column == 1)
        lines = f"lines {span.line} to {last}" if last > span.line else f"line {span.line}"
        return f"{span.file}: remove {lines}{rest}"
    was = sources[span.file].line(span.line)[span.column - 1 : span.end_column - 1]
    new = escaped(text.strip().strip(",").strip())
    change = f"{was} -> {new}" if was and new else f"add {new}" if new else f"remove {escaped(was)}"
    return f"{span.file}, line {span.line}: {change.replace(' ', KEPT)}{rest}"

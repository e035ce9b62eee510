"""Adds input sizes for which the whole network fits to findings about sizes."""

from collections.abc import Sequence
from math import gcd, lcm
from typing import NamedTuple

from cnncalc.diagnostic import Diagnostic, Edit, Fix, Severity
from cnncalc.graph import Graph
from cnncalc.sizing.fitting import Fitting, fitting
from cnncalc.sizing.nearest import near
from cnncalc.sizing.trials import OutOfTrials, Sizes, Trials
from cnncalc.sizing.wording import rules, shapes_in_words, sizes_in_words

# The findings that another size of the input may remove.
OF_SIZES = ("S001", "S005", "S008")
# The most layers that all trials of a search may build together, and the most trials.
LAYERS, MOST = 40_000, 600


def with_sizes(findings: Sequence[Diagnostic], graph: Graph) -> tuple[Diagnostic, ...]:
    """The findings. Those about sizes get input sizes that fit the whole network, if some near the own size do."""
    errors = [item for item in findings if item.severity is Severity.ERROR]
    if not errors or any(item.code not in (*OF_SIZES, "S102") for item in errors) or not _of_grids(graph):
        return tuple(findings)
    trials = _trials(graph)
    if not trials.readable or not trials.axes:
        return tuple(findings)
    try:
        fitted = fitting(trials)
    except OutOfTrials:
        return tuple(findings)
    advice = _advice(trials, fitted)
    if advice is None:
        return tuple(findings)
    help, fixes = advice
    if graph.spec.is_pattern:
        fixes = []
    return tuple(
        item._replace(help="; ".join(filter(None, (item.help, help))), fixes=(*item.fixes, *fixes))
        if item.severity is Severity.ERROR and item.code in OF_SIZES
        else item
        for item in findings
    )


class Multiples(NamedTuple):
    """Sizes near the spec's own that fit and are multiples of some numbers; the rule for all of them in words."""

    choices: tuple[Sizes, ...]
    rule: str | None


def multiples(graph: Graph, steps: Sequence[int]) -> Multiples:
    """Sizes that the whole network fits, each side a multiple of its number in `steps`, next to those of the spec.

    The graph has no error and one input. Where a search for the rule would cost too much, there is none: the multiples
    on both sides are tried.
    """
    trials = _trials(graph, graph)
    try:
        fitted = fitting(trials)
    except OutOfTrials:
        fitted = None
    if fitted is None or fitted.base is None or not fitted.exact:
        return Multiples(_beside(graph, trials.own, steps), None)
    sides = []
    for group, side in zip(fitted.groups, fitted.sides, strict=True):
        each = [
            steps[axis] // gcd(steps[axis], times)
            for axis, times in zip(group.axes, group.times, strict=True)
        ]
        sides.append(side.multiples(lcm(*each)))
    fitted = fitted._replace(sides=tuple(sides))
    own = near(fitted, trials.own)
    choices = tuple(
        sizes for sizes in dict.fromkeys((own.not_larger, own.not_smaller)) if sizes and _near(trials, sizes)
    )
    return Multiples(choices, "; ".join(rules(trials, fitted, examples=False)))


def _beside(graph: Graph, own: Sizes, steps: Sequence[int]) -> tuple[Sizes, ...]:
    trials = _trials(graph, graph)
    both = (
        [-(-size // step) * step for size, step in zip(own, steps, strict=True)],
        [size // step * step for size, step in zip(own, steps, strict=True)],
    )
    return tuple(sizes for sizes in map(tuple, reversed(both)) if min(sizes) > 0 and trials.fits(sizes))


def _trials(graph: Graph, built: Graph | None = None) -> Trials:
    """The trials for one piece of advice, with a limit on their cost."""
    most = max(2, min(MOST, LAYERS // max(1, len(graph.nodes))))
    return Trials(
        graph.spec, mode=graph.mode, values=graph.values, strict=graph.strict, most=most, graph=built
    )


def _near(trials: Trials, sizes: Sizes) -> bool:
    """Whether no side is below half or above twice the spec's own."""
    return all(2 * size >= now and size <= 2 * now for size, now in zip(sizes, trials.own, strict=True))


def _of_grids(graph: Graph) -> bool:
    """Whether an error is about windows, or about a merge of different spatial sizes."""
    for node in graph.nodes:
        if node.fit is not None:
            codes = {problem.fault.code for problem in node.fit.problems}
            if codes & {"S001", "S005"}:
                return True
            if "S008" in codes and len({shape.spatial for shape in node.fit.inputs}) > 1:
                return True
    return False


def _advice(trials: Trials, fitted: Fitting) -> tuple[str, list[Fix]] | None:
    """Help and fixes, if sizes from half to twice the spec's own fit."""
    own = near(fitted, trials.own)
    choices = [
        sizes
        for sizes in dict.fromkeys((own.not_larger, own.nearest, own.not_smaller))
        if sizes is not None and _near(trials, sizes)
    ]
    if not choices:
        return None
    sizes_text = " or ".join(sizes_in_words(trials, sizes) for sizes in choices)
    what = "an input" if len(trials.spec.inputs) == 1 else "inputs"
    help = (
        f"the whole network fits {what} of {sizes_text} ({'; '.join(rules(trials, fitted, examples=False))})"
    )
    fixes = [fix for sizes in choices if (fix := _fix(trials, sizes)) is not None]
    return help, fixes


def _fix(trials: Trials, sizes: Sequence[int]) -> Fix | None:
    """Edits that write another size of the inputs, if each is written as one word."""
    edits = []
    for name, shape in shapes_in_words(trials, tuple(sizes)):
        given = trials.spec.inputs[name]
        if not given.constant or not isinstance(given.value, str):
            return None
        if shape != str(trials.shapes[name]):
            edits.append(Edit(given.span, shape))
    text = ", ".join(f"{name}: {shape}" for name, shape in shapes_in_words(trials, tuple(sizes)))
    return Fix(text, tuple(edits)) if edits else None

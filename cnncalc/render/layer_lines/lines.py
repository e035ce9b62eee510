"""The facts of a layer as names and lines of text, which the text, the Markdown and the page of `explain` share."""

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Any, TypeAlias

from cnncalc.analysis.layer_facts import LayerFacts
from cnncalc.exact import counted, grouped
from cnncalc.figure_words import axes, grid, percent
from cnncalc.graph import BoundLayer
from cnncalc.layers import Weight
from cnncalc.render.layer_lines import slices
from cnncalc.render.layer_lines._ratio import times
from cnncalc.render.layer_lines.backward import backward
from cnncalc.render.layer_lines.matrices import dense, matrices
from cnncalc.shape import Shape
from cnncalc.spec import NOTHING
from cnncalc.vocabulary.convolution import times as times_text
from cnncalc.vocabulary.layer import call_text

Lines: TypeAlias = Iterator[tuple[str, str]]


def windows(facts: LayerFacts) -> Lines:
    """The course's formula along each axis."""
    for axis, window in zip(facts.volume.axes, facts.windows, strict=False):
        rounded = f", rounded to {window.output}" if window.remainder else ""
        extent = (
            f" (F = {window.dilation}*({window.kernel} - 1) + 1 = {window.extent})"
            if window.dilation > 1
            else ""
        )
        yield f"  {axis}", f"(W - F + 2P)/S + 1 = {window.formula} = {window.quotient}{rounded}{extent}"


def volume(shape: Shape | None) -> str:
    """`55x55x96 = 290,400 values`."""
    if shape is None:
        return "?"
    return f"{shape} = {counted(shape.size, 'value')}" if shape.rank else counted(shape.channels, "feature")


def learned(fit: BoundLayer, owner: str | None = None) -> Lines:
    """Parameters and buffers; `owner` is the layer whose parameters it uses in place of its own."""
    weights = fit.layer.weights(fit.inputs)
    for weight in weights:
        formula = f"{weight.formula} = " if "*" in weight.formula else ""
        yield weight.name, f"{formula}{grouped(weight.size)}   (PyTorch's shape: {grid(weight.shape)})"
    if owner is not None:
        yield "parameters", f"0 of its own: it shares those of {owner}"
    elif len(weights) > 1:
        sizes = " + ".join(grouped(item.size) for item in weights)
        yield "parameters", f"{sizes} = {grouped(sum(item.size for item in weights))}"
    elif not weights:
        yield "parameters", "0"
    for buffer in fit.layer.buffers(fit.inputs):
        yield (
            "buffer",
            f"{buffer.name}, {grouped(buffer.size)}" + (f" ({buffer.dtype})" if buffer.dtype else ""),
        )


def work(fit: BoundLayer) -> Lines:
    """Operations of the forward pass, by kind."""
    done = fit.layer.work(fit.inputs)
    if done.macs:
        yield "MACs", f"{fit.layer.macs_formula(fit.inputs)} = {grouped(done.macs)}"
    for kind, count in done._asdict().items():
        if kind != "macs" and count:
            yield kind, grouped(count)


def torch(fit: BoundLayer, decided: Mapping[str, Any] = NOTHING) -> Lines:
    """The calls that build it, with arguments that the network has `decided`."""
    for call in fit.layer.torch(fit.inputs):
        arguments = {name: decided.get(name, value) for name, value in call.arguments.items()}
        yield "PyTorch", call_text(call._replace(arguments=arguments))


def shape(facts: LayerFacts) -> Lines:
    """Overlap of windows, and how many values are left."""
    if factors := facts.weights_of_a_neuron:
        count = prod(factors)
        formula = f"{times_text(*factors)} = {grouped(count)}" if len(factors) > 1 else grouped(count)
        bias = " and a bias" if any(item.is_bias for item in facts.weights) else ""
        yield (
            "neurons",
            f"{grouped(facts.output.size)}, each with {formula} {'weight' if count == 1 else 'weights'}{bias}",
        )
    if facts.windows:
        yield "overlap", _overlap(facts)
    if facts.picks:
        before, after = facts.volume.size, facts.output.size
        text = f"{grouped(after)} of {grouped(before)} = {percent(after, before)}"
        if after < before:
            # A mean reads them all.
            text += f"; {percent(before - after, before)} {'fewer' if facts.layer.linear else 'are dropped'}"
        yield "values kept", text


def _overlap(facts: LayerFacts) -> str:
    """`F - S = 11 - 4 = 7 of 11`, along each axis where they differ."""
    reported: dict[str, list[str]] = {}
    for axis, position, common in zip(facts.volume.axes, facts.windows, facts.overlap, strict=True):
        text = f"F - S = {position.extent} - {position.stride} = {common}"
        if position.output == 1:
            text = "none: there is one window"
        elif common > 0:
            text += (
                f": neighbouring windows have {common} of {counted(position.extent, 'position')} in common"
            )
        elif common < 0:
            text += f": {counted(-common, 'position')} between two windows {'is' if common == -1 else 'are'} not read"
        else:
            text += ": windows lie side by side"
        reported.setdefault(text, []).append(axis)
    if len(reported) == 1:
        return next(iter(reported))
    return "; ".join(f"{' and '.join(names)} {text}" for text, names in reported.items())


def sharing(facts: LayerFacts) -> Lines:
    """Parameters if weights were not shared, or if they were."""
    other = facts.other_weights
    if not other:
        return
    name = "without sharing" if facts.is_shared else "with sharing"
    yield name, f"{_sum(other)}, {_factor(facts)}"


def _factor(facts: LayerFacts) -> str:
    own, other = (sum(item.size for item in group) for group in (facts.weights, facts.other_weights))
    if other == own:
        return "as many: there is one position"
    if other > own:
        return f"{times(other, own)} as many"
    return f"{times(own, other)} fewer"


def _sum(weights: Sequence[Weight]) -> str:
    """`(55*55*96) * (11*11*3) = 105,415,200; with 290,400 biases 105,705,600 parameters`."""
    first, *biases = weights
    text = f"{first.formula} = {grouped(first.size)}"
    if biases:
        total = sum(item.size for item in weights)
        text += f", with {counted(biases[0].size, 'bias').replace('biass', 'biases')} {grouped(total)}"
    return text


def reads(facts: LayerFacts) -> Lines:
    """What output values read: of all by a rule, of those that are asked about by their positions."""
    if not facts.tells_reads:
        return
    if facts.windows and (rule := slices.rule(facts)):
        letters = ",".join(slices.LETTERS[facts.output.rank])
        each = ", each channel by itself" if facts.channels_read == 1 < facts.volume.channels else ""
        yield f"V[{letters}]", f"reads {rule}{each}"
    if padded := slices.padding(facts):
        yield "Xp", padded
    yield from slices.slices(facts)


def after_the_field(facts: LayerFacts) -> Lines:
    """All that stands below the receptive field on a page."""
    yield from matrices(facts)
    yield from dense(facts)
    yield from backward(facts)
    yield from reads(facts)


def field(facts: LayerFacts) -> Lines:
    """What one output value sees of the input itself."""
    if facts.windows:
        sizes, steps = (
            [getattr(position, name) for position in facts.windows] for name in ("extent", "stride")
        )
        starts = [-position.before for position in facts.windows]
        positions = "position" if set(sizes) == {1} else "positions"
        yield "field", f"{axes(sizes)} {positions} of its input, step {axes(steps)}, from {_from(starts)}"


def _from(starts: Sequence[int]) -> str:
    return str(starts[0]) if len(set(starts)) == 1 else ", ".join(map(str, starts))

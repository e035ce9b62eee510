"""The facts of a layer as names and lines of text, which the text, the Markdown and the page of `explain` share."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import prod
from typing import Any, TypeAlias

from cnncalc.analysis.layer_facts import LayerFacts
from cnncalc.exact import counted
from cnncalc.figure_words import axes, grid, percent
from cnncalc.graph import BoundLayer
from cnncalc.layers import Weight
from cnncalc.render.figures import size
from cnncalc.render.layer_facts import _slices
from cnncalc.shape import Shape
from cnncalc.spec import NOTHING
from cnncalc.vocabulary.convolution import Convolution
from cnncalc.vocabulary.convolution import times as times_text
from cnncalc.vocabulary.flipped import gradient_windows
from cnncalc.vocabulary.matrix import Matrix

Lines: TypeAlias = Iterator[tuple[str, str]]


def times(value: int, of: int) -> str:
    """How many times as many: `7.1 times`, `1 time`; `0.25 times`."""
    ratio = Fraction(value, of)
    digits = 1 if ratio >= 1 else 2
    text = f"{float(ratio):,.{digits}f}".removesuffix(".0")
    return f"{text} {'time' if text == '1' else 'times'}"


def windows(facts: LayerFacts) -> Lines:
    """The course's formula along each axis."""
    for axis, at in zip(facts.volume.axes, facts.windows, strict=False):
        rounded = f", rounded to {at.output}" if at.remainder else ""
        extent = f" (F = {at.dilation}*({at.kernel} - 1) + 1 = {at.extent})" if at.dilation > 1 else ""
        yield f"  {axis}", f"(W - F + 2P)/S + 1 = {at.formula} = {at.quotient}{rounded}{extent}"


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
        yield weight.name, f"{formula}{weight.size:,}   (PyTorch's shape: {grid(weight.shape)})"
    if owner is not None:
        yield "parameters", f"0 of its own: it uses those of {owner}"
    elif len(weights) > 1:
        sizes = " + ".join(f"{one.size:,}" for one in weights)
        yield "parameters", f"{sizes} = {sum(one.size for one in weights):,}"
    elif not weights:
        yield "parameters", "0"
    for buffer in fit.layer.buffers(fit.inputs):
        yield "buffer", f"{buffer.name}, {buffer.size:,}" + (f" ({buffer.dtype})" if buffer.dtype else "")


def work(fit: BoundLayer) -> Lines:
    """Operations of the forward pass, by kind."""
    done = fit.layer.work(fit.inputs)
    if done.macs:
        yield "MACs", f"{fit.layer.macs_formula(fit.inputs)} = {done.macs:,}"
    for kind, count in done._asdict().items():
        if kind != "macs" and count:
            yield kind, f"{count:,}"


def torch(fit: BoundLayer, decided: Mapping[str, Any] = NOTHING) -> Lines:
    """The calls that build it, with arguments that the network has `decided`."""
    for call in fit.layer.torch(fit.inputs):
        arguments = {name: decided.get(name, value) for name, value in call.arguments.items()}
        text = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
        yield "PyTorch", f"{call.target}({text})"


def shape(facts: LayerFacts) -> Lines:
    """Overlap of windows, and how many values are left."""
    if factors := facts.weights_of_a_neuron:
        count = prod(factors)
        formula = f"{times_text(*factors)} = {count:,}" if len(factors) > 1 else f"{count:,}"
        bias = " and a bias" if any(one.is_bias for one in facts.weights) else ""
        yield (
            "neurons",
            f"{facts.output.size:,}, each with {formula} {'weight' if count == 1 else 'weights'}{bias}",
        )
    if facts.windows:
        yield "overlap", _overlap(facts)
    if facts.picks:
        before, after = facts.volume.size, facts.output.size
        text = f"{after:,} of {before:,} = {percent(after, before)}"
        if after < before:
            text += f"; {percent(before - after, before)} are dropped"
        yield "values kept", text


def _overlap(facts: LayerFacts) -> str:
    """`F - S = 11 - 4 = 7 of 11`, along each axis where they differ."""
    told: dict[str, list[str]] = {}
    for axis, at, common in zip(facts.volume.axes, facts.windows, facts.overlap, strict=True):
        text = f"F - S = {at.extent} - {at.stride} = {common}"
        if common > 0:
            text += f": neighbouring windows have {common} of {counted(at.extent, 'position')} in common"
        elif common < 0:
            text += f": {counted(-common, 'position')} between two windows {'is' if common == -1 else 'are'} not read"
        else:
            text += ": windows lie side by side"
        told.setdefault(text, []).append(axis)
    if len(told) == 1:
        return next(iter(told))
    return "; ".join(f"{' and '.join(names)} {text}" for text, names in told.items())


def sharing(facts: LayerFacts) -> Lines:
    """Parameters if weights were not shared, or if they were."""
    other = facts.other_weights
    if not other:
        return
    name = "without sharing" if facts.is_shared else "with sharing"
    yield name, f"{_sum(other)}, {_factor(facts)}"


def _factor(facts: LayerFacts) -> str:
    own, other = (sum(one.size for one in group) for group in (facts.weights, facts.other_weights))
    if other >= own:
        return f"{times(other, own)} as many"
    return f"{times(own, other)} fewer"


def _sum(weights: Sequence[Weight]) -> str:
    """`(55*55*96) * (11*11*3) = 105,415,200; with 290,400 biases 105,705,600 parameters`."""
    first, *biases = weights
    text = f"{first.formula} = {first.size:,}"
    if biases:
        total = sum(one.size for one in weights)
        text += f", with {counted(biases[0].size, 'bias').replace('biass', 'biases')} {total:,}"
    return text


def matrices(facts: LayerFacts) -> Lines:
    """The matrices of im2col, and what they take."""
    found = facts.matrices
    yield from sides(found)
    if found:
        yield f"{_title(found)} memory", "; ".join(_memory(facts, one) for one in found)


def sides(found: Sequence[Matrix]) -> Lines:
    """The sides of matrices."""
    for one in found:
        yield f"{_title(found)} {one.name}", _sides(one)


def _title(found: Sequence[Matrix]) -> str:
    """A transposed convolution's columns are parts of its output, which add up."""
    return "col2im" if any(one.holds == "parts of the output" for one in found) else "im2col"


def _sides(one: Matrix) -> str:
    each = f", for each of {counted(one.times, one.each)}" if one.each else ""
    if not one.rows_of and not one.columns_of:
        return f"{one.rows} x {one.columns}{each}"
    rows, columns = one.rows_of or one.rows, one.columns_of or one.columns
    return f"{rows} x {columns} = {one.rows} x {one.columns}{each}"


def _memory(facts: LayerFacts, one: Matrix) -> str:
    text = f"{one.name} {counted(one.values, 'value')}"
    if one.holds != "weights":
        text += f" = {size(facts.nbytes(one.values))}"
    else:
        text += f" = {size(facts.nbytes(one.values) // facts.batch)}"
    if one.holds == "input" and one.values != facts.volume.size:
        text += f", {times(one.values, facts.volume.size)} the input"
    if one.holds == "parts of the output":
        text += f", {times(one.values, facts.output.size)} the output"
    return text


def dense(facts: LayerFacts) -> Lines:
    """The layer as a fully-connected one."""
    matrix = facts.connections
    if matrix is None:
        return
    text = f"{matrix.rows:,} x {matrix.columns:,} = {counted(matrix.entries, 'weight')}"
    if matrix.zeros:
        text += f", {matrix.used:,} not zero: {percent(matrix.zeros, matrix.entries)} zeros"
    else:
        text += ", no zeros"
    shared = next((one.size for one in facts.weights if not one.is_bias), 0)
    if facts.windows and shared and shared < matrix.used:
        text += f"; they have {counted(shared, 'different value')}"
    yield "as fully connected", text


def backward(facts: LayerFacts) -> Lines:
    """The gradients of data and of weights: sizes, and multiply-adds."""
    if not facts.macs:
        return
    told = facts.backward
    yield "backward, data", f"{_data(facts)}{told.data:,} MACs"
    yield "backward, weights", f"{_weight(facts)}{told.weights:,} MACs"
    yield (
        "backward MACs",
        f"{told.data:,} + {told.weights:,} = {told.total:,}, {times(told.total, facts.macs)} the forward's "
        f"{facts.macs:,}; a training step {facts.macs + told.total:,}",
    )


def _data(facts: LayerFacts) -> str:
    """`dX 5x5x3: dY 3x3x2 with 1 zero between its values, padded by 1, under 3x3 filters flipped: 54 weights; `."""
    if not isinstance(facts.layer, Convolution):
        return f"dX {facts.volume}, of dY, {facts.output}, and the weights; "
    parts = []
    strides = [at.stride - 1 for at in facts.windows]
    if any(strides):
        word = "zero" if set(strides) == {1} else "zeros"
        parts.append(f"{axes(strides)} {word} between its values")
    ends = [(at.before, at.after) for at in gradient_windows(facts.windows)]
    if any(any(pair) for pair in ends):
        parts.append(f"padded by {_ends(ends)}")
    spread = f" with {parts[0]}" if parts and any(strides) else f" {parts[0]}" if parts else ""
    spread += f", {parts[1]}" if len(parts) > 1 else ""
    weights = next(one for one in facts.weights if not one.is_bias)
    filters = grid(at.kernel for at in facts.windows)
    return (
        f"dX {facts.volume}: a convolution of dY, {facts.output}{spread}, with the {filters} filters flipped "
        f"({counted(weights.size, 'weight')}); "
    )


def _ends(ends: Sequence[tuple[int, int]]) -> str:
    """`2`, or `1 before and 2 after`, of each axis where they differ."""
    told = list(
        dict.fromkeys(
            str(before) if before == after else f"{before} before and {after} after" for before, after in ends
        )
    )
    return " and ".join(told) if len(told) == 1 else ", ".join(told)


def _weight(facts: LayerFacts) -> str:
    shapes = " and ".join(grid(one.shape) for one in facts.weights if not one.is_bias)
    if isinstance(facts.layer, Convolution):
        return f"dW {shapes}: X under dY, {facts.output}; "
    return f"dW {shapes}, of X, {facts.volume}, and dY; "


def reads(facts: LayerFacts) -> Lines:
    """What output values read: of all by a rule, of those that are asked about by their positions."""
    if not facts.tells_reads:
        return
    if facts.windows and (rule := _slices.rule(facts)):
        letters = ",".join(_slices.LETTERS[facts.output.rank])
        each = ", each channel by itself" if facts.channels_read == 1 < facts.volume.channels else ""
        yield f"V[{letters}]", f"reads {rule}{each}"
    if padded := _slices.padding(facts):
        yield "Xp", padded
    yield from _slices.slices(facts)


def after_the_field(facts: LayerFacts) -> Lines:
    """All that stands below the receptive field on a page."""
    yield from matrices(facts)
    yield from dense(facts)
    yield from backward(facts)
    yield from reads(facts)


def field(facts: LayerFacts) -> Lines:
    """What one output value sees of the input itself."""
    if facts.windows:
        sizes, steps = ([getattr(at, name) for at in facts.windows] for name in ("extent", "stride"))
        starts = [-at.before for at in facts.windows]
        positions = "position" if set(sizes) == {1} else "positions"
        yield "field", f"{axes(sizes)} {positions} of its input, step {axes(steps)}, from {_from(starts)}"


def _from(starts: Sequence[int]) -> str:
    return str(starts[0]) if len(set(starts)) == 1 else ", ".join(map(str, starts))

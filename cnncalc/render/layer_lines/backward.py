"""The backward pass of a layer: what its gradients are made of, and how many multiply-adds they take."""

from collections.abc import Iterator, Sequence

from cnncalc.analysis.layer_facts import LayerFacts
from cnncalc.exact import counted, grouped
from cnncalc.figure_words import axes, grid
from cnncalc.render.layer_lines._ratio import times
from cnncalc.vocabulary.convolution import Convolution
from cnncalc.vocabulary.flipped import gradient_windows
from cnncalc.vocabulary.padding_modes import PadsInModes


def backward(facts: LayerFacts) -> Iterator[tuple[str, str]]:
    """The gradients of data and of weights: sizes, and multiply-adds."""
    if not facts.macs:
        return
    work = facts.backward
    yield "backward, data", f"{_data(facts)}{grouped(work.data)} MACs"
    if facts.weights:
        yield "backward, weights", f"{_weight(facts)}{grouped(work.weights)} MACs"
    yield (
        "backward MACs",
        f"{grouped(work.data)} + {grouped(work.weights)} = {grouped(work.total)}, "
        f"{times(work.total, facts.macs)} the forward's {grouped(facts.macs)}; "
        f"a training step {grouped(facts.macs + work.total)}",
    )


def _data(facts: LayerFacts) -> str:
    """`dX 5x5x3: dY 3x3x2 with 1 zero between its values, padded by 1, under 3x3 filters flipped: 54 weights; `."""
    if not facts.weights:
        operands = " and ".join(map(str, facts.fit.inputs))
        return f"dX {operands}, each of dY, {facts.output}, and the other operand; "
    if not isinstance(facts.layer, Convolution):
        return f"dX {facts.volume}, of dY, {facts.output}, and the weights; "
    if not facts.is_shared:
        return (
            f"dX {facts.volume}: each value of dY, {facts.output}, times the filters of its own position, added up "
            "(no convolution: no filter is shared); "
        )
    parts = []
    strides = [position.stride - 1 for position in facts.windows]
    if any(strides):
        word = "zero" if set(strides) == {1} else "zeros"
        parts.append(f"{axes(strides)} {word} between its values")
    ends = [(position.before, position.after) for position in gradient_windows(facts.windows)]
    if any(any(pair) for pair in ends):
        parts.append(f"padded by {_ends(ends)}")
    spread = f" with {parts[0]}" if parts and any(strides) else f" {parts[0]}" if parts else ""
    spread += f", {parts[1]}" if len(parts) > 1 else ""
    assert facts.filters is not None
    filters = grid(position.kernel for position in facts.windows)
    zeros = ", products with those zeros not counted" if parts else ""
    return (
        f"dX {facts.volume}: a convolution of dY, {facts.output}{spread}, with the {filters} filters flipped "
        f"({counted(facts.filters.size, 'weight')}{zeros}{_added(facts)}); "
    )


def _added(facts: LayerFacts) -> str:
    """What happens to the gradient of padding that has values of the input."""
    edges = facts.layer.edges if isinstance(facts.layer, PadsInModes) else None
    return "" if edges is None else ", and that of its padding is added to where its values came from"


def _ends(ends: Sequence[tuple[int, int]]) -> str:
    """`2`, or `1 before and 2 after`, of each axis where they differ."""
    work = list(
        dict.fromkeys(
            str(before) if before == after else f"{before} before and {after} after" for before, after in ends
        )
    )
    return " and ".join(work) if len(work) == 1 else ", ".join(work)


def _weight(facts: LayerFacts) -> str:
    factors = [item for item in facts.weights if not item.is_bias]
    if getattr(facts.layer, "computation", None) is not None:
        # Of its parameters one has the shape of the filters.
        factors = [item for item in factors if item == facts.filters]
    shapes = " and ".join(grid(item.shape) for item in factors)
    if isinstance(facts.layer, Convolution):
        return f"dW {shapes}: X under dY, {facts.output}; "
    return f"dW {shapes}, of X, {facts.volume}, and dY; "

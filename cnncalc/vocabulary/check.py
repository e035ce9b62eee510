"""The checks that all layers have in common: the kind of input, and lists with one number for each axis."""

from collections.abc import Iterator

from cnncalc.exact import counted, shown
from cnncalc.vocabulary.field import stated
from cnncalc.vocabulary.layer import Inputs, Layer, Problem
from cnncalc.vocabulary.values import SIDES, Sides
from cnncalc.vocabulary.window import Windowed


def problems(layer: Layer, inputs: Inputs) -> Iterator[Problem]:
    """All problems between a layer and the shapes of its inputs."""
    if not inputs:
        yield from layer.problems(inputs)
        return
    if unfit := _batch(layer, inputs) or _kind(layer, inputs) or _axes(layer, inputs):
        yield unfit
        return
    yield from layer.problems(inputs)


def _batch(layer: Layer, inputs: Inputs) -> Problem | None:
    """A learned tensor where a layer needs a tensor of each image."""
    which = next((index for index, shape in enumerate(inputs) if not shape.batched), None)
    if which is None or layer.without_batch == "all":
        return None
    of = f"its input ({inputs[0]})" if len(inputs) == 1 else f"operand {which + 1} ({inputs[which]})"
    if layer.without_batch == "none" or len(inputs) == 1:
        facts = (
            f"{layer.key} reads a tensor with a batch (one for each image), but {of} is a learned tensor (one for all "
            "images)"
        )
    elif any(shape.batched for shape in inputs):
        return None
    else:
        operands = "both" if len(inputs) == 2 else "all"
        shapes = " and ".join(map(str, inputs))
        facts = (
            f"{layer.key} needs an operand with a batch (a tensor for each image), but {operands} are learned tensors "
            f"(one for all images): {shapes}"
        )
    from cnncalc.vocabulary.operand_faults import NO_BATCH

    return Problem(NO_BATCH, facts, operand=which)


def _wrong_axes(
    facts: str, field: str | None = None, *, help: str | None = None, operand: int = 0
) -> Problem:
    from cnncalc.vocabulary.shape_faults import WRONG_AXES

    return Problem(WRONG_AXES, facts, field, help=help, operand=operand)


def _kind(layer: Layer, inputs: Inputs) -> Problem | None:
    does = "slides over" if isinstance(layer, Windowed) else "works on"
    for which, shape in enumerate(inputs):
        if layer.takes == "volume" and not shape.rank:
            return _wrong_axes(
                f"{layer.key} {does} a volume, but its input has {counted(shape.channels, 'feature')}",
                help="put it before `flatten`" + (", or use `fc`" if isinstance(layer, Windowed) else ""),
                operand=which,
            )
        if layer.takes == "features" and shape.rank:
            return _wrong_axes(
                f"{layer.key} reads features, but its input is a volume, {shape}",
                operand=which,
            )
        if shape.rank and shape.rank not in layer.ranks:
            fit = " or ".join(map(str, layer.ranks))
            return _wrong_axes(
                f"{layer.key} works on {fit} spatial {'axis' if fit == '1' else 'axes'} but the input ({shape}) "
                f"has {shape.rank}: {', '.join(shape.axes)}",
                help=layer.other_ranks,
                operand=which,
            )
    return None


def _axes(layer: Layer, inputs: Inputs) -> Problem | None:
    rank = inputs[0].rank
    for name, (declared, _) in stated(type(layer)).items():
        value = getattr(layer, name)
        if declared.kind.name not in ("per axis", "factor per axis", "padding"):
            continue
        count = len(value) if isinstance(value, tuple) else rank
        if isinstance(value, Sides):
            count = max(rank, value.least_axes)
        if count != rank:
            what = shown(value.nonzero() if isinstance(value, Sides) else value)
            kept = value[:rank] + value[-1:] * (rank - count) if isinstance(value, tuple) else ()
            instead = shown(kept[0] if len(set(kept)) == 1 else kept) if kept else ""
            axes = f"{rank} axis" if rank == 1 else f"{rank} axes"
            return _wrong_axes(
                f"`{name}` is {what}, for {count} {'axis' if count == 1 else 'axes'}, "
                f"but the input ({inputs[0]}) has {axes}: "
                f"{', '.join(inputs[0].axes)}",
                name,
                help=f"the sides here are {', '.join(SIDES[len(SIDES) - 2 * rank :])}"
                if isinstance(value, Sides)
                else f"write `{name}: {instead}`, one number for each axis of the input",
            )
    return None

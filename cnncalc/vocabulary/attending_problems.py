"""What is wrong between attention and its operands: their number, widths, lengths and grids."""

from collections.abc import Iterator
from math import gcd
from typing import TYPE_CHECKING

from cnncalc.exact import counted, grouped
from cnncalc.shape import Shape
from cnncalc.vocabulary import operand_faults
from cnncalc.vocabulary.attending import PARTS
from cnncalc.vocabulary.divide import undivided
from cnncalc.vocabulary.layer import Change, Inputs, Problem
from cnncalc.vocabulary.relative import Table

if TYPE_CHECKING:
    from cnncalc.layers.attention import Attention


def problems(layer: "Attention", inputs: Inputs) -> Iterator[Problem]:
    """All problems; the widths of heads are known only if there are as many operands as there should be."""
    if problem := _count(layer, inputs):
        yield problem
        return
    first = [_lengths(inputs), *(_widths(layer, inputs) if not layer.project else _heads(layer, inputs))]
    yield from filter(None, first)
    if layer.causal and (problem := _causal(inputs)):
        yield problem
    if layer.relative != "none" and (problem := _grids(layer, inputs)):
        yield problem


def _count(layer: "Attention", inputs: Inputs) -> Problem | None:
    if len(inputs) > 3:
        return Problem(
            operand_faults.ATTENTION_OPERANDS,
            f"attention takes queries, keys and values, but it has {len(inputs)} operands",
            help="write `of: [QUERIES, KEYS, VALUES]`, or `of: [QUERIES, MEMORY]` if both come from one layer",
            operand=3,
        )
    if layer.project or len(inputs) == 3:
        return None
    return Problem(
        operand_faults.ATTENTION_OPERANDS,
        f"without projections, attention takes queries, keys and values, but it has {counted(len(inputs), 'operand')}",
        "project",
        help="write `of: [QUERIES, KEYS, VALUES]` (a layer can be two or three of them), or leave out `project`",
        changes=(Change("project", True),) if not list(problems(_projected(layer), inputs)) else (),
    )


def _projected(layer: "Attention") -> "Attention":
    return type(layer)(**{**vars(layer), "project": True})


def _lengths(inputs: Inputs) -> Problem | None:
    """Values are weighted by position, so there is one for each key."""
    if len(inputs) < 3 or inputs[1].spatial == inputs[2].spatial:
        return None
    return Problem(
        operand_faults.ATTENTION_OPERANDS,
        f"there are {_positions(inputs[1])} of keys but {_positions(inputs[2])} of values, and each key has one value",
        help="make keys and values of one layer: `of: [QUERIES, MEMORY]`",
        operand=2,
    )


def _positions(shape: Shape) -> str:
    grid = f" ({'x'.join(map(str, shape.spatial))})" if shape.rank > 1 else ""
    return f"{counted(shape.positions, 'position')}{grid}"


def _heads(layer: "Attention", inputs: Inputs) -> Iterator[Problem | None]:
    if layer.key_width is None:
        yield undivided(inputs[0], layer.heads, f"{layer.heads} heads", "heads")


def _widths(layer: "Attention", inputs: Inputs) -> Iterator[Problem | None]:
    """Without projections, the channels of each operand are those of all heads."""
    queries, keys, values = inputs
    if keys.channels != queries.channels:
        yield Problem(
            operand_faults.ATTENTION_OPERANDS,
            f"queries have {counted(queries.channels, 'channel')} but keys have {keys.channels}, "
            f"and without projections they are compared channel by channel ({queries} and {keys})",
            help=f"`linear: {queries.channels}` gives the keys {counted(queries.channels, 'channel')}",
            operand=1,
        )
    for which, (field, given) in (
        (0, ("key_width", layer.key_width)),
        (2, ("value_width", layer.value_width)),
    ):
        shape = inputs[which]
        # A number of heads is offered that fits both.
        both = shape._replace(channels=gcd(queries.channels, values.channels))
        if problem := undivided(shape, layer.heads, f"{layer.heads} heads", "heads" if not which else None):
            if not which and (fitting := undivided(both, layer.heads, "", "heads")) is not None:
                problem = problem._replace(help=fitting.help, changes=fitting.changes)
            yield problem._replace(operand=which)
            if not which:
                return
        elif given is not None and given * layer.heads != shape.channels:
            width = shape.channels // layer.heads
            yield Problem(
                operand_faults.ATTENTION_OPERANDS,
                f"`{field}` is {given}, but the {PARTS[which]} have {counted(shape.channels, 'channel')} for "
                f"{counted(layer.heads, 'head')}: {width} each",
                field,
                help=f"leave out `{field}`, or write {width}",
                changes=(Change(field, width),),
                operand=which,
            )
    if layer.units not in (None, values.channels):
        yield Problem(
            operand_faults.ATTENTION_OPERANDS,
            f"`units` is {layer.units}, but without projections the output has the channels of the values, "
            f"{values.channels}",
            "units",
            help=f"put `linear: {layer.units}` after it, and leave out `units`",
            changes=(Change("units", values.channels),),
        )


def _causal(inputs: Inputs) -> Problem | None:
    for which, shape in enumerate(inputs):
        if shape.rank > 1:
            flat = f"`reshape: {{length: {shape.positions}, channels: {shape.channels}}}`"
            return Problem(
                operand_faults.CAUSAL_LENGTHS,
                f"causal attention needs positions in one order, but {shape} has {shape.rank} axes: "
                f"{', '.join(shape.axes)}",
                "causal",
                help=f"leave out `causal`, or put {flat} before it",
                changes=(Change("causal", False),),
                operand=which,
            )
    if inputs[0].positions == inputs[-1].positions:
        return None
    return Problem(
        operand_faults.CAUSAL_LENGTHS,
        f"causal attention needs as many keys as queries, but there are {grouped(inputs[0].positions)} queries "
        f"and {counted(inputs[-1].positions, 'key')}",
        "causal",
        help="leave out `causal`: every query then attends to all keys",
        changes=(Change("causal", False),),
        operand=len(inputs) - 1,
    )


def _grids(layer: "Attention", inputs: Inputs) -> Problem | None:
    queries, keys = inputs[0], inputs[-1]
    if Table.of(queries, keys, layer.relative) is not None:
        return None
    ways = "take the queries from the grid of the keys: `maxpool: {kernel: 1, stride: 2}` takes every second position"
    if queries.rank != keys.rank:
        ways = "give the queries the axes of the keys"
        of_queries, of_keys = (", ".join(shape.axes) for shape in (queries, keys))
        fact = f"the queries ({queries}) have {of_queries}, and the keys ({keys}) have {of_keys}"
    else:
        axis, query, key = next(
            (axis, query, key)
            for axis, query, key in zip(queries.axes, queries.spatial, keys.spatial, strict=True)
            if -(-key // -(-key // query)) != query
        )
        fact = (
            f"along the {axis}, {grouped(query)} queries are not every n-th of {grouped(key)} keys "
            f"({queries} and {keys})"
        )
    return Problem(
        operand_faults.RELATIVE_GRID,
        f"relative positions need queries at positions of the keys, but {fact}",
        "relative",
        help=f"leave out `relative`, or {ways}",
        changes=(Change("relative", "none"),),
        operand=len(inputs) - 1,
    )

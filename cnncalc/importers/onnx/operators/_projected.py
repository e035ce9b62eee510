"""Attention with the linear layers around it, where they are those of one layer."""

from cnncalc.importers.draft import DraftNode, Taken
from cnncalc.importers.onnx.heads import Core, is_of_shifted_windows
from cnncalc.importers.onnx.operators._rolls import roll
from cnncalc.importers.onnx.reading import OnnxReading


def with_projections(reading: OnnxReading, name: str) -> str | None:
    """The layer that a linear layer ends, with the attention and the linear layer before it; None if there is none.

    One linear layer makes queries, keys and values of its input, and `name` joins the heads.
    """
    joins = reading.nodes[name]
    core = reading.cores.get(joins.sources[0])
    if core is None or joins.type != "linear" or joins.fields["units"] != joins_width(reading, core):
        return None
    makes = _made_by(reading, core)
    if makes is None or makes.fields["bias"] != joins.fields["bias"]:
        return None
    entering = makes.sources[0]
    shape = reading.shapes[entering]
    if makes.fields["units"] != 3 * shape.channels or joins.fields["units"] != shape.channels:
        return None
    if core.window is not None:
        return _windowed(reading, core, makes, joins, entering)
    if core.has_table and core.table is None:
        return None
    weights = _weights(makes, joins, "qkv.weight", "qkv.bias", "proj.weight", "proj.bias")
    fields = {key: value for key, value in core.fields.items() if key != "project"}
    has_bias = joins.fields["bias"]
    if shape.rank == 1 and set(fields) == {"heads"}:
        if not has_bias:
            fields["bias"] = False
        own = _weights(makes, joins, "in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias")
        return reading.emit("self_attention", (entering,), shape, fields, own)
    if not has_bias:
        fields["bias"] = False
    if core.table is not None:
        weights["relative_position_bias_table"] = core.table
    return reading.emit("attention", (entering,), shape, fields, weights)


def joins_width(reading: OnnxReading, core: Core) -> int:
    """The channels of the queries."""
    return reading.shapes[core.sources[0]].channels


def _made_by(reading: OnnxReading, core: Core) -> DraftNode | None:
    """The linear layer whose three parts are queries, keys and values."""
    parts = [reading.nodes.get(source) for source in core.sources]
    for index, part in enumerate(parts):
        if part is None or part.type != "chunk" or part.fields != {"of": 3, "index": index}:
            return None
    sources = {part.sources[0] for part in parts if part is not None}
    node = reading.nodes.get(sources.pop()) if len(sources) == 1 else None
    return node if node is not None and node.type == "linear" else None


def _weights(
    makes: DraftNode, joins: DraftNode, weight: str, bias: str, out: str, out_bias: str
) -> dict[str, Taken]:
    names = (
        (makes, "weight", weight),
        (makes, "bias", bias),
        (joins, "weight", out),
        (joins, "bias", out_bias),
    )
    return {ours: node.weights[theirs] for node, theirs, ours in names if theirs in node.weights}


def _windowed(
    reading: OnnxReading, core: Core, makes: DraftNode, joins: DraftNode, entering: str
) -> str | None:
    """`window_attention`: its shift rolls before and after it."""
    shape = reading.shapes[entering]
    window = core.window
    assert window is not None
    if shape.rank != 2 or not joins.fields["bias"] or set(core.fields) - {"heads", "project"}:
        return None
    shifts = [0, 0]
    before = reading.nodes.get(entering)
    if core.mask is not None:
        if before is None or before.type != "roll" or core.is_grid:
            return None
        moved = before.fields["shift"]
        shifts = [(size - step) % size for size, step in zip(shape.spatial, moved, strict=True)]
        sizes = (shape.spatial[0], shape.spatial[1])
        if any(step >= side for step, side in zip(shifts, window, strict=True)) or not is_of_shifted_windows(
            core.mask, sizes, window, tuple(shifts)
        ):
            return None
        entering = before.sources[0]
    fields = {
        "heads": core.heads,
        "window": window[0] if len(set(window)) == 1 else list(window),
        **({"shift": shifts[0] if len(set(shifts)) == 1 else shifts} if any(shifts) else {}),
        **({"grid": True} if core.is_grid else {}),
        **({} if core.has_table else {"relative": "none"}),
    }
    weights = _weights(makes, joins, "qkv.weight", "qkv.bias", "proj.weight", "proj.bias")
    if core.table is not None:
        weights["relative_position_bias_table"] = core.table
    name = reading.emit("window_attention", (entering,), shape, fields, weights)
    back = [size - step for size, step in zip(shape.spatial, shifts, strict=True)]
    return roll(reading, name, back) if any(shifts) else name

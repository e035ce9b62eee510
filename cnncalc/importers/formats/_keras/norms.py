"""Keras' norms, and other layers that scale and shift each channel."""

from typing import Any

from cnncalc.importers.formats._keras.call import KerasCall


def batch_norm(call: KerasCall) -> str:
    config = call.config
    axis = config.numbers("axis", low=-8) or [-1]
    if (
        call.axis(axis[0] if isinstance(axis[0], int) else -1, call.shape) not in ("channels", None)
        or len(axis) > 1
    ):
        return call.unknown("BatchNormalization of another axis", [call.source], call.shape)
    scale, shift = config.flag("scale", True), config.flag("center", True)
    fields: dict[str, Any] = {
        "eps": config.decimal("epsilon", 1e-3),
        "momentum": round(1 - config.decimal("momentum", 0.99), 9),
    }
    if not scale and not shift:
        fields["affine"] = False
    elif not shift:
        fields["bias"] = False
    y = call.add("bn", fields, [call.source]) if scale or not shift else None
    if y is None:
        # A shift without a scale.
        y = call.add("bn", {**fields, "affine": False}, [call.source])
        return _shifted(call, y)
    return y


def _shifted(call: KerasCall, y: str) -> str:
    shape = call.shape
    size = "x".join(["1"] * shape.rank + [str(shape.channels)]) if shape.rank else shape.channels
    vector = call.add("learned", {"shape": size, "init": 0.0}, [], "beta")
    return call.add("add", {}, [y, vector], "shifted")


def layer_norm(call: KerasCall) -> str:
    config, shape = call.config, call.shape
    axis = config.numbers("axis", low=-8) or [-1]
    plain = config.flag("scale", True) and config.flag("center", True)
    if len(axis) != 1 or not isinstance(axis[0], int) or call.axis(axis[0], shape) != "channels" or not plain:
        return call.unknown("LayerNormalization", [call.source], shape)
    kind = "ln2d" if shape.rank == 2 else "ln"
    return call.add(kind, {"eps": config.decimal("epsilon", 1e-3)}, [call.source])


def group_norm(call: KerasCall) -> str:
    config, shape = call.config, call.shape
    groups = config.number("groups", 32, low=-1)
    if not (config.flag("scale", True) and config.flag("center", True)):
        return call.unknown("GroupNormalization", [call.source], shape)
    fields = {"groups": shape.channels if groups == -1 else groups, "eps": config.decimal("epsilon", 1e-3)}
    return call.add("gn", fields, [call.source])


def normalization(call: KerasCall) -> str:
    """(x - mean)/deviation of the data, which are saved and not trained."""
    shape = call.shape
    size = "x".join(["1"] * shape.rank + [str(shape.channels)]) if shape.rank else shape.channels
    mean, deviation = (
        call.building.add(
            "learned",
            {"shape": size},
            [],
            name=f"{call.name}_{part}",
            span=call.config.span,
            scopes=call.scopes,
            controls={"freeze": True},
        )
        for part in ("mean", "deviation")
    )
    y = call.add("sub", {}, [call.source, mean], "shifted")
    return call.add("div", {}, [y, deviation])


def rescaling(call: KerasCall) -> str:
    config, y = call.config, call.source
    scale, offset = call.at("scale"), call.at("offset")
    if any(
        node is not None and config.numbers(name)
        for name, node in (("scale", scale), ("offset", offset))
        if not _plain(node)
    ):
        return call.unknown("Rescaling", [y], call.shape, 0, 0)
    factor, shift = config.decimal("scale", 1), config.decimal("offset", 0)
    y = call.add("scale", {"factor": factor}, [y])
    return call.add("add", {"numbers": [None, shift]}, [y], "shift") if shift else y


def _plain(node: Any) -> bool:
    return node is None or not hasattr(node, "items")


def layer_scale(call: KerasCall) -> str:
    """Of Keras' ConvNeXt: a learned factor for each channel."""
    return call.add("layer_scale", {"init": call.config.decimal("init_values", 1e-6)}, [call.source])

"""Schemas of layers: what may stand inside each, and what must, where nothing else can give it.

Each is there twice. `conv` is what `defaults` and `first` take, where nothing is required; `conv-whole` what a list of
layers takes in a spec without `defaults`.
"""

from collections.abc import Iterator
from typing import Any

from cnncalc import layers
from cnncalc.describe import summary
from cnncalc.layers import REQUIRED, Layer, main_field, shown, stated
from cnncalc.schema.values import (
    COMMON,
    NOT_NULL,
    NULL,
    Schema,
    common,
    either,
    field,
    keyed,
    mapping,
    reference,
    spelt,
)
from cnncalc.vocabulary.field import SIDES, Sides

PAGE = "https://github.com/cnncalc/cnncalc/blob/main/docs/layers.md"
WHOLE = "-whole"
SUGAR = {"norm": "normalisation", "act": "activation"}
SUGAR_DOCS = {
    "norm": "The normalisation that follows: a layer's name, or none.",
    "act": "The activation that follows, after the norm: a layer's name, or none.",
}


def types() -> Iterator[type[Layer]]:
    """Every layer type."""
    return map(layers.layer_type, layers.names())


def required(layer: type[Layer]) -> list[str]:
    """The fields that have no default."""
    return [name for name, (_, default) in stated(layer).items() if default is REQUIRED]


def definitions() -> dict[str, Schema]:
    """What stands in `$defs` for the layers: of merges, their arguments without the operands."""
    schemas: dict[str, Schema] = {}
    for layer in types():
        kinds = [declared.kind for declared, _ in stated(layer).values() if declared.kind.name in COMMON]
        schemas |= {common(kind): spelt(kind) for kind in kinds}
        schemas[f"layer-{layer.key}"] = _layer(layer)
        schemas[f"layer-{layer.key}{WHOLE}"] = _whole(layer)
    for kind, family in SUGAR.items():
        fitting = [layer for layer in types() if layer.family == family]
        for suffix in ("", WHOLE):
            schemas[f"{kind}{suffix}"] = _sugar(kind, fitting, suffix)
    return schemas


def description(layer: type[Layer]) -> str:
    return f"{summary(layer)}\n\n{PAGE}#{layer.key}"


def fields(layer: type[Layer]) -> dict[str, Schema]:
    """The keys inside a layer."""
    properties: dict[str, Schema] = {}
    main = main_field(layer)
    # The one that a bare value means comes first.
    for name, (declared, default) in sorted(stated(layer).items(), key=lambda field: field[0] != main):
        letter = f"{declared.letter}: " if declared.letter else ""
        taken = field(declared.kind)
        properties[name] = {
            "description": f"{letter}{declared.doc}. Takes {declared.kind.words}.",
            # What is null is left to its default.
            **(taken if default is REQUIRED else either(taken, NULL)),
        }
        if default is not REQUIRED and default is not None:
            properties[name]["default"] = _plain(default)
    if layer.takes_sugar:
        properties |= {kind: {"description": SUGAR_DOCS[kind], **reference(kind)} for kind in SUGAR}
    return properties


# Kinds of fields whose values are words.
WORDS = ("choice", "flag", "order", "padding")


def worded(layer: type[Layer]) -> dict[str, Schema]:
    """Of the keys inside a layer those whose values an editor can offer."""
    properties = {
        name: field(declared.kind)
        for name, (declared, _) in stated(layer).items()
        if declared.kind.name in WORDS
    }
    if layer.takes_sugar:
        properties |= {kind: reference(kind) for kind in SUGAR}
    return properties


def _plain(default: Any) -> Any:
    """A default as a spec says it."""
    if isinstance(default, Sides):
        return {side: getattr(default, side) for side in SIDES}
    return default if isinstance(default, bool | int | float | str) else shown(default)


def _layer(layer: type[Layer]) -> Schema:
    schema: Schema = {"title": layer.key, "description": description(layer)}
    inside = keyed(fields(layer), worded(layer))
    if layer.arity is None:
        return {**schema, **inside}
    main = main_field(layer)
    scalar = [field(stated(layer)[main][0].kind)] if main is not None else []
    return {**schema, **either(*scalar, inside, NULL)}


def _whole(layer: type[Layer]) -> Schema:
    """A layer that has to say itself what is required."""
    needed = required(layer)
    then: Schema = {"required": needed} if needed else {}
    if layer.takes_sugar:
        then["patternProperties"] = {f"^{kind}$": reference(f"{kind}{WHOLE}") for kind in SUGAR}
    if not then:
        return reference(f"layer-{layer.key}")
    alone: Schema = NOT_NULL if needed == [main_field(layer)] else {"type": "object"}
    checked: Schema = {"if": {"type": "object"}, "then": then, **({"else": alone} if needed else {})}
    # By its `anyOf` an editor knows that a value follows, and completes the colon.
    return {"description": description(layer), "anyOf": [reference(f"layer-{layer.key}")], **checked}


def _sugar(kind: str, fitting: list[type[Layer]], suffix: str) -> Schema:
    words = [layer.key for layer in fitting if not (suffix and required(layer))]
    inside = {layer.key: reference(f"layer-{layer.key}{suffix}") for layer in fitting}
    return {
        "description": SUGAR_DOCS[kind],
        **either(
            {"enum": [*words, "none"]},
            {**mapping(inside), "minProperties": 1, "maxProperties": 1},
            reference("expression"),
            NULL,
        ),
    }

"""Schemas of layers: the arguments of each, and the required ones, if nothing else can give them.

Each has two schemas: `conv` for `defaults` and `first`, where nothing is required, and `conv-whole` for a list of
layers in a spec without `defaults`.
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
from cnncalc.vocabulary.values import Mapped

PAGE = "https://github.com/cnncalc/cnncalc/blob/main/docs/layers.md"
WHOLE = "-whole"
SUGAR = {"norm": "normalisation", "act": "activation"}
SUGAR_DOCS = {
    "norm": "The normalisation that follows: the name of a layer type, or none.",
    "act": "The activation that follows, after the norm: the name of a layer type, or none.",
}


def types() -> Iterator[type[Layer]]:
    """Every layer type."""
    return map(layers.layer_type, layers.names())


def required(layer: type[Layer]) -> list[str]:
    """The fields that have no default."""
    return [name for name, (_, default) in stated(layer).items() if default is REQUIRED]


def definitions() -> dict[str, Schema]:
    """The entries in `$defs` for the layers; for merges, their arguments without the operands."""
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
    # The main field comes first.
    for name, (declared, default) in sorted(stated(layer).items(), key=lambda field: field[0] != main):
        letter = f"{declared.letter}: " if declared.letter else ""
        taken = field(declared.kind)
        properties[name] = {
            "description": f"{letter}{declared.doc}. Accepts {declared.kind.words}.",
            # null stands for the default.
            **(taken if default is REQUIRED else either(taken, NULL)),
        }
        if default is not REQUIRED and default is not None:
            properties[name]["default"] = _plain(default)
    if layer.takes_sugar:
        properties |= {kind: {"description": SUGAR_DOCS[kind], **reference(kind)} for kind in SUGAR}
    return properties


# Kinds of fields whose values are words.
WORDS = ("axes", "choice", "flag", "order", "padding")


def worded(layer: type[Layer]) -> dict[str, Schema]:
    """The keys inside a layer whose values an editor can offer."""
    properties = {
        name: field(declared.kind)
        for name, (declared, _) in stated(layer).items()
        if declared.kind.name in WORDS
    }
    if layer.takes_sugar:
        properties |= {kind: reference(kind) for kind in SUGAR}
    return properties


def _plain(default: Any) -> Any:
    """A default as written in a spec."""
    if isinstance(default, Mapped):
        return default.asdict()
    return default if isinstance(default, bool | int | float | str) else shown(default)


def _layer(layer: type[Layer]) -> Schema:
    schema: Schema = {"title": layer.key, "description": description(layer)}
    inside = keyed(fields(layer), worded(layer))
    if layer.arity is None:
        return {**schema, **inside}
    return {**schema, **either(*main_value(layer), inside, NULL)}


def main_value(layer: type[Layer]) -> list[Schema]:
    """The value of a layer's main field alone, if it has one: `conv: 64`."""
    main = main_field(layer)
    return [field(stated(layer)[main][0].kind)] if main is not None else []


def _whole(layer: type[Layer]) -> Schema:
    """A layer that must contain its required arguments."""
    needed = required(layer)
    then: Schema = {"required": needed} if needed else {}
    if layer.takes_sugar:
        then["patternProperties"] = {f"^{kind}$": reference(f"{kind}{WHOLE}") for kind in SUGAR}
    if not then:
        return reference(f"layer-{layer.key}")
    alone: Schema = NOT_NULL if needed == [main_field(layer)] else {"type": "object"}
    checked: Schema = {"if": {"type": "object"}, "then": then, **({"else": alone} if needed else {})}
    # Because of the `anyOf` an editor knows that a value follows, and adds the colon.
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

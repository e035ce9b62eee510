"""Schemas of single values: what a field of a layer accepts, or an expression instead."""

from typing import Any, TypeAlias

from cnncalc.layers import Kind
from cnncalc.spec.controls import NAME
from cnncalc.spec.reading import RESERVED
from cnncalc.text.arithmetic import FUNCTIONS
from cnncalc.vocabulary.values import SIDES
from cnncalc.vocabulary.word_fields import AXIS_WORDS

Schema: TypeAlias = dict[str, Any]

NULL: Schema = {"type": "null"}
NOT_NULL: Schema = {"not": NULL}
TEXT: Schema = {"type": ["string", "number", "boolean"]}
# The same as `is_expression`, without a look-behind: not every regular expression engine supports it.
EXPRESSION: Schema = {
    "type": "string",
    "pattern": rf"\$|(^|[^A-Za-z0-9_.])({'|'.join(FUNCTIONS)})\(",
    "description": "An expression: numbers, $parameters, $in.channels, + - * / // %, comparisons, min, max, floor, "
    "ceil, abs, round_to.",
}
# Names are read as written, even if they look like numbers.
NAMED: Schema = {**TEXT, "pattern": f"^{NAME}$", "not": {"enum": sorted(RESERVED)}}
MOST_AXES = 3
# Kinds of fields that have an entry in `$defs`.
COMMON = ("integer", "per axis", "padding", "flag", "standardization")


def reference(name: str) -> Schema:
    """A reference to an entry in `$defs`."""
    return {"$ref": f"#/$defs/{name}"}


def either(*schemas: Schema) -> Schema:
    """One of several schemas, which can overlap."""
    return schemas[0] if len(schemas) == 1 else {"anyOf": list(schemas)}


def computed(*schemas: Schema) -> Schema:
    """One of several schemas, or an expression."""
    return either(*schemas, reference("expression"))


def integer(low: float | None) -> Schema:
    return {"type": "integer"} if low is None else {"type": "integer", "minimum": int(low)}


def field(kind: Kind) -> Schema:
    """The schema of a kind of field; common kinds are references to `$defs`."""
    return reference(common(kind)) if kind.name in COMMON else spelt(kind)


def common(kind: Kind) -> str:
    """The name of a kind in `$defs`: `per-axis-from-1`."""
    low = f"-from-{kind.low:g}" if kind.low is not None else ""
    words = f"-or-{'-'.join(kind.choices)}" if kind.choices else ""
    return f"{kind.name.replace(' ', '-')}{low}{words}"


def spelt(kind: Kind) -> Schema:
    """The full schema of a kind of field."""
    match kind.name:
        case "integer":
            return computed(integer(kind.low))
        case "per axis":
            return computed(integer(kind.low), _axes(kind.low))
        case "factor per axis":
            factor = {"type": "number", **({"minimum": 1} if kind.low else {"exclusiveMinimum": 0})}
            listed = {"type": "array", "items": computed(factor), "minItems": 1, "maxItems": MOST_AXES}
            return computed(factor, listed)
        case "padding":
            words = [{"enum": list(kind.choices)}] if kind.choices else []
            return computed(integer(kind.low), *words, _axes(kind.low), _sides(kind.low))
        case "number":
            bounds = {"minimum": kind.low, "maximum": kind.high}
            return computed(
                {"type": "number", **{name: bound for name, bound in bounds.items() if bound is not None}}
            )
        case "shape":
            return reference("shape")
        case "flag":
            return computed({"type": "boolean"})
        case "standardization":
            number = computed({"type": "number", "minimum": 0})
            settings = {"gain": computed({"type": "boolean"}), "gamma": number, "eps": number}
            return computed({"type": "boolean"}, mapping(settings))
        case "choice":
            return computed({"enum": list(kind.choices)})
        case "name":
            return {"type": "string", "minLength": 1}
        case "axes":
            schema = computed({"enum": list(AXIS_WORDS)})
            listed = {"type": "array", "items": schema, "minItems": 1, "uniqueItems": True}
            return computed({"enum": list(kind.choices)}, listed)
        case "order":
            schema = computed({"enum": list(kind.choices)})
            return computed({"type": "array", "items": schema, "minItems": 1, "uniqueItems": True})
    raise TypeError(f"there is no schema for {kind.name!r}")


def _axes(low: float | None) -> Schema:
    return {"type": "array", "items": computed(integer(low)), "minItems": 1, "maxItems": MOST_AXES}


def _sides(low: float | None) -> Schema:
    return mapping({side: computed(integer(low)) for side in SIDES})


def mapping(properties: dict[str, Schema], required: tuple[str, ...] = ()) -> Schema:
    """A mapping with these keys and no others."""
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": list(required)} if required else schema


def keyed(properties: dict[str, Schema], values: dict[str, Schema], required: tuple[str, ...] = ()) -> Schema:
    """A mapping of these keys and no others, which an editor completes inside `{}` too.

    yaml-language-server offers the keys of `properties` only on a line without a colon, and those of `propertyNames`
    everywhere, with a colon, if no `properties` describe the same mapping. So keys are in `propertyNames`, and their
    values in `patternProperties`; `values` are those with words to offer, which are in `properties` as long as the key
    has none of these values.
    """
    definitions: Schema = {
        "type": "object",
        "propertyNames": {"enum": list(properties)},
        "patternProperties": {f"^{name}$": schema for name, schema in properties.items()},
    }
    if values:
        definitions["allOf"] = [
            {
                "if": {
                    "required": [name],
                    "patternProperties": {f"^{name}$": {"anyOf": [NULL, {"not": schema}]}},
                },
                "then": {"properties": {name: either(schema, NULL)}},
            }
            for name, schema in values.items()
        ]
    return {**definitions, "required": list(required)} if required else definitions
